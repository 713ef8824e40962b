import { confirmed } from '../confirm.ts';
import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import { counted, language, t } from '../i18n.ts';
import { RowList } from '../rows.ts';
import { ScopeSelect } from '../scopeSelect.ts';
import type { Territories } from '../territories.ts';
import { RuleEditor, ruleState, type NewRule } from './ruleEditor.ts';
import { rule, rules, starters, type Rule, type RuleItem, type Starter } from './rulesApi.ts';

type State = '' | 'published' | 'draft';

/** The rules that operators write: which there are, those that ship, and one of them to be worked on. */
export class RulesView {
  readonly element = h('section', { id: 'rules', class: 'view', tabindex: '-1', 'aria-labelledby': 'rules-title', hidden: true });
  readonly #title = h('h2', { id: 'rules-title' });
  readonly #lead = h('p', { class: 'muted' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #count = h('p', { class: 'muted', role: 'status' });
  readonly #state = h('select', { id: 'rules-state' });
  readonly #stateLabel = h('label', { for: 'rules-state' });
  readonly #new = h('button', { type: 'button', class: 'quiet', 'data-act': 'new' });
  readonly #rows: RowList;
  readonly #starters = h('div', { class: 'starters' });
  readonly #scope: ScopeSelect;
  readonly #editor: RuleEditor;
  #rules: readonly RuleItem[] = [];
  #found: readonly Starter[] = [];

  constructor(
    private readonly territories: Territories,
    choose: (device: string) => void,
  ) {
    const list = h('ul', { class: 'rows', 'aria-labelledby': 'rules-title', 'data-list': 'rules' });
    this.#rows = new RowList(list, (id) => void this.#open(id));
    this.#scope = new ScopeSelect('rules-scope', territories, ['all', 'department', 'bodies', 'communes', 'device'], () => ({ label: t().rules.listScope, any: t().rules.everywhere }));
    this.#editor = new RuleEditor(territories, () => new Set(this.#rules.map(({ id }) => id)), (changed) => this.#take(changed), choose);
    this.#scope.onChange(() => this.#list());
    this.#state.addEventListener('change', () => this.#list());
    this.#new.addEventListener('click', () => void this.#begin({ id: '', name: '', scope: this.#scope.value || 'all', text: '' }));
    this.element.append(
      this.#title,
      this.#lead,
      this.#error,
      h(
        'div',
        { class: 'columns' },
        h('div', { class: 'column' }, this.#new, h('div', { class: 'fields' }, this.#scope.element, h('div', { class: 'field' }, this.#stateLabel, this.#state)), this.#count, list, this.#starters),
        this.#editor.element,
      ),
    );
  }

  /** Asks for what there is. */
  async show(): Promise<void> {
    this.element.ariaBusy = 'true';
    write(this.#count, t().loading);
    try {
      [this.#rules, this.#found] = await Promise.all([rules(), starters(), this.territories.ready()]);
      write(this.#error, '');
    } catch (error) {
      write(this.#error, failureLine(error));
    }

    this.element.ariaBusy = null;
    this.translate();
  }

  translate(): void {
    const [texts, chosen] = [t().rules, this.#state.value];
    write(this.#title, texts.title);
    write(this.#lead, texts.lead);
    write(this.#new, texts.newRule);
    write(this.#stateLabel, texts.state);
    this.#state.replaceChildren(h('option', { value: '' }, texts.anyState), h('option', { value: 'published' }, texts.someVersionPublished), h('option', { value: 'draft' }, texts.withDraft));
    this.#state.value = chosen;
    this.#scope.render();
    this.#editor.translate();
    this.#list();
    this.#listStarters();
  }

  #list(): void {
    const [scope, state] = [this.#scope.value, this.#state.value as State];
    const found = this.#rules.filter(
      (each) => (scope === '' || each.scope === scope) && (state === '' || (state === 'published' ? each.published !== null : each.published !== each.version)),
    );
    write(this.#count, found.length === 0 ? t().rules.none : counted(t().rules.count, found.length));
    this.#rows.show(
      found.map((each) => {
        const texts = [each.name, this.territories.nameOf(each.scope, t().scopes), ruleState(each)] as const;
        return {
          key: each.id,
          digest: [language(), ...texts].join('\n'),
          pressed: each.id === this.#editor.id,
          content: () => [
            h('span', { class: `dot status-${each.published === null ? 'unknown' : 'ok'}`, 'aria-hidden': 'true' }),
            h('span', { class: 'name' }, texts[0]),
            h('span', { class: 'note' }, `${texts[1]} · ${texts[2]}`),
          ],
        };
      }),
    );
  }

  #listStarters(): void {
    const texts = t().rules;
    const wasOpen = this.#starters.querySelector('details')?.open ?? false;
    this.#starters.replaceChildren(
      h(
        'details',
        { 'data-list': 'starters', open: wasOpen },
        h('summary', {}, texts.starters),
        h('p', { class: 'muted' }, texts.startersHint),
        h('ul', {}, ...this.#found.map((starter) => this.#starter(starter))),
      ),
    );
  }

  #starter({ id, name, text, why }: Starter): HTMLElement {
    const now = language();
    const copy = h('button', { type: 'button', class: 'quiet', 'aria-label': `${t().rules.copy}: ${name[now]}` }, t().rules.copy);
    copy.addEventListener('click', () => void this.#begin({ id, name: name[now], scope: this.#scope.value || 'all', text: text[now] }));
    return h('li', { 'data-starter': id }, h('strong', {}, name[now]), h('p', { class: 'muted' }, why[now]), h('code', {}, text[now]), copy);
  }

  async #begin(draft: NewRule): Promise<void> {
    if (!(await this.#mayLeave())) return;
    this.#editor.begin(draft);
    this.#list();
  }

  async #open(id: string): Promise<void> {
    if (!(await this.#mayLeave())) return;
    try {
      this.#editor.open(await rule(id));
      write(this.#error, '');
    } catch (error) {
      write(this.#error, failureLine(error));
    }

    this.#list();
  }

  /** What is written and not kept is not thrown away unasked. */
  async #mayLeave(): Promise<boolean> {
    if (!this.#editor.isDirty) return true;
    return confirmed({ title: t().rules.leaveAsk, text: t().rules.leaveMeans, send: t().rules.leave }, document.activeElement as HTMLElement | null);
  }

  #take(changed: Rule | null): void {
    const others = this.#rules.filter(({ id }) => id !== (changed ?? { id: null }).id);
    if (changed === null) {
      void this.show();
      this.#new.focus();
      return;
    }

    this.#rules = [...others, changed].toSorted((a, b) => (a.id < b.id ? -1 : 1));
    this.#list();
  }
}

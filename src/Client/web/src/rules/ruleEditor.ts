import { confirmed } from '../confirm.ts';
import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import { ApiError } from '../http.ts';
import { fill, t } from '../i18n.ts';
import { ScopeSelect } from '../scopeSelect.ts';
import type { Territories } from '../territories.ts';
import { RefusedList } from './refusedList.ts';
import { RolloutMeter } from './rolloutMeter.ts';
import { deleteRule, publishRule, putRule, rollBackRule, type Rule, type RuleInput, type RuleVersion } from './rulesApi.ts';
import { freeId, idOf } from './ruleText.ts';
import { RuleTextField } from './ruleTextField.ts';
import { TrialPanel } from './trialPanel.ts';
import { versionList } from './versionList.ts';
import { warningList } from './warningList.ts';

/** What a new rule begins with. */
export interface NewRule {
  id: string;
  name: string;
  scope: string;
  text: string;
}

/** One rule: its text, what it would have done, and which of its versions devices follow. */
export class RuleEditor {
  readonly element = h('section', { class: 'editor', 'aria-labelledby': 'rule-title', hidden: true });
  readonly #title = h('h3', { id: 'rule-title', tabindex: '-1' });
  readonly #state = h('p', { class: 'muted', 'data-part': 'state' });
  readonly #name = h('input', { type: 'text', id: 'rule-name', maxlength: 200, autocomplete: 'off' });
  readonly #id = h('input', { type: 'text', id: 'rule-id', maxlength: 64, autocomplete: 'off', spellcheck: 'false', pattern: '[A-Za-z0-9._:\\-]{1,64}' });
  readonly #text = new RuleTextField(() => this.#changed());
  readonly #scope: ScopeSelect;
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #done = h('p', { role: 'status', 'data-part': 'done' });
  readonly #rollout = new RolloutMeter();
  readonly #refused = new RefusedList();
  readonly #trial: TrialPanel;
  readonly #fields = h('div', { class: 'fields' });
  readonly #buttons = h('div', { class: 'turns' });
  readonly #warnings = h('div', { role: 'status' });
  readonly #versions = h('div', {});
  /** The rule as the server has it; null for one that it has not yet. */
  #rule: Rule | null = null;
  #saved = '';
  #hasOwnId = false;
  #isBusy = false;

  constructor(
    private readonly territories: Territories,
    private readonly taken: () => ReadonlySet<string>,
    /** The rule as it is now; null when it was removed. */
    private readonly told: (rule: Rule | null) => void,
    choose: (device: string) => void,
  ) {
    this.#scope = new ScopeSelect('rule-scope', territories, ['all', 'department', 'bodies', 'communes', 'device'], () => ({ label: t().rules.scope }));
    this.#scope.onChange(() => this.#changed());
    this.#trial = new TrialPanel(
      () => this.#input(),
      () => this.id,
      (error) => this.#refuse(error),
      choose,
    );
    this.#name.addEventListener('input', () => {
      if (this.#rule === null && !this.#hasOwnId) this.#id.value = freeId(idOf(this.#name.value), this.taken());
      this.#changed();
    });
    this.#id.addEventListener('input', () => (this.#hasOwnId = true));
    this.element.append(
      this.#title, this.#state, this.#fields, this.#text.element, this.#error, this.#warnings, this.#buttons, this.#done, this.#rollout.element, this.#refused.element, this.#trial.element, this.#versions,
    );
  }

  /** The id of the rule that is open; null for a new one and for none. */
  get id(): string | null {
    return this.#rule?.id ?? null;
  }

  /** True when something is written that the server has not. */
  get isDirty(): boolean {
    return !this.element.hidden && this.#written() !== this.#saved;
  }

  open(rule: Rule): void {
    this.#begin(rule, { id: rule.id, name: rule.name, scope: rule.scope, text: rule.text });
    this.#saved = this.#written();
    this.#rollout.follow(rule.published === null ? null : rule.id);
    void this.#refused.show(rule.id);
    this.#title.focus({ preventScroll: true });
  }

  /** A rule that is not yet kept. */
  begin(rule: NewRule): void {
    this.#begin(null, { ...rule, id: rule.id === '' ? '' : freeId(rule.id, this.taken()) });
    this.#saved = '';
    this.#rollout.follow(null);
    void this.#refused.show(null);
    this.#name.focus();
  }

  close(): void {
    this.element.hidden = true;
    this.#rule = null;
    this.#saved = this.#written();
    this.#rollout.follow(null);
    void this.#refused.show(null);
    this.#trial.clear();
  }

  translate(): void {
    const texts = t().rules;
    this.#scope.render();
    this.#text.translate();
    this.#trial.translate();
    this.#rollout.translate();
    this.#refused.translate();
    this.#fields.replaceChildren(
      h('div', { class: 'field' }, h('label', { for: this.#name.id }, texts.name), this.#name),
      h('div', { class: 'field' }, h('label', { for: this.#id.id }, texts.id), this.#id),
      this.#scope.element,
    );
    this.#render();
  }

  #begin(rule: Rule | null, { id, name, scope, text }: NewRule): void {
    this.#rule = rule;
    this.#hasOwnId = id !== '';
    this.element.hidden = false;
    this.#scope.render();
    [this.#id.value, this.#name.value, this.#scope.value, this.#text.value] = [id, name, scope, text];
    this.#id.readOnly = rule !== null;
    this.#trial.clear();
    write(this.#error, '');
    write(this.#done, '');
    this.#render();
  }

  #render(): void {
    const [texts, rule] = [t().rules, this.#rule];
    write(this.#title, rule?.name ?? texts.newRule);
    write(this.#state, rule === null ? texts.notKept : ruleState(rule));
    const button = (act: string, label: string, todo: (asked: HTMLButtonElement) => Promise<void>, kind = 'quiet') => {
      const element = h('button', { type: 'button', class: kind, 'data-act': act }, label);
      element.addEventListener('click', () => void this.#do(element, todo));
      return element;
    };
    this.#buttons.replaceChildren(
      button('save', texts.save, async () => {
        await this.#save();
      }),
      button('publish', texts.publish, (asked) => this.#publish(asked), 'primary'),
      ...(rule !== null && rule.former !== null ? [button('rollback', fill(texts.rollBack, { version: String(rule.former) }), (asked) => this.#rollBack(rule, asked))] : []),
      ...(rule === null ? [] : [button('delete', texts.remove, (asked) => this.#remove(rule, asked))]),
    );
    this.#warnings.replaceChildren(...warningList(texts.warnings, rule?.warnings ?? []));
    this.#versions.replaceChildren(...(rule === null ? [] : [versionList(rule, this.territories, (version, asked) => void this.#do(asked, () => this.#restore(rule, version)))]));
  }

  #changed(): void {
    write(this.#done, '');
    write(this.#error, '');
  }

  #written(): string {
    return JSON.stringify([this.#name.value, this.#scope.value, this.#text.value]);
  }

  #input(): RuleInput {
    return { name: this.#name.value.trim(), scope: this.#scope.value, text: this.#text.value };
  }

  /** One thing at a time; what fails says so and keeps what is written. */
  async #do(button: HTMLButtonElement, todo: (asked: HTMLButtonElement) => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.element.ariaBusy = 'true';
    button.setAttribute('aria-disabled', 'true');
    this.#changed();
    this.#text.show([]);
    try {
      await todo(button);
    } catch (error) {
      if (!(error instanceof ApiError && this.#refuse(error))) write(this.#error, failureLine(error));
    } finally {
      this.#isBusy = false;
      this.element.ariaBusy = null;
      button.removeAttribute('aria-disabled');
    }
  }

  /** Shows what is wrong with the rule at its place. */
  #refuse(error: ApiError): boolean {
    const { text, ...others } = error.fields;
    if (error.status !== 400 || text === undefined) return false;
    this.#text.show([text].flat());
    write(this.#error, Object.keys(others).length === 0 ? '' : new ApiError(error.status, error.message, others).line);
    return true;
  }

  async #save(): Promise<Rule | null> {
    const id = this.#id.value.trim();
    if (this.#rule === null && this.taken().has(id)) {
      write(this.#error, fill(t().rules.idTaken, { id }));
      this.#id.focus();
      return null;
    }

    if (!/^[A-Za-z0-9._:-]{1,64}$/.test(id)) {
      write(this.#error, t().rules.idWrong);
      this.#id.focus();
      return null;
    }

    const rule = await putRule(id, this.#input());
    this.#take(rule);
    write(this.#done, fill(t().rules.saved, { version: String(rule.version) }));
    return rule;
  }

  async #publish(asked: HTMLButtonElement): Promise<void> {
    const rule = await this.#save();
    if (rule === null) return;
    const values = { name: rule.name, version: String(rule.version), scope: this.territories.nameOf(rule.scope, t().scopes) };
    const isAgreed = await confirmed({ title: fill(t().rules.publishAsk, values), text: fill(t().rules.publishMeans, values), send: t().rules.publish, choice: warningList(t().rules.warnings, rule.warnings) }, this.#again(asked));
    if (!isAgreed) return;
    this.#take(await publishRule(rule.id));
    write(this.#done, fill(t().rules.published, values));
    this.#rollout.follow(rule.id);
  }

  async #rollBack(rule: Rule, asked: HTMLButtonElement): Promise<void> {
    const values = { name: rule.name, version: String(rule.former) };
    const isAgreed = await confirmed({ title: fill(t().rules.rollBackAsk, values), text: t().rules.rollBackMeans, send: fill(t().rules.rollBack, values) }, asked);
    if (!isAgreed) return;
    const back = await rollBackRule(rule.id);
    this.#take(back);
    write(this.#done, fill(t().rules.published, { ...values, version: String(back.published) }));
    this.#rollout.follow(rule.id);
  }

  async #remove(rule: Rule, asked: HTMLButtonElement): Promise<void> {
    if (!(await confirmed({ title: fill(t().rules.removeAsk, { name: rule.name }), text: t().rules.removeMeans, send: t().rules.remove }, asked))) return;
    await deleteRule(rule.id);
    this.close();
    this.told(null);
  }

  /** An older version is the draft again: with its scope and name. */
  async #restore(rule: Rule, version: RuleVersion): Promise<void> {
    const draft = await putRule(rule.id, { name: version.name, scope: version.scope, rule: version.rule });
    this.open(draft);
    this.told(draft);
    write(this.#done, fill(t().rules.restored, { version: String(version.version), draft: String(draft.version) }));
  }

  #take(rule: Rule): void {
    const isOpen = this.#versions.querySelector('details')?.open ?? false;
    const focused = this.#buttons.contains(document.activeElement) ? (document.activeElement as HTMLElement).dataset['act'] : undefined;
    this.#rule = rule;
    this.#id.readOnly = true;
    // As it is kept: the grid writes a rule in one way only.
    if (this.#text.value !== rule.text) this.#text.value = rule.text;
    this.#name.value = rule.name;
    this.#saved = this.#written();
    this.#render();
    const details = this.#versions.querySelector('details');
    if (details) details.open = isOpen;
    if (focused !== undefined) this.#buttons.querySelector<HTMLElement>(`[data-act="${focused}"]`)?.focus({ preventScroll: true });
    this.told(rule);
  }

  /** The button that stands where one stood before the buttons were written anew. */
  #again(button: HTMLButtonElement): HTMLElement {
    return this.#buttons.querySelector<HTMLElement>(`[data-act="${button.dataset['act']}"]`) ?? button;
  }
}

/** Where a rule stands, in words. */
export function ruleState({ version, published }: { version: number; published: number | null }): string {
  const texts = t().rules;
  if (published === null) return fill(texts.draftOnly, { version: String(version) });
  return fill(published === version ? texts.publishedAs : texts.publishedAndDraft, { published: String(published), version: String(version) });
}

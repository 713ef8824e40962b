import { confirmed } from '../confirm.ts';
import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import * as format from '../format.ts';
import { ApiError } from '../http.ts';
import { counted, fill, t } from '../i18n.ts';
import { ScopeSelect } from '../scopeSelect.ts';
import type { Territories } from '../territories.ts';
import { blockOf, due, parts, promote, testPromotion, type Promotion, type PromotionInput, type PromotionItem } from './promotionApi.ts';

/** What a pilot has found good, for a wider scope: the difference first, then that difference and no other. */
export class PromotionView {
  readonly element = h('section', { id: 'promotion', class: 'view', tabindex: '-1', 'aria-labelledby': 'promotion-title', hidden: true });
  readonly #title = h('h2', { id: 'promotion-title' });
  readonly #lead = h('p', { class: 'muted' });
  readonly #form = h('form', { class: 'fields' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #status = h('p', { role: 'status' });
  readonly #progress = h('progress', { hidden: true });
  readonly #result = h('div', {});
  readonly #from: ScopeSelect;
  readonly #to: ScopeSelect;
  readonly #parts = parts.map((part) => ({ part, box: h('input', { type: 'checkbox', id: `promotion-${part}`, checked: true }) }));
  #shown: { input: PromotionInput; found: Promotion; isCarriedOut: boolean } | null = null;
  #isBusy = false;

  constructor(private readonly territories: Territories) {
    this.#from = new ScopeSelect('promotion-from', territories, ['communes', 'bodies'], () => ({ label: t().promotion.from }));
    this.#to = new ScopeSelect('promotion-to', territories, ['bodies', 'department', 'all'], () => ({ label: t().promotion.to }));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#look();
    });
    for (const scope of [this.#from, this.#to]) scope.onChange(() => this.#clear());
    for (const { box } of this.#parts) box.addEventListener('change', () => this.#clear());
    this.element.append(this.#title, this.#lead, this.#form, this.#error, this.#status, this.#progress, this.#result);
  }

  async show(): Promise<void> {
    try {
      await this.territories.ready();
      write(this.#error, '');
    } catch (error) {
      write(this.#error, failureLine(error));
    }

    this.translate();
  }

  translate(): void {
    const texts = t().promotion;
    write(this.#title, texts.title);
    write(this.#lead, texts.lead);
    this.#from.render();
    this.#to.render();
    this.#form.replaceChildren(
      this.#from.element,
      this.#to.element,
      h(
        'fieldset',
        {},
        h('legend', {}, texts.what),
        ...this.#parts.map(({ part, box }) => h('span', { class: 'check' }, box, h('label', { for: box.id }, texts.parts[part]))),
      ),
      h('button', { type: 'submit', class: 'quiet', 'data-act': 'look' }, texts.look),
    );
    if (this.#shown) this.#render();
  }

  /** What was looked at is not what is chosen any more. */
  #clear(): void {
    this.#shown = null;
    this.#result.replaceChildren();
    write(this.#status, '');
    write(this.#error, '');
  }

  #input(): PromotionInput {
    return { from: this.#from.value, to: this.#to.value, parts: this.#parts.filter(({ box }) => box.checked).map(({ part }) => part) };
  }

  async #look(): Promise<void> {
    const input = this.#input();
    await this.#ask(t().promotion.looking, async () => {
      this.#clear();
      this.#shown = { input, found: await testPromotion(input), isCarriedOut: false };
    });
  }

  async #promote(asked: HTMLElement): Promise<void> {
    if (this.#shown === null || this.#isBusy) return;
    const { input, found } = this.#shown;
    const values = { from: this.#name(input.from), to: this.#name(input.to), n: format.number(due(found).length) };
    const isAgreed = await confirmed(
      { title: fill(t().promotion.ask, values), text: fill(t().promotion.means, values), send: counted(t().promotion.promote, due(found).length) },
      asked,
    );
    if (!isAgreed) return;
    await this.#ask(t().promotion.promoting, async () => {
      this.#shown = { input, found: await promote(input, found.difference), isCarriedOut: true };
    });
  }

  async #ask(doing: string, todo: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.element.ariaBusy = 'true';
    write(this.#error, '');
    write(this.#status, doing);
    this.#progress.setAttribute('aria-label', doing);
    this.#progress.hidden = false;
    try {
      await todo();
      this.#render();
    } catch (error) {
      write(this.#status, '');
      const isOther = error instanceof ApiError && error.status === 409;
      write(this.#error, isOther ? t().promotion.moved : failureLine(error));
    } finally {
      this.#isBusy = false;
      this.element.ariaBusy = null;
      this.#progress.hidden = true;
    }
  }

  #render(): void {
    if (this.#shown === null) return;
    const { found, isCarriedOut } = this.#shown;
    const [texts, todo] = [t().promotion, due(found)];
    const failed = found.items.filter(({ isDone }) => isDone === false).length;
    const blocked = found.items.filter(({ change }) => change === 'blocked').length;
    const button = h('button', { type: 'button', class: 'primary', 'data-act': 'promote' }, counted(texts.promote, todo.length));
    button.addEventListener('click', () => void this.#promote(button));
    const summary = isCarriedOut ? counted(failed === 0 ? texts.done : texts.failed, failed === 0 ? todo.length : failed) : todo.length === 0 ? texts.nothing : counted(texts.would, todo.length);
    write(this.#status, [summary, blocked > 0 ? counted(texts.blocked, blocked) : ''].filter(Boolean).join(' '));
    this.#result.replaceChildren(
      ...(found.items.length === 0 ? [] : [this.#table(found.items)]),
      ...(isCarriedOut || todo.length === 0 ? [] : [h('div', { class: 'turns' }, button)]),
    );
  }

  #table(items: readonly PromotionItem[]): HTMLElement {
    const texts = t().promotion;
    const heads = [texts.item, texts.change, texts.before, texts.after, texts.devices, texts.note];
    return h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'promotion-title' },
      h(
        'table',
        { class: 'plain', 'data-list': 'promotion' },
        h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', {}, ...items.map((item) => this.#row(item))),
      ),
    );
  }

  #row(item: PromotionItem): HTMLElement {
    const texts = t().promotion;
    const state = item.isDone === false ? 'failed' : item.isDone === true ? 'done' : item.change;
    const badge = state === 'failed' || state === 'blocked' ? 'fault' : state === 'same' ? 'unknown' : 'ok';
    // A rule's scope is told by the name of its territory, anything else as it is kept.
    const value = (text: string | null) => (text === null ? '–' : item.what === 'rule' ? this.#name(text) : text);
    return h(
      'tr',
      { 'data-item': `${item.what}:${item.id}`, 'data-state': state },
      h('th', { scope: 'row' }, `${texts.whats[item.what]} ${item.name}`, ' ', h('span', { class: 'muted' }, [item.name === item.id ? '' : item.id, item.group ?? ''].filter(Boolean).join(' · '))),
      h('td', {}, h('span', { class: `badge status-${badge}` }, texts.states[state])),
      h('td', {}, value(item.before)),
      h('td', {}, value(item.after)),
      h('td', {}, fill(texts.reach, { pilot: format.number(item.pilotDevices), wide: item.devices === null ? '–' : format.number(item.devices) })),
      h('td', {}, item.reason === null ? '' : reasonIn(item.reason)),
    );
  }

  #name(scope: string): string {
    return this.territories.nameOf(scope, t().scopes);
  }
}

function reasonIn(reason: string): string {
  const block = blockOf(reason);
  return block === null ? reason : fill(t().promotion.blocks[block.why], block.values);
}

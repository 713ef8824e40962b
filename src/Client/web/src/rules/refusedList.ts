import { h } from '../dom.ts';
import { failureLine } from '../failures.ts';
import * as format from '../format.ts';
import { fill, t } from '../i18n.ts';
import { refusals, type Refusal } from './rulesApi.ts';

/** What a rule decided last and was not done, with the reason; nothing is shown while there is nothing. */
export class RefusedList {
  readonly element = h('div', { 'data-list': 'refused' });
  #rule: string | null = null;
  #shown: Refusal[] = [];

  /** Asks once; none with null. */
  async show(rule: string | null): Promise<void> {
    this.#rule = rule;
    this.#shown = [];
    this.element.replaceChildren();
    if (rule === null) return;
    try {
      const found = await refusals(rule);
      if (rule !== this.#rule) return;
      this.#shown = found;
      this.translate();
    } catch (error) {
      if (rule === this.#rule) this.element.replaceChildren(h('p', { class: 'error', role: 'alert' }, failureLine(error)));
    }
  }

  translate(): void {
    const [texts, now] = [t().rules, new Date()];
    this.element.replaceChildren();
    if (this.#shown.length === 0) return;
    const row = ({ device, what, at, reason }: Refusal) =>
      h('tr', {}, h('th', { scope: 'row' }, device), h('td', {}, texts.whats[what]), h('td', {}, format.instant(at, now)), h('td', {}, reason));
    this.element.append(
      h(
        'details',
        {},
        h('summary', {}, fill(texts.refused, { n: format.number(this.#shown.length) })),
        h(
          'div',
          { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': texts.refusedTitle },
          h(
            'table',
            { class: 'plain' },
            h('thead', {}, h('tr', {}, ...[texts.device, texts.what, texts.when, texts.why].map((head) => h('th', { scope: 'col' }, head)))),
            h('tbody', {}, ...this.#shown.map(row)),
          ),
        ),
      ),
    );
  }
}

import { h, write } from '../dom.ts';
import { onDownload } from '../download.ts';
import { failureLine } from '../failures.ts';
import * as format from '../format.ts';
import { t } from '../i18n.ts';
import { delays, delaysPath, type Delay } from './ordersApi.ts';

const yearMillis = 365 * 86_400_000;

/** How long contractors took, by contractor and lot. Asked for when it is opened. */
export class DelaysPanel {
  readonly element = h('details', { class: 'panel', 'data-list': 'delays' });
  readonly #summary = h('summary', {});
  readonly #label = h('label', { for: 'delays-since' });
  readonly #since = h('input', { type: 'date', id: 'delays-since', required: true, value: new Date(Date.now() - yearMillis).toISOString().slice(0, 10) });
  readonly #csv = h('button', { type: 'button', class: 'quiet' });
  readonly #hint = h('p', { class: 'muted' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #body = h('div', { class: 'scroll', tabindex: '0', role: 'group' });
  #request = 0;

  constructor(private readonly scope: () => string) {
    this.element.append(this.#summary, h('div', { class: 'fields' }, h('div', { class: 'field' }, this.#label, this.#since), this.#csv), this.#hint, this.#error, this.#body);
    this.element.addEventListener('toggle', () => void this.load());
    this.#since.addEventListener('change', () => void this.load());
    onDownload(this.#csv, () => delaysPath(this.scope(), this.#instant), 'work-order-delays.csv', (error) => write(this.#error, failureLine(error)));
  }

  translate(): void {
    const texts = t().workOrders;
    write(this.#summary, texts.delays);
    write(this.#label, texts.since);
    write(this.#csv, texts.csv);
    write(this.#hint, texts.delaysHint);
    this.#body.setAttribute('aria-label', texts.delays);
    void this.load();
  }

  async load(): Promise<void> {
    const request = ++this.#request;
    if (!this.element.open || this.#since.value === '') return;
    this.element.ariaBusy = 'true';
    if (this.#body.childElementCount === 0) this.#body.replaceChildren(h('p', { class: 'muted' }, t().loading));
    try {
      const found = await delays(this.scope(), this.#instant);
      if (request !== this.#request) return;
      this.#body.replaceChildren(found.length === 0 ? h('p', { class: 'muted' }, t().workOrders.noDelays) : table(found));
      write(this.#error, '');
    } catch (error) {
      if (request === this.#request) write(this.#error, failureLine(error));
    }

    this.element.ariaBusy = null;
  }

  get #instant(): string {
    return `${this.#since.value}T00:00:00Z`;
  }
}

function table(found: readonly Delay[]): HTMLTableElement {
  const texts = t().workOrders;
  const heads = [texts.contractor, texts.lot, texts.count, texts.pending, texts.late, texts.repaired, texts.median, texts.ninth];
  const hours = (value: number | null) => (value === null ? '–' : format.quantity(value, 'h'));
  return h(
    'table',
    { class: 'plain' },
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h(
      'tbody',
      {},
      ...found.map(({ contractor, lot, count, pending, overdue, repaired, medianHours, p90Hours }) =>
        h(
          'tr',
          { 'data-contractor': contractor ?? '' },
          h('th', { scope: 'row' }, contractor ?? texts.nobody),
          h('td', {}, lot ?? '–'),
          ...[count, pending, overdue, repaired].map((n) => h('td', {}, format.number(n))),
          h('td', {}, hours(medianHours)),
          h('td', {}, hours(p90Hours)),
        ),
      ),
    ),
  );
}

import { h, write } from '../dom.ts';
import { onDownload } from '../download.ts';
import { failureLine } from '../failures.ts';
import { t } from '../i18n.ts';
import { ScopeSelect } from '../scopeSelect.ts';
import type { Territories } from '../territories.ts';
import { DelaysPanel } from './delaysPanel.ts';
import { NewOrderForm } from './newOrderForm.ts';
import { orderRow, type OrderPlaces } from './orderRow.ts';
import { ordersPath, page, pending, workOrder, workOrders, type OrderFilter, type WorkOrder } from './ordersApi.ts';

/** How often the list is asked for again while it is on screen. */
const refreshMillis = 60_000;

/** Work orders of any territory: what is overdue first, who has them, how long contractors take. */
export class OrdersView {
  readonly element = h('section', { id: 'orders', class: 'view', tabindex: '-1', 'aria-labelledby': 'orders-title', hidden: true });
  readonly #title = h('h2', { id: 'orders-title' });
  readonly #state = h('select', { id: 'orders-state' });
  readonly #overdue = h('input', { type: 'checkbox', id: 'orders-overdue' });
  readonly #contractor = h('input', { type: 'text', id: 'orders-contractor', autocomplete: 'off' });
  readonly #lot = h('input', { type: 'text', id: 'orders-lot', autocomplete: 'off' });
  readonly #csv = h('button', { type: 'button', class: 'quiet', 'data-act': 'csv' });
  readonly #filters = h('form', { class: 'fields' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  /** The one that a link led to, whatever the filters. */
  readonly #led = h('ul', { class: 'orders-list led' });
  readonly #list = h('ul', { class: 'orders-list', 'data-list': 'orders' });
  readonly #more = h('button', { type: 'button', class: 'quiet', hidden: true });
  readonly #scope: ScopeSelect;
  readonly #delays: DelaysPanel;
  readonly #new: NewOrderForm;
  readonly #places: OrderPlaces;
  #cursor: string | null = null;
  #request = 0;
  #timer = 0;
  #chosen: string | null = null;
  #isShown = false;

  constructor(
    private readonly territories: Territories,
    /** The territory that is chosen on the map. */
    private readonly chosen: () => string,
    places: Omit<OrderPlaces, 'changed'>,
  ) {
    this.#places = {
      ...places,
      changed: (order, row) => {
        this.#put(order, row);
        return Promise.resolve();
      },
    };
    this.#scope = new ScopeSelect('orders-scope', territories, ['all', 'department', 'bodies', 'communes', 'device'], () => ({ label: t().workOrders.scope }));
    this.#delays = new DelaysPanel(() => this.#scope.value);
    this.#new = new NewOrderForm(territories, (order) => {
      this.#lead(order);
      void this.#load(null);
    });
    this.#scope.onChange(() => this.#again());
    for (const input of [this.#state, this.#overdue, this.#contractor, this.#lot]) input.addEventListener('change', () => this.#again());
    this.#filters.addEventListener('submit', (event) => event.preventDefault());
    this.#more.addEventListener('click', () => void this.#load(this.#cursor));
    onDownload(this.#csv, () => ordersPath(this.#filter), 'work-orders.csv', (error) => write(this.#error, failureLine(error)));
    this.element.append(this.#title, this.#filters, this.#new.element, this.#error, this.#led, this.#list, this.#more, this.#delays.element);
  }

  async show(): Promise<void> {
    try {
      await this.territories.ready();
    } catch (error) {
      write(this.#error, failureLine(error));
    }

    this.#isShown = true;
    this.translate();
    // What was chosen here stays until something else is chosen on the map.
    const chosen = this.chosen();
    if (chosen !== this.#chosen) this.#scope.value = chosen;
    this.#chosen = chosen;
    this.#again();
  }

  /** Shows one order, whatever else is listed. */
  async reveal(id: string): Promise<void> {
    try {
      this.#lead(await workOrder(id));
    } catch (error) {
      write(this.#error, failureLine(error));
    }
  }

  translate(): void {
    const [texts, state] = [t().workOrders, this.#state.value];
    write(this.#title, texts.title);
    write(this.#csv, texts.csv);
    write(this.#more, texts.showMore);
    this.#scope.render();
    this.#new.translate();
    this.#delays.translate();
    const options: [string, string][] = [[pending, texts.toDo], ['', texts.anyState], ...Object.entries(texts.states)];
    this.#state.replaceChildren(...options.map(([value, name]) => h('option', { value }, name)));
    this.#state.value = state === '' && !this.#isShown ? pending : state;
    const field = (input: HTMLElement, label: string) => h('div', { class: 'field' }, h('label', { for: input.id }, label), input);
    this.#filters.replaceChildren(
      this.#scope.element,
      field(this.#state, texts.state),
      field(this.#contractor, texts.contractor),
      field(this.#lot, texts.lot),
      h('span', { class: 'check' }, this.#overdue, h('label', { for: this.#overdue.id }, texts.onlyOverdue)),
      this.#csv,
    );
    if (this.#isShown) {
      const led = this.#ledId;
      if (led !== undefined) void this.reveal(led);
      void this.#load(null);
    }
  }

  get #ledId(): string | undefined {
    return this.#led.querySelector<HTMLElement>('[data-order]')?.dataset['order'];
  }

  get #filter(): OrderFilter {
    return { scope: this.#scope.value, state: this.#state.value, overdue: this.#overdue.checked, contractor: this.#contractor.value.trim(), lot: this.#lot.value.trim() };
  }

  /** Something else is chosen. */
  #again(): void {
    this.#led.replaceChildren();
    this.#new.place(this.#scope.value);
    void this.#delays.load();
    void this.#load(null);
  }

  async #load(cursor: string | null): Promise<void> {
    const request = ++this.#request;
    this.#wait();
    this.element.ariaBusy = 'true';
    if (cursor === null && this.#list.childElementCount === 0) this.#list.replaceChildren(h('li', { class: 'muted' }, t().loading));
    try {
      const found = await workOrders(this.#filter, cursor);
      if (request !== this.#request) return;
      const rows = found.items.filter(({ id }) => id !== this.#ledId).map((order) => orderRow(order, this.#places));
      if (cursor !== null) {
        this.#list.append(...rows);
        rows[0]?.querySelector<HTMLElement>('button')?.focus();
      } else {
        this.#list.replaceChildren(...(found.items.length === 0 ? [h('li', { class: 'muted' }, t().workOrders.noneSuch)] : rows));
      }

      this.#cursor = found.nextCursor;
      this.#more.hidden = found.nextCursor === null;
      write(this.#error, '');
    } catch (error) {
      if (request !== this.#request) return;
      this.#list.querySelector(':scope > li.muted')?.remove();
      write(this.#error, failureLine(error));
    }

    this.element.ariaBusy = null;
  }

  /** Not under the hands of a person, and not below what they have opened: then it waits. */
  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      const isIdle = this.element.checkVisibility() && document.visibilityState === 'visible' && !this.#list.contains(document.activeElement) && this.#list.querySelector('details[open]') === null;
      if (isIdle && this.#list.childElementCount <= page) void this.#load(null);
      else this.#wait();
    }, refreshMillis);
  }

  /** The order as it is now, wherever it is shown; what had the focus goes on with its next action. */
  #put(order: WorkOrder, row: HTMLElement): void {
    const mark = `[data-order="${CSS.escape(order.id)}"]`;
    for (const shown of this.element.querySelectorAll<HTMLElement>(mark)) {
      const fresh = orderRow(order, this.#places);
      fresh.querySelector('details')!.open = shown.querySelector('details')?.open ?? false;
      shown.replaceWith(fresh);
      if (shown === row) (fresh.querySelector<HTMLElement>('button[data-action]') ?? fresh.querySelector<HTMLElement>('summary'))?.focus();
    }
  }

  #lead(order: WorkOrder): void {
    const row = orderRow(order, this.#places);
    this.#led.replaceChildren(row);
    this.#list.querySelector(`[data-order="${CSS.escape(order.id)}"]`)?.remove();
    row.querySelector('details')!.open = true;
    row.querySelector<HTMLElement>('button')?.focus();
    row.scrollIntoView({ block: 'nearest' });
  }
}

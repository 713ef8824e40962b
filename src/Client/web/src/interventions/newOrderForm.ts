import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import { newKey } from '../http.ts';
import { t } from '../i18n.ts';
import { ScopeSelect } from '../scopeSelect.ts';
import type { Territories } from '../territories.ts';
import { openOrder, priorities, type WorkOrder, type WorkOrderPriority } from './ordersApi.ts';

/** A person asks for a repair, of a device or somewhere in a commune. */
export class NewOrderForm {
  readonly element = h('details', { class: 'panel', 'data-list': 'newOrder' });
  readonly #summary = h('summary', {});
  readonly #title = h('input', { type: 'text', id: 'order-title', required: true, maxlength: 200, autocomplete: 'off' });
  readonly #description = h('textarea', { id: 'order-description', rows: 2, maxlength: 4_000 });
  readonly #priority = h('select', { id: 'order-priority' });
  readonly #where: ScopeSelect;
  readonly #form = h('form', { class: 'fields' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  /** The same until it has been opened: sent again after a failure it is one order. */
  #key = newKey();

  constructor(
    territories: Territories,
    private readonly opened: (order: WorkOrder) => void,
  ) {
    this.#where = new ScopeSelect('order-where', territories, ['communes', 'device'], () => ({ label: t().workOrders.where }));
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.#form.addEventListener('input', () => (this.#key = newKey()));
    this.element.append(this.#summary, this.#form, this.#error);
  }

  /** Where, when nothing else is chosen. */
  place(scope: string): void {
    if (scope.startsWith('commune:')) this.#where.value = scope;
  }

  translate(): void {
    const [texts, kept] = [t().workOrders, this.#priority.value];
    write(this.#summary, texts.newOrder);
    this.#where.render();
    this.#priority.replaceChildren(...priorities.map((value) => h('option', { value }, texts.priorities[value])));
    this.#priority.value = kept === '' ? 'medium' : kept;
    const field = (input: HTMLElement, label: string) => h('div', { class: 'field' }, h('label', { for: input.id }, label), input);
    this.#form.replaceChildren(
      field(this.#title, texts.what),
      this.#where.element,
      field(this.#priority, texts.priority),
      field(this.#description, texts.description),
      h('button', { type: 'submit', class: 'quiet' }, texts.openIt),
    );
  }

  async #send(): Promise<void> {
    const [kind = '', code = ''] = this.#where.value.split(/:(.*)/s);
    const description = this.#description.value.trim();
    this.#form.ariaBusy = 'true';
    write(this.#error, '');
    try {
      const order = await openOrder(
        {
          title: this.#title.value.trim(),
          priority: this.#priority.value as WorkOrderPriority,
          ...(description === '' ? {} : { description }),
          ...(kind === 'device' ? { device: code } : { commune: code }),
        },
        this.#key,
      );
      this.#key = newKey();
      this.#title.value = '';
      this.#description.value = '';
      this.element.open = false;
      this.opened(order);
    } catch (error) {
      write(this.#error, failureLine(error));
    } finally {
      this.#form.ariaBusy = null;
    }
  }
}

import { actOnWorkOrder, newKey, workOrders, type WorkOrder } from './api.ts';
import { h, write } from './dom.ts';
import { failureLine } from './failures.ts';
import * as format from './format.ts';
import { fill, t } from './i18n.ts';
import { actionsOf, type PageAction } from './orderActions.ts';

/** Those that need words: what was done, or why. */
const needsNote: readonly PageAction[] = ['repair', 'pause'];

/** The work orders of a commune that have not ended: those that are overdue come first. */
export async function orderList(insee: string, choose: (id: string) => void, again: () => Promise<void>): Promise<Node[]> {
  const found = await workOrders(insee);
  if (found.items.length === 0) return [h('p', { class: 'muted' }, t().workOrders.none)];
  return [
    h('ul', { class: 'orders-list' }, ...found.items.map((order) => row(order, choose, again))),
    ...(found.nextCursor === null ? [] : [h('p', { class: 'muted' }, t().workOrders.more)]),
  ];
}

function row(order: WorkOrder, choose: (id: string) => void, again: () => Promise<void>): HTMLElement {
  const now = new Date();
  const error = h('p', { class: 'error', role: 'alert' });
  const note = h('input', { type: 'text', id: `note-${order.id}`, maxlength: 2000, required: true });
  const send = h('button', { type: 'submit' }, t().workOrders.send);
  const label = h('label', { for: note.id });
  const form = h('form', { hidden: true }, label, note, send);
  let asked: PageAction = 'repair';

  const act = async (action: PageAction, button: HTMLButtonElement, words?: string) => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    write(error, '');
    const by = action === 'leave' ? order.visits.find(({ leftAt }) => leftAt === null)?.by : undefined;
    try {
      await actOnWorkOrder(order.id, { action, ...(words === undefined ? {} : { note: words }), ...(by === undefined ? {} : { by }) }, newKey());
      await again();
      document.querySelector<HTMLElement>(`[data-order="${CSS.escape(order.id)}"] button[data-action]`)?.focus();
    } catch (failure) {
      write(error, failureLine(failure));
      button.removeAttribute('aria-disabled');
    }
  };

  const buttons = actionsOf(order).map((action) => {
    const isAsked = needsNote.includes(action);
    const button = h('button', { type: 'button', class: 'quiet', 'data-action': action, 'aria-expanded': isAsked ? 'false' : null }, t().workOrders.actions[action]);
    button.addEventListener('click', () => {
      if (!isAsked) {
        void act(action, button);
        return;
      }

      asked = action;
      form.hidden = false;
      for (const other of buttons) if (other.hasAttribute('aria-expanded')) other.setAttribute('aria-expanded', String(other === button));
      write(label, action === 'repair' ? t().workOrders.whatWasDone : t().workOrders.why);
      note.focus();
    });
    return button;
  });
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (note.value.trim() !== '') void act(asked, send, note.value.trim());
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    form.hidden = true;
    const opener = buttons.find((button) => button.getAttribute('aria-expanded') === 'true');
    opener?.setAttribute('aria-expanded', 'false');
    opener?.focus();
  });

  return h(
    'li',
    { 'data-order': order.id, 'data-state': order.state },
    h(
      'p',
      {},
      h('span', { class: `badge status-${order.overdue ? 'fault' : 'warning'}` }, order.overdue ? t().workOrders.overdue : t().workOrders.states[order.state]),
      ' ',
      h('strong', {}, order.title),
      order.device !== null && ' ',
      order.device !== null && deviceLink(order.device, choose),
    ),
    h('p', { class: 'muted' }, details(order, now)),
    h('div', { class: 'turns' }, ...buttons),
    form,
    error,
  );
}

function details(order: WorkOrder, now: Date): string {
  return [
    order.id,
    t().workOrders.priorities[order.priority],
    order.overdue ? t().workOrders.states[order.state] : null,
    order.contractor,
    order.dueAt === null ? null : fill(t().workOrders.due, { time: format.instant(order.dueAt, now) }),
    order.pauseReason,
  ]
    .filter((text) => text !== null)
    .join(' · ');
}

function deviceLink(device: string, choose: (id: string) => void): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'link' }, device);
  button.addEventListener('click', () => choose(device));
  return button;
}

import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import * as format from '../format.ts';
import { newKey } from '../http.ts';
import { counted, fill, t } from '../i18n.ts';
import { actionsOf, furtherActionsOf, type FurtherAction, type PageAction } from './orderActions.ts';
import { fieldsOf, type OrderFields } from './orderForm.ts';
import { actOnOrder, contracts, workOrdersOf, type Contract, type WorkOrder } from './ordersApi.ts';

/** Where an order leads, and who is told when it has changed. */
export interface OrderPlaces {
  device: (id: string) => void;
  alarm: (id: string) => void;
  changed: (order: WorkOrder, row: HTMLElement) => Promise<void>;
}

let asked: Promise<Contract[]> | null = null;

/** Contracts, asked for when somebody assigns; again when it failed. */
function knownContracts(): Promise<readonly Contract[]> {
  asked ??= contracts().catch((error: unknown) => {
    asked = null;
    throw error;
  });
  return asked;
}

/** The work orders of a commune that have not ended: those that are overdue come first. */
export async function orderList(insee: string, places: Omit<OrderPlaces, 'changed'>, again: () => Promise<void>): Promise<Node[]> {
  const found = await workOrdersOf(insee);
  if (found.items.length === 0) return [h('p', { class: 'muted' }, t().workOrders.none)];
  const changed = async ({ id }: WorkOrder, row: HTMLElement) => {
    const list = row.closest('details');
    await again();
    list?.querySelector<HTMLElement>(`[data-order="${CSS.escape(id)}"] button[data-action]`)?.focus();
  };
  return [
    h('ul', { class: 'orders-list' }, ...found.items.map((order) => orderRow(order, { ...places, changed }))),
    ...(found.nextCursor === null ? [] : [h('p', { class: 'muted' }, t().workOrders.more)]),
  ];
}

/** One order: what it is, what was done, and what may be done to it. */
export function orderRow(order: WorkOrder, places: OrderPlaces): HTMLElement {
  const [now, texts] = [new Date(), t().workOrders];
  const error = h('p', { class: 'error', role: 'alert' });
  const form = h('form', { hidden: true });
  const buttons: HTMLButtonElement[] = [];
  let [action, fields, opener]: [PageAction | FurtherAction, OrderFields | null, HTMLButtonElement | null] = ['repair', null, null];

  const act = async (what: PageAction | FurtherAction, button: HTMLButtonElement, said: ReturnType<OrderFields['read']> = {}) => {
    if (button.getAttribute('aria-disabled') === 'true') return;
    button.setAttribute('aria-disabled', 'true');
    write(error, '');
    const by = what === 'leave' ? order.visits.find(({ leftAt }) => leftAt === null)?.by : undefined;
    try {
      await places.changed(await actOnOrder(order.id, { action: what, ...said, ...(by === undefined ? {} : { by }) }, newKey()), row);
    } catch (failure) {
      write(error, failureLine(failure));
      button.removeAttribute('aria-disabled');
    }
  };
  const open = (what: PageAction | FurtherAction, found: OrderFields, button: HTMLButtonElement) => {
    [action, fields, opener] = [what, found, button];
    form.replaceChildren(...found.nodes, h('button', { type: 'submit', class: 'quiet' }, texts.send));
    form.hidden = false;
    for (const other of buttons) if (other.hasAttribute('aria-expanded')) other.setAttribute('aria-expanded', String(other === button));
    found.first.focus();
  };
  const buttonOf = (what: PageAction | FurtherAction) => {
    const asks = !['arrive', 'leave', 'resume', 'close'].includes(what);
    const button = h('button', { type: 'button', class: 'quiet', 'data-action': what, 'aria-expanded': asks ? 'false' : null }, texts.actions[what]);
    button.addEventListener('click', () => {
      const found = fieldsOf(what, order, knownContracts);
      if (found === null) void act(what, button);
      else open(what, found, button);
    });
    buttons.push(button);
    return button;
  };
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const said = fields?.read();
    if (said !== undefined && said.note !== '') void act(action, form.querySelector('button[type=submit]')!, said);
  });
  form.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape') return;
    event.stopPropagation();
    form.hidden = true;
    opener?.setAttribute('aria-expanded', 'false');
    opener?.focus();
  });

  const further = furtherActionsOf(order).map(buttonOf);
  const row = h(
    'li',
    { 'data-order': order.id, 'data-state': order.state },
    h(
      'p',
      {},
      h('span', { class: `badge status-${badgeOf(order)}` }, order.overdue ? texts.overdue : texts.states[order.state]),
      ' ',
      h('strong', {}, order.title),
      order.device !== null && ' ',
      order.device !== null && linkTo(order.device, () => places.device(order.device!)),
    ),
    h('p', { class: 'muted' }, details(order, now)),
    order.alarm !== null && h('p', {}, linkTo(texts.toAlarm, () => places.alarm(order.alarm!)), ` ${order.alarmActive === true ? texts.alarmHolds : texts.alarmEnded}`),
    h('div', { class: 'turns' }, ...actionsOf(order).map(buttonOf)),
    form,
    error,
    h(
      'details',
      { class: 'more' },
      h('summary', { 'aria-label': `${texts.further}: ${order.title}` }, texts.further),
      further.length > 0 && h('div', { class: 'turns' }, ...further),
      order.description !== null && h('p', {}, order.description),
      ...visitsAndRepair(order, now),
      h('ol', { 'aria-label': texts.history }, ...order.history.map((step) => h('li', {}, stepLine(step, now)))),
    ),
  );
  return row;
}

function badgeOf({ state, overdue }: WorkOrder): string {
  if (overdue) return 'fault';
  return state === 'closed' ? 'ok' : state === 'cancelled' ? 'unknown' : 'warning';
}

function details(order: WorkOrder, now: Date): string {
  const texts = t().workOrders;
  return [
    order.id,
    texts.priorities[order.priority],
    order.overdue ? texts.states[order.state] : null,
    order.contractor,
    order.lot === null ? null : fill(texts.inLot, { lot: order.lot }),
    order.dueAt === null ? null : fill(texts.due, { time: format.instant(order.dueAt, now) }),
    order.pauseReason,
    order.reopenings === 0 ? null : counted(texts.reopenings, order.reopenings),
  ]
    .filter((text) => text !== null)
    .join(' · ');
}

function visitsAndRepair({ visits, repair }: WorkOrder, now: Date): Node[] {
  const texts = t().workOrders;
  return [
    ...(visits.length === 0
      ? []
      : [
          h(
            'ul',
            { 'aria-label': texts.visits },
            ...visits.map(({ by, arrivedAt, leftAt }) =>
              h('li', {}, fill(leftAt === null ? texts.visitOpen : texts.visit, { by, from: format.instant(arrivedAt, now), to: leftAt === null ? '' : format.instant(leftAt, now) })),
            ),
          ),
        ]),
    ...(repair === null
      ? []
      : [
          h('p', { 'data-part': 'repair' }, fill(texts.repair, { note: repair.note, by: repair.by, time: format.instant(repair.at, now) })),
          ...(repair.parts.length === 0 ? [] : [h('ul', { 'aria-label': texts.parts }, ...repair.parts.map(({ name, quantity }) => h('li', {}, `${format.number(quantity, 3)} × ${name}`)))]),
        ]),
  ];
}

function stepLine({ time, by, action, note }: WorkOrder['history'][number], now: Date): string {
  const texts = t().workOrders;
  return [format.instant(time, now), by === 'grid' ? texts.grid : by, texts.steps[action] ?? action, note].filter(Boolean).join(' · ');
}

function linkTo(text: string, follow: () => void): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'link' }, text);
  button.addEventListener('click', follow);
  return button;
}

import { h } from '../dom.ts';
import { t } from '../i18n.ts';
import type { FurtherAction, PageAction } from './orderActions.ts';
import { priorities, type Contract, type OrderAction, type Part, type WorkOrder, type WorkOrderPriority } from './ordersApi.ts';

/** What a person has to say along with an action. */
export interface OrderFields {
  nodes: Node[];
  first: HTMLElement;
  read: () => Omit<OrderAction, 'action'>;
}

const noteLength = 2_000;

/** An order may be on screen twice. */
let serial = 0;

/** The fields of an action; null for one that needs no words. `contracts` are asked for when they are needed. */
export function fieldsOf(action: PageAction | FurtherAction, order: WorkOrder, contracts: () => Promise<readonly Contract[]>): OrderFields | null {
  switch (action) {
    case 'repair':
      return repair();
    case 'pause':
    case 'reopen':
    case 'cancel':
      return note(t().workOrders.why);
    case 'assign':
      return assignment(order, contracts);
    case 'prioritise':
      return priority(order);
    default:
      return null;
  }
}

function note(label: string): OrderFields {
  const input = h('input', { type: 'text', id: `note-${++serial}`, maxlength: noteLength, required: true });
  return { nodes: [h('label', { for: input.id }, label), input], first: input, read: () => ({ note: input.value.trim() }) };
}

function repair(): OrderFields {
  const said = note(t().workOrders.whatWasDone);
  const rows = h('ul', { class: 'parts' });
  const add = h('button', { type: 'button', class: 'quiet', 'data-act': 'part' }, t().workOrders.addPart);
  add.addEventListener('click', () => {
    const name = h('input', { type: 'text', required: true, maxlength: 200, 'aria-label': t().workOrders.part, placeholder: t().workOrders.part });
    const quantity = h('input', { type: 'number', required: true, min: '0', step: 'any', value: '1', 'aria-label': t().workOrders.quantity });
    const remove = h('button', { type: 'button', class: 'quiet', 'aria-label': t().workOrders.removePart }, '×');
    const row = h('li', {}, name, quantity, remove);
    remove.addEventListener('click', () => {
      row.remove();
      add.focus();
    });
    rows.append(row);
    name.focus();
  });
  const partsOf = (): Part[] =>
    [...rows.children].map((row) => {
      const [name, quantity] = row.querySelectorAll('input');
      return { name: name?.value.trim() ?? '', quantity: Number(quantity?.value) };
    });
  return {
    nodes: [...said.nodes, rows, add],
    first: said.first,
    read: () => ({ ...said.read(), ...(rows.childElementCount === 0 ? {} : { parts: partsOf() }) }),
  };
}

function assignment(order: WorkOrder, contracts: () => Promise<readonly Contract[]>): OrderFields {
  const [contractorList, lotList] = [h('datalist', { id: `contractors-${++serial}` }), h('datalist', { id: `lots-${++serial}` })];
  const contractor = h('input', { type: 'text', id: `contractor-${++serial}`, required: true, maxlength: 200, list: contractorList.id, value: order.contractor ?? '' });
  const lot = h('input', { type: 'text', id: `lot-${++serial}`, maxlength: 200, list: lotList.id, value: order.lot ?? '' });
  // What contracts name is offered; another name may be typed as well, so that one who may not read them can still assign.
  void contracts().then(
    (found) => {
      const options = (names: Iterable<string>) => [...new Set(names)].toSorted().map((value) => h('option', { value }));
      contractorList.replaceChildren(...options(found.map((each) => each.contractor)));
      lotList.replaceChildren(...options(found.flatMap(({ lots }) => lots.map(({ name }) => name))));
    },
    () => undefined,
  );
  return {
    nodes: [h('label', { for: contractor.id }, t().workOrders.contractor), contractor, contractorList, h('label', { for: lot.id }, t().workOrders.lot), lot, lotList],
    first: contractor,
    read: () => ({ contractor: contractor.value.trim(), ...(lot.value.trim() === '' ? {} : { lot: lot.value.trim() }) }),
  };
}

function priority(order: WorkOrder): OrderFields {
  const select = h('select', { id: `priority-${++serial}` }, ...priorities.map((value) => h('option', { value, selected: value === order.priority }, t().workOrders.priorities[value])));
  return {
    nodes: [h('label', { for: select.id }, t().workOrders.priority), select],
    first: select,
    read: () => ({ priority: select.value as WorkOrderPriority }),
  };
}

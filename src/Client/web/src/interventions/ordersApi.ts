import { all, call, get, newKey, type Page } from '../http.ts';

export type WorkOrderState = 'open' | 'assigned' | 'paused' | 'repaired' | 'closed' | 'reopened' | 'cancelled';

export type WorkOrderPriority = 'low' | 'medium' | 'high' | 'urgent';

export const priorities: readonly WorkOrderPriority[] = ['urgent', 'high', 'medium', 'low'];

export interface WorkOrder {
  id: string;
  commune: string;
  state: WorkOrderState;
  priority: WorkOrderPriority;
  origin: 'person' | 'alarm' | 'rule' | 'citizen';
  title: string;
  description: string | null;
  device: string | null;
  alarm: string | null;
  /** True while the condition of its alarm holds; null without an alarm. */
  alarmActive: boolean | null;
  openedAt: string;
  dueAt: string | null;
  overdue: boolean;
  contractor: string | null;
  lot: string | null;
  pauseReason: string | null;
  visits: { by: string; arrivedAt: string; leftAt: string | null }[];
  repair: { at: string; by: string; note: string; parts: Part[] } | null;
  reopenings: number;
  history: { time: string; by: string; action: string; state: WorkOrderState; note?: string }[];
}

export interface Part {
  name: string;
  quantity: number;
}

/** What is done to an order. */
export interface OrderAction {
  action: string;
  note?: string;
  by?: string;
  contractor?: string;
  lot?: string;
  priority?: WorkOrderPriority;
  parts?: Part[];
}

export interface NewOrder {
  title: string;
  description?: string;
  commune?: string;
  device?: string;
  priority?: WorkOrderPriority;
  alarm?: string;
}

/** What a list of orders is about; empty for any. */
export interface OrderFilter {
  scope: string;
  state: string;
  overdue: boolean;
  contractor: string;
  lot: string;
}

export interface Delay {
  contractor: string | null;
  lot: string | null;
  count: number;
  pending: number;
  overdue: number;
  repaired: number;
  medianHours: number | null;
  p90Hours: number | null;
}

export interface Contract {
  contractor: string;
  lots: { name: string }[];
}

/** Orders that are asked for at once. */
export const page = 50;

/** States of an order that has not ended. */
export const pending = 'open,assigned,reopened,paused,repaired';

/** The address of a list; as CSV it has all of them. */
export function ordersPath({ scope, state, overdue, contractor, lot }: OrderFilter): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries({ scope, state, overdue: overdue ? 'true' : '', contractor, lot })) {
    if (value !== '') query.set(name, value);
  }

  return `/api/v1/work-orders?${query}`;
}

/** Work orders: to be repaired by deadline, then those that wait for confirmation, then those that have ended; a page of them. */
export const workOrders = (filter: OrderFilter, cursor: string | null = null) =>
  get<Page<WorkOrder>>(`${ordersPath(filter)}&limit=${page}${cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`}`);

/** Those of a commune that have not ended. */
export const workOrdersOf = (insee: string) => workOrders({ scope: `commune:${insee}`, state: pending, overdue: false, contractor: '', lot: '' });

export const workOrder = (id: string) => get<WorkOrder>(`/api/v1/work-orders/${encodeURIComponent(id)}`);

/** The order of an alarm that has not ended; null when there is none. */
export async function orderOfAlarm(alarm: { id: string; source: string; commune: string }): Promise<WorkOrder | null> {
  const scope = alarm.source.includes('@') ? `commune:${alarm.commune}` : `device:${alarm.source}`;
  const found = await all<WorkOrder>(`/api/v1/work-orders?scope=${encodeURIComponent(scope)}&state=${pending}&limit=1000`);
  return found.find((order) => order.alarm === alarm.id) ?? null;
}

/** Opens an order. For an alarm that has one already it is that one. */
export const openOrder = async (order: NewOrder, key = newKey()) => (await call('POST', '/api/v1/work-orders', order, { 'Idempotency-Key': key })).value as WorkOrder;

/** Does something to an order. `key` makes a repeated request one action. */
export const actOnOrder = async (id: string, action: OrderAction, key: string) =>
  (await call('PATCH', `/api/v1/work-orders/${encodeURIComponent(id)}`, action, { 'Idempotency-Key': key })).value as WorkOrder;

export const contracts = () => all<Contract>('/api/v1/contracts?limit=1000');

/** The address of the delays of contractors; as CSV it has the same. */
export function delaysPath(scope: string, since: string): string {
  return `/api/v1/work-orders/delays?${new URLSearchParams({ scope, since })}`;
}

export const delays = async (scope: string, since: string) => (await get<{ items: Delay[] }>(delaysPath(scope, since))).items;

import type { WorkOrder, WorkOrderState } from './ordersApi.ts';

/** What is done to an order day by day, in the order of the buttons. */
export type PageAction = 'arrive' | 'leave' | 'repair' | 'pause' | 'resume' | 'close';

/** What is done to it now and then. */
export type FurtherAction = 'assign' | 'prioritise' | 'reopen' | 'cancel';

/** What the state of an order allows. Pure. */
export function actionsOf(order: Pick<WorkOrder, 'state' | 'visits' | 'alarmActive'>): PageAction[] {
  const isThere = order.visits.some(({ leftAt }) => leftAt === null);
  const visit: PageAction = isThere ? 'leave' : 'arrive';
  const byState: Partial<Record<WorkOrderState, PageAction[]>> = {
    open: [visit, 'repair', 'pause'],
    assigned: [visit, 'repair', 'pause'],
    reopened: [visit, 'repair', 'pause'],
    paused: isThere ? ['leave', 'resume'] : ['resume'],
    repaired: [...(isThere ? (['leave'] as const) : []), ...(order.alarmActive === true ? [] : (['close'] as const))],
  };
  return byState[order.state] ?? [];
}

/** The same of what is done now and then. Pure. */
export function furtherActionsOf({ state }: Pick<WorkOrder, 'state'>): FurtherAction[] {
  const byState: Record<WorkOrderState, FurtherAction[]> = {
    open: ['assign', 'prioritise', 'cancel'],
    assigned: ['assign', 'prioritise', 'cancel'],
    reopened: ['assign', 'prioritise', 'cancel'],
    paused: ['assign', 'prioritise', 'cancel'],
    repaired: ['reopen', 'cancel'],
    closed: ['reopen'],
    cancelled: [],
  };
  return byState[state];
}

import type { WorkOrder, WorkOrderState } from './api.ts';

/** What may be done to an order from the page, in the order of the buttons. */
export type PageAction = 'arrive' | 'leave' | 'repair' | 'pause' | 'resume' | 'close';

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

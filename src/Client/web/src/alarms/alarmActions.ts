import type { Alarm } from './alarmsApi.ts';

/** What may be done to an alarm from the page, in the order of the buttons. */
export type AlarmAction = 'acknowledge' | 'acknowledgeNote' | 'shelve' | 'unshelve' | 'outOfService' | 'inService' | 'workOrder';

/** What the state of an alarm allows. Pure. */
export function actionsOf({ state }: Pick<Alarm, 'state'>): AlarmAction[] {
  switch (state) {
    case 'unacknowledged':
    case 'returnedUnacknowledged':
      return ['acknowledge', 'acknowledgeNote', 'shelve', 'outOfService', 'workOrder'];
    case 'acknowledged':
      return ['shelve', 'outOfService', 'workOrder'];
    case 'shelved':
      return ['unshelve', 'workOrder'];
    case 'outOfService':
      return ['inService', 'workOrder'];
    case 'suppressed':
    case 'normal':
      return ['workOrder'];
  }
}

/** What is done now and then: it does not stand beside every alarm. */
export const further: ReadonlySet<AlarmAction> = new Set<AlarmAction>(['acknowledgeNote', 'outOfService', 'inService']);

/** For how long an alarm is put aside, in hours. */
export const shelveHours: readonly number[] = [1, 2, 4, 8, 24, 168, 720];

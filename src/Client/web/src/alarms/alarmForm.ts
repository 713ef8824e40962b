import { h } from '../dom.ts';
import { counted, t } from '../i18n.ts';
import { shelveHours } from './alarmActions.ts';
import type { AlarmOrder } from './alarmsApi.ts';

/** What a person has to say along with an order. */
export interface AlarmFields {
  nodes: Node[];
  first: HTMLElement;
  read: () => AlarmOrder;
}

const hourMillis = 3_600_000;
const usualHours = 2;
const noteLength = 500;

let serial = 0;

/** The fields of an order that needs words. */
export function fieldsOf(action: 'acknowledgeNote' | 'shelve' | 'outOfService'): AlarmFields {
  const said = h('input', { type: 'text', id: `alarm-said-${++serial}`, required: true, maxlength: noteLength });
  const label = h('label', { for: said.id }, action === 'acknowledgeNote' ? t().alarms.note : t().alarms.reason);
  if (action === 'acknowledgeNote') return { nodes: [label, said], first: said, read: () => ({ act: 'acknowledge', body: { note: said.value.trim() } }) };
  if (action === 'outOfService') return { nodes: [label, said], first: said, read: () => ({ act: 'out-of-service', body: { reason: said.value.trim() } }) };
  const hours = h('select', { id: `alarm-hours-${serial}` }, ...shelveHours.map((value) => h('option', { value, selected: value === usualHours }, lasting(value))));
  return {
    nodes: [label, said, h('label', { for: hours.id }, t().alarms.lasts), hours],
    first: said,
    // A little less than the most there is: the clock of the server is another one.
    read: () => ({ act: 'shelve', body: { until: new Date(Date.now() + Number(hours.value) * hourMillis - (Number(hours.value) === 720 ? hourMillis : 0)).toISOString(), reason: said.value.trim() } }),
  };
}

function lasting(hours: number): string {
  return hours < 48 ? counted(t().order.hours, hours) : counted(t().alarms.days, hours / 24);
}

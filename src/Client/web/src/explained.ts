import type { Derived, DeviceDetail } from './api.ts';
import { h } from './dom.ts';
import * as format from './format.ts';
import { fill, t } from './i18n.ts';

/** The conditions that a device is in, and since when. */
export function conditions(alarms: DeviceDetail['alarms'], now: Date): HTMLElement | null {
  if (alarms.length === 0) return null;
  return h(
    'ul',
    { class: 'conditions', 'aria-label': t().conditionsTitle },
    ...alarms.map(({ condition, severity, since }) =>
      h(
        'li',
        { 'data-condition': condition },
        h('span', { class: `badge status-${severity}` }, t().conditions[condition] ?? condition),
        ' ',
        h('span', { class: 'muted' }, fill(t().since, { time: format.instant(since, now) })),
      ),
    ),
  );
}

/** What follows from the reports, as a table. */
export function derivedTable(figures: [string, Derived][], now: Date): HTMLTableElement {
  return h(
    'table',
    { class: 'derived' },
    h('thead', {}, h('tr', {}, ...[t().metric, t().value, t().expected].map((title) => h('th', { scope: 'col' }, title)))),
    h(
      'tbody',
      {},
      ...figures.map(([name, figure]) =>
        h(
          'tr',
          { 'data-figure': name },
          h('th', { scope: 'row', title: name }, format.metricName(name)),
          h('td', {}, ...valueOf(name, figure, now)),
          h('td', {}, expectedOf(name, figure), h('span', { class: 'muted basis' }, t().bases[figure.basis] ?? figure.basis)),
        ),
      ),
    ),
  );
}

function valueOf(name: string, { value, at }: Derived, now: Date): Node[] {
  return [
    ...(value === undefined ? [] : [h('data', { value }, format.metric(name, value))]),
    ...(at === undefined ? [] : [h('time', { datetime: at }, format.instant(at, now))]),
  ];
}

function expectedOf(name: string, { low, high }: Derived): string {
  const write = (value: number) => format.metric(name, value);
  if (low !== undefined && high !== undefined) return fill(t().between, { low: write(low), high: write(high) });
  if (high !== undefined) return fill(t().atMost, { high: write(high) });
  return low === undefined ? '' : fill(t().atLeast, { low: write(low) });
}

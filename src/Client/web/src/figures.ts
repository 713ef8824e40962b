import { h, part, write } from './dom.ts';
import * as format from './format.ts';
import { statuses, type Summary } from './frames.ts';
import { fill, t } from './i18n.ts';
import type { Texts } from './texts.ts';

type Label = keyof Texts['figure'];

interface Figure {
  key: string;
  label: Label;
  read: (summary: Summary) => number | undefined;
  show: (value: number) => string;
  /** Wants attention from this value on. */
  alert?: number;
}

interface Group {
  key: string;
  label: Label;
  lead: Figure;
  rest: Figure[];
}

const count = (value: number) => format.number(value);

const groups: Group[] = [
  {
    key: 'lighting',
    label: 'lighting',
    lead: { key: 'lighting.powerWatts', label: 'power', read: (s) => s.lighting?.powerWatts, show: format.watts },
    rest: [
      { key: 'lighting.on', label: 'on', read: (s) => s.lighting?.on, show: count },
      { key: 'lighting.off', label: 'off', read: (s) => s.lighting?.off, show: count },
      { key: 'lighting.failed', label: 'failed', read: (s) => s.lighting?.failed, show: count, alert: 1 },
      { key: 'lighting.energyTodayWattHours', label: 'energyToday', read: (s) => s.lighting?.energyTodayWattHours, show: format.wattHours },
      { key: 'lighting.savedTodayWattHours', label: 'savedToday', read: (s) => s.lighting?.savedTodayWattHours, show: format.wattHours },
    ],
  },
  {
    key: 'water',
    label: 'water',
    lead: { key: 'water.flowLitresPerHour', label: 'flow', read: (s) => s.water?.flowLitresPerHour, show: format.flow },
    rest: [
      { key: 'water.consumedTodayLitres', label: 'consumedToday', read: (s) => s.water?.consumedTodayLitres, show: format.volume },
      { key: 'water.leakSuspects', label: 'leakSuspects', read: (s) => s.water?.leakSuspects, show: count, alert: 1 },
    ],
  },
  {
    key: 'buildings',
    label: 'buildings',
    lead: { key: 'buildings.powerWatts', label: 'power', read: (s) => s.buildings?.powerWatts, show: format.watts },
    rest: [
      { key: 'buildings.energyTodayWattHours', label: 'energyToday', read: (s) => s.buildings?.energyTodayWattHours, show: format.wattHours },
      { key: 'buildings.comfortBreaches', label: 'comfortBreaches', read: (s) => s.buildings?.comfortBreaches, show: count, alert: 1 },
    ],
  },
  {
    key: 'bins',
    label: 'bins',
    lead: { key: 'bins.over80Percent', label: 'over80', read: (s) => s.bins?.over80Percent, show: count },
    rest: [
      { key: 'bins.total', label: 'binTotal', read: (s) => s.bins?.total, show: count },
      { key: 'bins.overflowing', label: 'overflowing', read: (s) => s.bins?.overflowing, show: count, alert: 1 },
      { key: 'bins.fires', label: 'fires', read: (s) => s.bins?.fires, show: count, alert: 1 },
    ],
  },
  {
    key: 'environment',
    label: 'environment',
    lead: { key: 'environment.localLevel', label: 'localLevel', read: (s) => s.environment?.localLevel, show: (level) => `${level} / 3`, alert: 2 },
    rest: [],
  },
];

const figures = groups.flatMap((group) => [group.lead, ...group.rest]);

/** The figures of the chosen territory. Built once for a language, then only what changed is written. */
export class FigurePanel {
  readonly #body = part('figure-groups');
  readonly #cells = new Map<string, HTMLDataElement>();
  #summary: Summary | null = null;

  /** `lighting` stands below the figures of public lighting. */
  constructor(private readonly lighting: readonly HTMLElement[]) {}

  show(summary: Summary | null): void {
    if (this.#cells.size === 0 || (this.#summary === null) !== (summary === null)) this.#build();
    this.#summary = summary;
    if (!summary) return;
    for (const figure of figures) this.#set(figure.key, figure.read(summary), figure.show, figure.alert);
    this.#set('devices.total', summary.devices.total, count);
    this.#set('coveragePercent', summary.coveragePercent ?? undefined, format.percent);
    for (const status of statuses) this.#set(`devices.${status}`, summary.devices.byStatus[status] ?? 0, count);
    this.#bars(summary);
    write(part('as-of'), summary.asOf ? fill(t().asOf, { time: format.instant(summary.asOf, new Date()) }) : '');
  }

  translate(): void {
    this.#build();
    this.show(this.#summary);
  }

  #build(): void {
    this.#cells.clear();
    const total = h(
      'section',
      { class: 'group wide', 'aria-labelledby': 'figure-total' },
      h('h3', { id: 'figure-total' }, t().figure.total),
      h('p', { class: 'lead' }, this.#cell('devices.total'), h('span', { class: 'unit' }, this.#cell('coveragePercent'), ` ${t().figure.coverage.toLowerCase()}`)),
      h('div', { class: 'bar', id: 'status-bar', 'aria-hidden': 'true' }, ...statuses.map((status) => h('span', { class: `status-${status}` }))),
      h('dl', { class: 'statuses' }, ...statuses.map((status) => h('div', {}, h('dt', { class: `dot status-${status}` }, t().statuses[status]), h('dd', {}, this.#cell(`devices.${status}`))))),
    );
    const rest = groups.flatMap((group) => [
      h(
        'section',
        { class: `group ${group.key}`, 'aria-labelledby': `figure-${group.key}` },
        h('h3', { id: `figure-${group.key}` }, t().figure[group.label]),
        h('p', { class: 'lead' }, this.#cell(group.lead.key), h('span', { class: 'unit' }, t().figure[group.lead.label])),
        group.key === 'lighting' && h('div', { class: 'bar', id: 'light-bar', 'aria-hidden': 'true' }, h('span', { class: 'on' }), h('span', { class: 'off' }), h('span', { class: 'failed' })),
        group.rest.length > 0 && h('dl', {}, ...group.rest.map((figure) => h('div', {}, h('dt', {}, t().figure[figure.label]), h('dd', {}, this.#cell(figure.key))))),
      ),
      ...(group.key === 'lighting' ? this.lighting : []),
    ]);
    this.#body.replaceChildren(total, ...rest);
  }

  #cell(key: string): HTMLDataElement {
    const cell = h('data', { 'data-figure': key }, '–');
    this.#cells.set(key, cell);
    return cell;
  }

  #set(key: string, value: number | undefined, show: (value: number) => string, alert = Infinity): void {
    const cell = this.#cells.get(key);
    if (!cell) return;
    // A figure appears when the server knows it.
    cell.closest<HTMLElement>('dl > div, .unit, .lead')?.toggleAttribute('hidden', value === undefined);
    cell.value = value === undefined ? '' : String(value);
    cell.classList.toggle('alert', (value ?? 0) >= alert);
    write(cell, value === undefined ? '–' : show(value));
  }

  #bars(summary: Summary): void {
    shares(part('status-bar'), statuses.map((status) => summary.devices.byStatus[status] ?? 0));
    shares(part('light-bar'), [summary.lighting?.on ?? 0, summary.lighting?.off ?? 0, summary.lighting?.failed ?? 0]);
  }
}

function shares(bar: HTMLElement, amounts: number[]): void {
  amounts.forEach((amount, index) => {
    (bar.children[index] as HTMLElement).style.flexGrow = String(amount);
  });
}

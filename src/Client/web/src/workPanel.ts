import { collection, findings, maintenance, type Collection, type Finding, type Maintenance } from './api.ts';
import { h, write } from './dom.ts';
import { failureLine } from './failures.ts';
import * as format from './format.ts';
import { counted, fill, t } from './i18n.ts';
import { orderList } from './interventions/orderRow.ts';

/** How often a list that is open is asked for again. */
const refreshMillis = 60_000;

export interface WorkList {
  key: string;
  title: () => string;
  /** The content for what is chosen, such as a commune; `choose` leads to a device, `again` asks for it once more. */
  load: (chosen: string, choose: (id: string) => void, again: () => Promise<void>) => Promise<Node[]>;
}

const lists = (alarm: (id: string) => void): WorkList[] => [
  { key: 'workOrders', title: () => t().workOrders.title, load: (insee, device, again) => orderList(insee, { device, alarm }, again) },
  { key: 'findings', title: () => t().findings.title, load: async (insee, choose) => findingList(await findings(insee), choose) },
  { key: 'collection', title: () => t().collection.title, load: async (insee, choose) => rounds(await collection(insee), choose) },
  { key: 'maintenance', title: () => t().maintenance.title, load: async (insee, choose) => months(await maintenance(insee), choose) },
];

/** Lists of what is to be done in the chosen commune. Each is asked for when it is opened, and again while it is. */
export class WorkPanel {
  readonly element = h('section', { class: 'group work', 'aria-labelledby': 'work-title', hidden: true });
  readonly #title = h('h3', { id: 'work-title' });
  readonly #parts: readonly WorkPart[];

  constructor(choose: (id: string) => void, alarm: (id: string) => void) {
    this.#parts = lists(alarm).map((list) => new WorkPart(list, choose));
    this.element.append(this.#title, ...this.#parts.map((each) => each.element));
  }

  /** Shows a territory; only a commune has such lists. */
  show(scope: string): void {
    const [kind, code] = scope.split(':');
    const insee = kind === 'commune' && code !== undefined ? code : null;
    this.element.hidden = insee === null;
    for (const each of this.#parts) each.show(insee);
  }

  translate(): void {
    write(this.#title, t().work);
    for (const each of this.#parts) each.translate();
  }
}

/** A list that is asked for when it is opened, and again while it is. */
export class WorkPart {
  readonly element: HTMLDetailsElement;
  readonly #summary = h('summary', {});
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #body = h('div', {});
  #chosen: string | null = null;
  #timer = 0;
  #request = 0;

  constructor(
    private readonly list: WorkList,
    private readonly choose: (id: string) => void,
  ) {
    this.element = h('details', { 'data-list': list.key }, this.#summary, this.#error, this.#body);
    this.element.addEventListener('toggle', () => void this.#load());
  }

  show(chosen: string | null): void {
    if (chosen === this.#chosen) return;
    this.#chosen = chosen;
    this.#body.replaceChildren();
    void this.#load();
  }

  translate(): void {
    write(this.#summary, this.list.title());
    if (this.#body.childElementCount > 0) void this.#load();
  }

  /** Not under the hands of a person: what has the focus stays until it has not. */
  #refresh(): void {
    if (this.#body.contains(document.activeElement)) this.#timer = window.setTimeout(() => this.#refresh(), refreshMillis);
    else void this.#load();
  }

  async #load(): Promise<void> {
    clearTimeout(this.#timer);
    const [chosen, request] = [this.#chosen, ++this.#request];
    if (!this.element.open || chosen === null) return;
    this.element.ariaBusy = 'true';
    if (this.#body.childElementCount === 0) this.#body.replaceChildren(h('p', { class: 'muted' }, t().loading));
    try {
      const content = await this.list.load(chosen, this.choose, () => this.#load());
      if (request !== this.#request) return;
      this.#body.replaceChildren(...content);
      write(this.#error, '');
    } catch (error) {
      if (request !== this.#request) return;
      write(this.#error, failureLine(error));
    }

    this.element.ariaBusy = null;
    this.#timer = window.setTimeout(() => this.#refresh(), refreshMillis);
  }
}

function findingList(found: Finding[], choose: (id: string) => void): Node[] {
  const now = new Date();
  if (found.length === 0) return [h('p', { class: 'muted' }, t().findings.none)];
  return found.map((finding) =>
    h(
      'section',
      { 'data-finding': `${finding.rule}:${finding.source}` },
      h(
        'p',
        {},
        h('span', { class: `badge status-${finding.severity}` }, t().findings.rules[finding.rule] ?? finding.rule),
        ' ',
        h('span', {}, finding.source),
        ' ',
        h('span', { class: 'muted' }, fill(t().since, { time: format.instant(finding.since, now) })),
      ),
      h('p', { class: 'muted' }, fill(t().findings.of, { n: format.number(new Set(finding.members.map(({ device }) => device)).size), all: format.number(finding.of) })),
      h('ul', {}, ...finding.members.map((member) => h('li', {}, link(member.device, choose), ` ${shown(member)}`))),
    ),
  );
}

function shown({ shows, metric, figure }: Finding['members'][number]): string {
  const what = t().findings.shows[shows] ?? shows;
  return metric !== undefined && figure?.value !== undefined ? `${what} (${format.metric(metric, figure.value)})` : what;
}

/** A way to a device. */
export function link(device: string, choose: (id: string) => void): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'link' }, device);
  button.addEventListener('click', () => choose(device));
  return button;
}

function rounds(found: Collection, choose: (id: string) => void): Node[] {
  const now = new Date();
  const stops = found.rounds.reduce((sum, round) => sum + round.stops.length, 0);
  return [
    h('p', { class: 'muted' }, `${counted(t().collection.count, stops)} · ${format.distance(found.distanceMetres)}`),
    ...found.rounds.map((round) =>
      h(
        'section',
        {},
        h('h4', {}, round.round ?? t().collection.streams[round.stream ?? ''] ?? round.stream ?? t().collection.noStream),
        h(
          'ol',
          {},
          ...round.stops.map((stop) =>
            h(
              'li',
              {},
              link(stop.device, choose),
              ` ${t().collection.reasons[stop.reason] ?? stop.reason}`,
              stop.fullAt !== undefined && h('span', { class: 'muted' }, ` ${format.instant(stop.fullAt, now)}`),
            ),
          ),
        ),
      ),
    ),
    found.unknown.length > 0 && h('p', {}, counted(t().collection.unknown, found.unknown.length)),
    found.unknown.length > 0 && h('ul', {}, ...found.unknown.map((bin) => h('li', {}, link(bin.device, choose)))),
  ].filter((node): node is HTMLElement => node !== false);
}

function months(found: Maintenance, choose: (id: string) => void): Node[] {
  if (found.items.length === 0) return [h('p', { class: 'muted' }, t().maintenance.none)];
  return [
    ...[...new Set(found.items.map(({ month }) => month))].map((month) =>
      h(
        'section',
        {},
        h('h4', {}, format.monthName(month)),
        h(
          'ul',
          {},
          ...found.items
            .filter((item) => item.month === month)
            .map((item) =>
              h(
                'li',
                {},
                link(item.device, choose),
                ` ${t().maintenance.parts[item.part]} `,
                h('span', { class: 'muted' }, `${format.day(item.estimatedFailureAt.slice(0, 10), true)}, ${t().bases[item.basis] ?? item.basis}`),
              ),
            ),
        ),
      ),
    ),
    ...(found.nextCursor === null ? [] : [h('p', { class: 'muted' }, t().maintenance.more)]),
  ];
}

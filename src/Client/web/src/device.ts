import { device as getDevice, type DeviceDetail } from './api.ts';
import { CabinetLamps, cabinetFacts, type WatchScope } from './cabinet.ts';
import { CabinetControls } from './cabinetControls.ts';
import type { CardPart } from './card.ts';
import { Dimming } from './dimming.ts';
import { h, part, write } from './dom.ts';
import { conditions, derivedTable } from './explained.ts';
import { failureLine } from './failures.ts';
import { FeedLink } from './feed.ts';
import * as format from './format.ts';
import { t } from './i18n.ts';
import type { Watch } from './live.ts';
import { NightPanel } from './nightPanel.ts';

/** A live change is followed by one fetch at once, and by the next one no sooner than this. */
const refreshMillis = 1_000;

/** Without any live change, so that "last heard" and what the stream does not hold stay true. */
const idleMillis = 15_000;

/** One device: what it is, what it reported and when, and what its kind has beside: its night, its lamps or its cabinet, its controls. */
export class DeviceCard {
  readonly #body = part('device-body');
  #id: string | null = null;
  #detail: DeviceDetail | null = null;
  #parts: CardPart[] = [];
  #watch: Watch | null = null;
  #focus: string | null = null;
  #timer = 0;
  #fetching = false;
  #fetchedAt = -Infinity;
  #stale = false;

  constructor(
    private readonly watch: WatchScope,
    private readonly choose: (id: string) => void,
  ) {}

  /** Shows a device. `focus` is the device that the way led back from, when it did. */
  open(id: string, focus: string | null = null): void {
    this.close();
    this.#id = id;
    this.#focus = focus;
    write(part('device-name'), id);
    write(part('device-kind'), t().loading);
    this.#watch = this.watch(`device:${id}`, {}, (step) => {
      for (const command of step.commands) for (const each of this.#parts) each.command?.(command);
      if (step.changed === 'all' || step.changed.size > 0) this.#changed();
    });
    void this.#refresh();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#watch?.stop();
    this.#watch = null;
    for (const each of this.#parts) each.stop();
    this.#parts = [];
    this.#id = null;
    this.#detail = null;
    this.#body.replaceChildren();
  }

  translate(): void {
    const former = this.#parts;
    for (const each of former) each.stop();
    this.#parts = [];
    this.#body.replaceChildren();
    if (this.#detail) this.#render(this.#detail);
    for (const [index, each] of this.#parts.entries()) if (former[index]) each.takeOver?.(former[index]);
  }

  #changed(): void {
    this.#stale = true;
    if (!this.#fetching) this.#schedule(Math.max(0, this.#fetchedAt + refreshMillis - performance.now()));
  }

  #schedule(millis: number): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#refresh(), millis);
  }

  async #refresh(): Promise<void> {
    const id = this.#id;
    if (id === null) return;
    this.#fetching = true;
    this.#stale = false;
    try {
      const detail = await getDevice(id);
      if (this.#id === id) this.#render((this.#detail = detail));
    } catch (error) {
      if (this.#id === id) this.#fail(error);
    } finally {
      this.#fetching = false;
      this.#fetchedAt = performance.now();
    }

    if (this.#id === id) this.#schedule(this.#stale ? refreshMillis : idleMillis);
  }

  #fail(error: unknown): void {
    const alert = this.#body.querySelector(':scope > .error') ?? this.#body.appendChild(h('p', { class: 'error', role: 'alert' }));
    write(alert, failureLine(error));
  }

  #render(detail: DeviceDetail): void {
    const now = new Date();
    write(part('device-name'), detail.name);
    const kind = part('device-kind');
    write(kind, [t().kind[detail.kind], detail.id === detail.name ? '' : detail.id].filter(Boolean).join(' · '));
    kind.className = `kind-line kind-${detail.kind}`;
    const metrics = Object.entries(detail.reported);
    const derived = Object.entries(detail.derived);
    const content = h(
      'div',
      { class: 'device-content' },
      h(
        'p',
        { class: 'device-state' },
        h('span', { class: `badge status-${detail.status}`, id: 'device-status' }, t().statuses[detail.status]),
        h('span', { class: 'muted' }, detail.lastSeen ? `${t().lastSeen} ${format.instant(detail.lastSeen, now)}` : t().neverSeen),
      ),
      conditions(detail.alarms, now),
      detail.kind === 'streetlight' && detail.attributes['passive'] === true && h('p', { class: 'muted' }, t().dimPassive),
      detail.kind === 'cabinet' && cabinetFacts(detail),
    );
    const tables = h(
      'div',
      { class: 'device-tables' },
      derived.length > 0 && h('h3', {}, t().derived),
      derived.length > 0 && derivedTable(derived, now),
      h('h3', {}, t().reported),
      metrics.length === 0 ? h('p', { class: 'muted' }, t().nothingReported) : table(metrics, now),
      Object.keys(detail.attributes).length > 0 && h('h3', {}, t().attributes),
      h('dl', {}, ...Object.entries(detail.attributes).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, attribute(value))))),
    );
    // Parts stay the same elements over refreshes; content and tables, which nobody can have the focus in, are made anew.
    if (this.#body.querySelector(':scope > .device-content')) {
      this.#body.querySelector(':scope > .error')?.remove();
      this.#body.firstElementChild?.replaceWith(content);
      this.#body.lastElementChild?.replaceWith(tables);
      for (const each of this.#parts) each.update?.(detail);
    } else {
      this.#parts = this.#partsOf(detail);
      this.#body.replaceChildren(content, ...this.#parts.map((each) => each.element), tables);
    }
  }

  #partsOf(detail: DeviceDetail): CardPart[] {
    if (detail.kind === 'cabinet') return [new CabinetControls(detail), new NightPanel(detail.id), new CabinetLamps(detail, this.watch, this.choose, this.#focus)];
    if (detail.kind !== 'streetlight') return [];
    const { cabinet, passive } = detail.attributes;
    return [
      ...(typeof cabinet === 'string' ? [new FeedLink(detail, cabinet, this.choose)] : []),
      ...(passive === true ? [] : [new Dimming(detail)]),
      new NightPanel(detail.id),
    ];
  }
}

function table(metrics: [string, { value: number; time: string }][], now: Date): HTMLTableElement {
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, ...[t().metric, t().value, t().at].map((title) => h('th', { scope: 'col' }, title)))),
    h(
      'tbody',
      {},
      ...metrics.map(([name, { value, time }]) =>
        h(
          'tr',
          { 'data-metric': name },
          h('th', { scope: 'row', title: name }, format.metricName(name)),
          h('td', {}, h('data', { value }, format.metric(name, value))),
          h('td', {}, h('time', { datetime: time }, format.instant(time, now))),
        ),
      ),
    ),
  );
}

function attribute(value: string | number | boolean): string {
  if (typeof value === 'boolean') return value ? t().yes : t().no;
  return typeof value === 'number' ? format.number(value, 3) : value;
}

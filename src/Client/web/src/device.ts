import { ApiError, device as getDevice, type DeviceDetail } from './api.ts';
import { Dimming } from './dimming.ts';
import { h, part, write } from './dom.ts';
import * as format from './format.ts';
import type { Command } from './frames.ts';
import { t } from './i18n.ts';

/** A live change is followed by one fetch at once, and by the next one no sooner than this. */
const refreshMillis = 1_000;

/** Without any live change, so that "last heard" and what the stream does not hold stay true. */
const idleMillis = 15_000;

/** One device: what it is, what it reported and when, and for a controlled lamp its dimming. */
export class DeviceCard {
  readonly #body = part('device-body');
  #id: string | null = null;
  #detail: DeviceDetail | null = null;
  #dimming: Dimming | null = null;
  #timer = 0;
  #fetching = false;
  #fetchedAt = -Infinity;
  #stale = false;

  open(id: string): void {
    this.close();
    this.#id = id;
    write(part('device-name'), id);
    write(part('device-kind'), t().loading);
    void this.#refresh();
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#dimming?.stop();
    this.#dimming = null;
    this.#id = null;
    this.#detail = null;
    this.#body.replaceChildren();
  }

  /** The live stream says that the device changed. */
  changed(): void {
    this.#stale = true;
    if (!this.#fetching) this.#schedule(Math.max(0, this.#fetchedAt + refreshMillis - performance.now()));
  }

  command(command: Command): void {
    this.#dimming?.take(command);
  }

  translate(): void {
    const former = this.#dimming;
    former?.stop();
    this.#dimming = null;
    this.#body.replaceChildren();
    if (this.#detail) this.#render(this.#detail);
    if (former?.command) this.#follow(former.command);
  }

  #follow(command: Command): void {
    this.#dimming?.follow(command);
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
    const line = error instanceof ApiError ? error.line : String(error);
    const alert = this.#body.querySelector('.error') ?? this.#body.appendChild(h('p', { class: 'error', role: 'alert' }));
    write(alert, line);
  }

  #render(detail: DeviceDetail): void {
    const now = new Date();
    write(part('device-name'), detail.name);
    const kind = part('device-kind');
    write(kind, [t().kind[detail.kind], detail.id === detail.name ? '' : detail.id].filter(Boolean).join(' · '));
    kind.className = `kind-line kind-${detail.kind}`;
    if (detail.kind === 'streetlight' && this.#dimming === null && detail.attributes['passive'] !== true) {
      this.#dimming = new Dimming(detail.id, detail.reported['dimmingPercent']?.value ?? null);
    }

    const metrics = Object.entries(detail.reported);
    const content = h(
      'div',
      { class: 'device-content' },
      h(
        'p',
        { class: 'device-state' },
        h('span', { class: `badge status-${detail.status}`, id: 'device-status' }, t().statuses[detail.status]),
        h('span', { class: 'muted' }, detail.lastSeen ? `${t().lastSeen} ${format.instant(detail.lastSeen, now)}` : t().neverSeen),
      ),
      detail.kind === 'streetlight' && detail.attributes['passive'] === true && h('p', { class: 'muted' }, t().dimPassive),
    );
    const tables = h(
      'div',
      { class: 'device-tables' },
      h('h3', {}, t().reported),
      metrics.length === 0 ? h('p', { class: 'muted' }, t().nothingReported) : table(metrics, now),
      Object.keys(detail.attributes).length > 0 && h('h3', {}, t().attributes),
      h('dl', {}, ...Object.entries(detail.attributes).map(([name, value]) => h('div', {}, h('dt', {}, name), h('dd', {}, attribute(value))))),
    );
    // The dimming control stays the same element over refreshes: a slider that is being moved must not be rebuilt.
    const control = this.#dimming?.element;
    if (control?.isConnected) {
      this.#body.firstElementChild?.replaceWith(content);
      this.#body.lastElementChild?.replaceWith(tables);
    } else {
      this.#body.replaceChildren(...[content, control, tables].filter((node) => node !== undefined));
    }
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

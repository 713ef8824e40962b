import { waterZones } from './api.ts';
import { h, write } from './dom.ts';
import { failureLine } from './failures.ts';
import * as format from './format.ts';
import { fill, t } from './i18n.ts';
import { lossOf, zonesQuery, type WaterZone } from './zones.ts';

/** Late readings amend yesterday: how often it is asked for again. */
const refreshMillis = 300_000;

/** Zones that are shown, the greatest loss first. */
const shown = 8;

/** What the water zones of the chosen territory lost yesterday. Not there where it has none. */
export class ZonesPanel {
  readonly element = h('section', { class: 'group zones', 'aria-labelledby': 'zones-title', hidden: true });
  #scope: string | null = null;
  #zones: readonly WaterZone[] = [];
  #timer = 0;
  #request = 0;

  readonly #title = h('h3', { id: 'zones-title' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #body = h('div', {});

  constructor() {
    this.element.append(this.#title, this.#error, this.#body);
  }

  show(scope: string | null): void {
    if (scope === this.#scope) return;
    this.#scope = scope;
    this.#zones = [];
    this.#error.textContent = '';
    this.#render();
    void this.#load();
  }

  translate(): void {
    write(this.#title, t().zones.title);
    this.#render();
  }

  async #load(): Promise<void> {
    const [query, request] = [this.#scope === null ? null : zonesQuery(this.#scope), ++this.#request];
    clearTimeout(this.#timer);
    if (query === null) return;
    try {
      const found = await waterZones(query, shown);
      if (request !== this.#request) return;
      this.#zones = found;
      this.#error.textContent = '';
    } catch (error) {
      if (request !== this.#request) return;
      write(this.#error, failureLine(error));
    }

    this.#render();
    this.#wait();
  }

  #wait(): void {
    this.#timer = window.setTimeout(() => (document.visibilityState === 'visible' ? void this.#load() : this.#wait()), refreshMillis);
  }

  #render(): void {
    this.element.hidden = this.#zones.length === 0 && this.#error.textContent === '';
    this.#body.replaceChildren(...(this.#zones.length === 0 ? [] : [table(this.#zones)]));
  }
}

function table(zones: readonly WaterZone[]): HTMLTableElement {
  const texts = t().zones;
  const heads = [texts.zone, texts.loss, texts.night, texts.coverage];
  return h(
    'table',
    { class: 'energy-table' },
    h('caption', { class: 'muted' }, fill(texts.caption, { date: format.day(zones[0]!.date) })),
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h('tbody', {}, ...zones.map(row)),
  );
}

function row(zone: WaterZone): HTMLTableRowElement {
  const loss = lossOf(zone);
  return h(
    'tr',
    {},
    h('th', { scope: 'row' }, zone.zone),
    h('td', {}, loss === null ? t().zones.unknown : loss.isEstimate ? fill(t().zones.estimate, { volume: format.volume(loss.litres) }) : format.volume(loss.litres)),
    h('td', {}, zone.nightMinimumLitresPerHour === null ? t().zones.unknown : format.flow(zone.nightMinimumLitresPerHour)),
    h('td', {}, zone.exact ? fill(t().zones.exact, { percent: format.percent(zone.coveragePercent) }) : format.percent(zone.coveragePercent)),
  );
}

import { energy as getEnergy } from './api.ts';
import { h, svg, write } from './dom.ts';
import { addMonths, columns, monthOf, type Energy } from './energy.ts';
import { failureLine } from './failures.ts';
import * as format from './format.ts';
import { fill, t } from './i18n.ts';

/** How often the month that runs is asked for again. */
const refreshMillis = 60_000;

const [width, height] = [260, 64];

/** Energy and saving of the chosen territory's lighting in a month, by day. */
export class EnergyPanel {
  readonly element = h('section', { class: 'group energy', 'aria-labelledby': 'energy-title', hidden: true });
  #scope: string | null = null;
  #month = monthOf(Date.now(), undefined);
  #zone: string | undefined;
  #energy: Energy | null = null;
  #timer = 0;
  #request = 0;

  readonly #title = h('h3', { id: 'energy-title' });
  readonly #previous = this.#step(-1, '‹');
  readonly #next = this.#step(1, '›');
  readonly #name = h('p', { role: 'status' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #body = h('div', {});
  readonly #steps = h('div', { class: 'night-steps', role: 'group' }, this.#previous, this.#name, this.#next);

  constructor() {
    this.element.append(this.#title, this.#steps, this.#error, this.#body);
  }

  /** Shows a territory; the month stays as it was chosen. */
  show(scope: string | null): void {
    this.element.hidden = scope === null;
    if (scope === this.#scope) return;
    this.#scope = scope;
    this.#energy = null;
    this.#body.replaceChildren();
    if (scope !== null) void this.#load();
  }

  translate(): void {
    write(this.#title, t().energy.title);
    for (const [button, label] of [[this.#previous, t().energy.previous], [this.#next, t().energy.next]] as const) {
      button.setAttribute('aria-label', label);
      button.title = label;
    }

    this.#steps.setAttribute('aria-label', t().energy.choose);
    write(this.#name, format.monthName(this.#month));
    if (this.#energy) this.#render(this.#energy);
  }

  #step(months: number, sign: string): HTMLButtonElement {
    const button = h('button', { type: 'button', class: 'quiet' }, sign);
    button.addEventListener('click', () => {
      if (months > 0 && this.#isThisMonth()) return;
      this.#month = addMonths(this.#month, months);
      void this.#load();
    });
    return button;
  }

  #isThisMonth(): boolean {
    return this.#month >= monthOf(Date.now(), this.#zone);
  }

  async #load(): Promise<void> {
    const [scope, request] = [this.#scope, ++this.#request];
    if (scope === null) return;
    clearTimeout(this.#timer);
    write(this.#name, format.monthName(this.#month));
    this.#next.setAttribute('aria-disabled', String(this.#isThisMonth()));
    this.element.ariaBusy = 'true';
    if (this.#body.childElementCount === 0) this.#body.replaceChildren(h('p', { class: 'muted' }, t().loading));
    try {
      const found = await getEnergy(scope, this.#month);
      if (request !== this.#request) return;
      this.#error.textContent = '';
      this.#zone = found.zone;
      this.#render((this.#energy = found));
    } catch (error) {
      if (request !== this.#request) return;
      this.#body.replaceChildren();
      write(this.#error, failureLine(error));
    }

    this.element.ariaBusy = null;
    if (this.#isThisMonth()) this.#wait();
  }

  #wait(): void {
    this.#timer = window.setTimeout(() => (document.visibilityState === 'visible' ? void this.#load() : this.#wait()), refreshMillis);
  }

  #render(energy: Energy): void {
    const figure = (key: string, label: string, value: number | undefined, show: (value: number) => string) =>
      value !== undefined && h('div', {}, h('dt', {}, label), h('dd', {}, h('data', { 'data-figure': `energy.${key}`, value }, show(value))));
    // A refresh that changes nothing leaves an open table and the place in it alone.
    const open = this.#body.querySelector('details')?.open ?? false;
    const focused = this.#body.contains(document.activeElement);
    const summary = h('summary', {}, t().energy.table);
    this.#body.replaceChildren(
      h(
        'dl',
        {},
        figure('used', t().energy.used, energy.energyKilowattHours, kilowattHours),
        figure('saved', t().energy.saved, energy.savedKilowattHours, kilowattHours),
        figure('euros', t().energy.cost, energy.euros, format.euros),
        figure('co2e', t().energy.co2e, energy.co2eKilograms, kilograms),
      ),
      energy.days.length === 0 ? h('p', { class: 'muted' }, t().energy.nothing) : chart(energy),
      energy.co2eSource ? h('p', { class: 'muted' }, fill(t().energy.source, { source: energy.co2eSource })) : '',
      energy.euros === undefined || energy.co2eKilograms === undefined ? h('p', { class: 'muted' }, t().energy.unset) : '',
      energy.days.length > 0 ? h('details', { open }, summary, table(energy)) : '',
    );
    if (focused) summary.focus({ preventScroll: true });
  }
}

const kilowattHours = (value: number) => format.wattHours(value * 1000);

const kilograms = (value: number) => format.quantity(value, 'kg');

/** Columns by day: what was used, and on it what was saved. The table says the same. */
function chart(energy: Energy): SVGSVGElement {
  const days = columns(energy);
  const slot = width / days.length;
  const bar = (kind: string, day: number, from: number, share: number) =>
    svg('rect', { class: kind, x: (day - 1) * slot + 1, width: slot - 2, y: height * (1 - from - share), height: height * share });
  return svg(
    'svg',
    { class: 'energy-chart', viewBox: `0 0 ${width} ${height + 14}`, role: 'img', 'aria-label': fill(t().energy.chart, { month: format.monthName(energy.month) }) },
    ...days.flatMap(({ day, used, saved }) => [bar('used', day, 0, used), bar('saved', day, used, saved)]),
    svg('line', { class: 'grid', x1: 0, x2: width, y1: height, y2: height }),
    ...days.filter(({ day }) => day === 1 || day % 10 === 0).map(({ day }) => svg('text', { x: (day - 0.5) * slot, y: height + 12, 'text-anchor': day === 1 ? 'start' : 'middle' }, String(day))),
  );
}

function table(energy: Energy): HTMLTableElement {
  const has = { euros: energy.euros !== undefined, co2e: energy.co2eKilograms !== undefined };
  const heads = [t().energy.day, t().energy.used, t().energy.saved, ...(has.euros ? [t().energy.cost] : []), ...(has.co2e ? [t().energy.co2e] : [])];
  return h(
    'table',
    { class: 'energy-table' },
    h('thead', {}, h('tr', {}, ...heads.map((head) => h('th', { scope: 'col' }, head)))),
    h(
      'tbody',
      {},
      ...energy.days.map((day) =>
        h(
          'tr',
          {},
          h('th', { scope: 'row' }, format.day(day.date)),
          h('td', {}, kilowattHours(day.energyKilowattHours)),
          h('td', {}, kilowattHours(day.savedKilowattHours)),
          has.euros && h('td', {}, format.euros(day.euros ?? 0)),
          has.co2e && h('td', {}, kilograms(day.co2eKilograms ?? 0)),
        ),
      ),
    ),
  );
}

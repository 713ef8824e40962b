import { night as getNight, plan as getPlan, type ControllerState, type Plan } from './api.ts';
import type { CardPart } from './card.ts';
import { h, write } from './dom.ts';
import { failureLine } from './failures.ts';
import { clock, day, number, percent } from './format.ts';
import { fill, t } from './i18n.ts';
import { addDays, nightOf, type Night } from './night.ts';
import { hours, markNow, nightChart } from './nightChart.ts';

/** The night of a cabinet or a light point under its plan, as a profile; other nights a step away. */
export class NightPanel implements CardPart {
  readonly element: HTMLElement;
  readonly #date = h('p', { class: 'night-date', role: 'status' });
  readonly #body = h('div', { class: 'night-body' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #plans = new Map<string, Plan | null>();
  #night: Night | null = null;
  #chart: SVGSVGElement | null = null;
  #zone: string | undefined;
  #shown = nightOf(Date.now(), undefined);
  #isTonight = true;
  #request = 0;
  #stopped = false;

  constructor(private readonly id: string) {
    const step = (days: number, label: string, sign: string) => {
      const button = h('button', { type: 'button', class: 'quiet', 'aria-label': label, title: label }, sign);
      button.addEventListener('click', () => this.#go(addDays(this.#shown, days)));
      return button;
    };
    const steps = h('div', { class: 'night-steps', role: 'group', 'aria-label': t().night.choose }, step(-1, t().night.previous, '‹'), this.#date, step(1, t().night.next, '›'));
    steps.addEventListener('keydown', (event) => {
      const days = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      if (days) {
        event.preventDefault();
        this.#go(addDays(this.#shown, days));
      }
    });
    this.element = h('section', { class: 'night', 'aria-labelledby': 'night-title' }, h('h3', { id: 'night-title' }, t().night.title), steps, this.#error, this.#body);
    void this.#load();
  }

  update(): void {
    if (!this.#night) {
      // What could not be had, or was under no plan, may be there now.
      if (!this.element.ariaBusy) void this.#load();
    } else if (this.#isTonight && Date.now() >= Date.parse(this.#night.to)) {
      this.#go(nightOf(Date.now(), this.#zone));
    } else if (this.#chart) {
      markNow(this.#chart, this.#night, Date.now());
    }
  }

  takeOver(former: CardPart): void {
    if (former instanceof NightPanel) this.#go(former.#shown);
  }

  stop(): void {
    this.#stopped = true;
  }

  #go(date: string): void {
    this.#shown = date;
    this.#isTonight = date === nightOf(Date.now(), this.#zone);
    this.#night = null;
    void this.#load();
  }

  async #load(): Promise<void> {
    const request = ++this.#request;
    this.element.ariaBusy = 'true';
    write(this.#date, fill(t().night.of, { from: day(this.#shown), to: day(addDays(this.#shown, 1)) }));
    try {
      const night = await getNight(this.id, this.#shown);
      if (request !== this.#request || this.#stopped) return;
      this.#zone = night?.zone ?? this.#zone;
      if (this.#isTonight && this.#shown !== nightOf(Date.now(), this.#zone)) {
        // The browser may be in another zone than the place: the answer says what night it is there.
        this.#go(nightOf(Date.now(), this.#zone));
        return;
      }

      if (night && !this.#plans.has(night.plan)) this.#plans.set(night.plan, await getPlan(night.plan));
      if (request !== this.#request || this.#stopped) return;
      this.#error.textContent = '';
      this.#night = night;
      this.#render(night);
    } catch (error) {
      if (request === this.#request) write(this.#error, failureLine(error));
    } finally {
      if (request === this.#request) this.element.ariaBusy = null;
    }
  }

  #render(night: Night | null): void {
    write(this.#date, fill(t().night.of, { from: day(this.#shown), to: day(addDays(this.#shown, 1)) }));
    this.#chart = null;
    if (!night) {
      this.#body.replaceChildren(h('p', { class: 'night-none' }, t().night.none), h('p', { class: 'muted' }, t().night.noneWhat));
      return;
    }

    const at = (iso: string) => clock(iso, night.zone);
    const plan = this.#plans.get(night.plan);
    const decision = plan?.decision;
    this.#chart = nightChart(night, at);
    markNow(this.#chart, night, Date.now());
    this.#body.replaceChildren(
      h('p', { class: 'night-plan' }, h('strong', {}, plan?.name ?? night.plan), h('span', { class: 'muted' }, ` ${fill(t().night.program, { program: night.program })}`)),
      h(
        'p',
        { class: decision ? 'muted' : 'night-warning' },
        decision ? fill(t().night.decision, { reference: decision.reference, date: day(decision.date, true) }) : t().night.noDecision,
      ),
      fieldLine(plan?.controllers ?? {}),
      this.#chart,
      h('p', { class: 'muted' }, fill(t().night.light, { lit: hours(night.litHours), full: hours(night.fullLightHours) })),
      ...night.warnings.map((warning) =>
        h(
          'p',
          { class: 'night-warning' },
          fill(t().night.warning, { from: at(warning.from), to: at(warning.to), article: warning.article.replace(/^article /, '') }),
        ),
      ),
      h('details', {}, h('summary', {}, t().night.table), table(night, at)),
    );
  }
}

/** How far the plan is in the field: controllers by state. */
function fieldLine(controllers: Partial<Record<ControllerState, number>>): HTMLElement | string {
  const told = (Object.entries(controllers) as [ControllerState, number][]).filter(([, count]) => count > 0).map(([state, count]) => `${number(count)} ${t().night.field[state]}`);
  return told.length === 0 ? '' : h('p', { class: 'muted' }, `${t().night.inField} ${told.join(', ')}.`);
}

/** Every point of the night in words, in the order of time. */
function table(night: Night, at: (iso: string) => string): HTMLTableElement {
  const rows = [
    { iso: night.sunset, what: t().night.sunset },
    { iso: night.sunrise, what: t().night.sunrise },
    ...night.points.map((point) => ({
      iso: point.at,
      what: point.rampSeconds > 0 ? fill(t().night.ramp, { level: percent(point.percent), seconds: String(Math.round(point.rampSeconds)) }) : percent(point.percent),
    })),
  ].sort((a, b) => Date.parse(a.iso) - Date.parse(b.iso));
  return h(
    'table',
    {},
    h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, t().at), h('th', { scope: 'col' }, t().dimTo))),
    h('tbody', {}, ...rows.map(({ iso, what }) => h('tr', {}, h('th', { scope: 'row' }, h('time', { datetime: iso }, at(iso))), h('td', {}, what)))),
  );
}

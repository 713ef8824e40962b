import type { DeviceDetail } from './api.ts';
import type { CardPart } from './card.ts';
import { h, write } from './dom.ts';
import { durationOf, durationSelect } from './durations.ts';
import * as format from './format.ts';
import type { Command } from './frames.ts';
import { fill, t } from './i18n.ts';
import { followPlanButton, Orders } from './orders.ts';

/** The switches of a cabinet's segments, what is asked of each, and the ledger of the command that was sent last. */
export class CabinetControls implements CardPart {
  readonly element: HTMLElement;
  readonly #orders: Orders;
  readonly #duration = durationSelect('segment-duration');
  readonly #rows = h('ul', { class: 'switches' });
  readonly #states = new Map<number, HTMLElement>();

  constructor(cabinet: DeviceDetail) {
    this.#orders = new Orders(cabinet.id);
    this.element = h(
      'section',
      { class: 'control', 'aria-labelledby': 'segments-title' },
      h('h3', { id: 'segments-title' }, t().order.segments),
      this.#rows,
      h('p', { class: 'line' }, h('label', { for: 'segment-duration' }, t().order.duration), this.#duration),
      followPlanButton(this.#orders),
      this.#orders.element,
    );
    this.update(cabinet);
  }

  update(cabinet: DeviceDetail): void {
    for (const number of segmentsOf(cabinet)) {
      if (!this.#states.has(number)) this.#add(number);
      const name = `segment${number}On`;
      const [is, should] = [cabinet.reported[name]?.value, cabinet.desired[name]];
      const supply = is === undefined ? '–' : is ? t().lamps.fed : t().lamps.cut;
      // What was asked for and does not show yet is what somebody has to look after.
      const asked = should !== undefined && should !== is ? fill(t().order.asked, { what: should ? t().order.on : t().order.off }) : '';
      const state = this.#states.get(number);
      if (state) write(state, [supply, asked].filter(Boolean).join(' · '));
    }
  }

  command(command: Command): void {
    this.#orders.take(command);
  }

  takeOver(former: CardPart): void {
    if (former instanceof CabinetControls) this.#orders.takeOver(former.#orders);
  }

  stop(): void {
    this.#orders.stop();
  }

  #add(number: number): void {
    const name = format.metricName(`segment${number}On`);
    const turn = (on: 0 | 1) => {
      const text = on ? t().order.on : t().order.off;
      const button = h('button', { type: 'button', class: 'quiet' }, text);
      button.addEventListener('click', () => void this.#orders.send(button, `${name}: ${text}`, 'setSegment', { segment: number, on, ...durationOf(this.#duration) }));
      return button;
    };
    const state = h('span', { class: 'muted' });
    this.#states.set(number, state);
    this.#rows.append(
      h('li', {}, h('div', {}, name, state), h('span', { class: 'turns', role: 'group', 'aria-label': name }, turn(1), turn(0))),
    );
  }
}

/** The segments that a cabinet is known to have, in order. */
export function segmentsOf(cabinet: DeviceDetail): number[] {
  const count = cabinet.attributes['segments'];
  return Array.from({ length: 8 }, (_, index) => index + 1).filter((n) => n <= (typeof count === 'number' ? count : 0) || cabinet.reported[`segment${n}On`] !== undefined);
}

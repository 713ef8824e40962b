import type { DeviceDetail } from './api.ts';
import type { CardPart } from './card.ts';
import { h, write } from './dom.ts';
import { percent } from './format.ts';
import type { Command } from './frames.ts';
import { fill, t } from './i18n.ts';
import { followPlanButton, Orders } from './orders.ts';

/** The dimming control of one lamp, what is asked of it, and the ledger of the command that it was sent last. */
export class Dimming implements CardPart {
  readonly element: HTMLElement;
  readonly #slider: HTMLInputElement;
  readonly #asked = h('p', { class: 'muted asked' });
  readonly #orders: Orders;

  constructor(lamp: DeviceDetail) {
    this.#orders = new Orders(lamp.id);
    this.#slider = h('input', { id: 'dim-level', type: 'range', min: 0, max: 100, step: 5, value: lamp.reported['dimmingPercent']?.value ?? 100 });
    const button = h('button', { type: 'submit', class: 'primary' }, t().dimSend);
    const output = h('output', { for: 'dim-level' });
    const show = () => {
      const text = percent(this.#slider.valueAsNumber);
      write(output, text);
      this.#slider.setAttribute('aria-valuetext', text);
      this.#slider.style.setProperty('--level', String(this.#slider.valueAsNumber));
    };
    this.#slider.addEventListener('input', show);
    const form = h(
      'form',
      { class: 'control dimming' },
      h('h3', {}, t().dim),
      h('label', { for: 'dim-level' }, t().dimTo),
      output,
      this.#slider,
      button,
      this.#asked,
      followPlanButton(this.#orders),
      this.#orders.element,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#orders.send(button, `${t().dim}: ${output.textContent}`, 'setDimming', { percent: this.#slider.valueAsNumber });
    });
    this.element = form;
    show();
    this.update(lamp);
  }

  update(lamp: DeviceDetail): void {
    const level = lamp.desired['dimmingPercent'];
    write(this.#asked, level === undefined ? t().order.nothing : fill(t().order.asked, { what: percent(level) }));
  }

  command(command: Command): void {
    this.#orders.take(command);
  }

  takeOver(former: CardPart): void {
    if (former instanceof Dimming) this.#orders.takeOver(former.#orders);
  }

  stop(): void {
    this.#orders.stop();
  }
}

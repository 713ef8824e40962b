import { failureLine, newKey, setDimming } from './api.ts';
import type { CardPart } from './card.ts';
import { h, write } from './dom.ts';
import { percent } from './format.ts';
import type { Command } from './frames.ts';
import { t } from './i18n.ts';
import { Ledger } from './ledger.ts';

/** The dimming control of one lamp, and the ledger of the command that it last sent. */
export class Dimming implements CardPart {
  readonly element: HTMLElement;
  readonly #slider: HTMLInputElement;
  readonly #button: HTMLButtonElement;
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #ledger = new Ledger((error) => write(this.#error, failureLine(error)));
  #sending = false;

  constructor(
    private readonly id: string,
    level: number | null,
  ) {
    this.#slider = h('input', { id: 'dim-level', type: 'range', min: 0, max: 100, step: 5, value: level ?? 100 });
    this.#button = h('button', { type: 'submit', class: 'primary' }, t().dimSend);
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
      this.#button,
      this.#error,
      this.#ledger.element,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.element = form;
    show();
  }

  command(command: Command): void {
    this.#ledger.take(command);
  }

  takeOver(former: CardPart): void {
    if (former instanceof Dimming && former.#ledger.command) this.#ledger.follow(former.#ledger.command);
  }

  stop(): void {
    this.#ledger.stop();
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    this.#error.textContent = '';
    this.#button.setAttribute('aria-disabled', 'true');
    write(this.#button, t().dimSending);
    try {
      this.#ledger.begin(await setDimming(this.id, this.#slider.valueAsNumber, newKey()));
    } catch (error) {
      write(this.#error, failureLine(error));
    } finally {
      this.#sending = false;
      this.#button.removeAttribute('aria-disabled');
      write(this.#button, t().dimSend);
    }
  }
}

import { ApiError, command as getCommand, newKey, setDimming } from './api.ts';
import { h, write } from './dom.ts';
import { instant, percent } from './format.ts';
import type { Command, CommandState } from './frames.ts';
import { t } from './i18n.ts';

const final: ReadonlySet<CommandState> = new Set(['confirmed', 'rejected', 'expired', 'superseded', 'failed']);

const pollMillis = 1_000;
const longestPollMillis = 15_000;

/** The dimming control of one lamp, and the ledger of the command that it last sent. */
export class Dimming {
  readonly element: HTMLElement;
  command: Command | null = null;
  readonly #slider: HTMLInputElement;
  readonly #button: HTMLButtonElement;
  readonly #ledger = h('ol', { class: 'ledger', role: 'status', hidden: true });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  #timer = 0;
  #wait = pollMillis;
  #stopped = false;
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
      { class: 'dimming' },
      h('h3', {}, t().dim),
      h('label', { for: 'dim-level' }, t().dimTo),
      output,
      this.#slider,
      this.#button,
      this.#error,
      this.#ledger,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.element = form;
    show();
  }

  /** News of a command from the live stream. */
  take(command: Command): void {
    if (command.id === this.command?.id) this.follow(command);
  }

  /** Shows a command, and asks for news of it until it is final. */
  follow(command: Command): void {
    // Polls and frames cross each other: a ledger never gets shorter.
    if (command.id === this.command?.id && command.ledger.length < this.command.ledger.length) return;
    this.command = command;
    this.#render(command);
    clearTimeout(this.#timer);
    if (!final.has(command.state) && !this.#stopped) {
      this.#timer = window.setTimeout(() => void this.#poll(command.id), this.#wait);
    }
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #send(): Promise<void> {
    if (this.#sending) return;
    this.#sending = true;
    clearTimeout(this.#timer);
    this.#error.textContent = '';
    this.#button.setAttribute('aria-disabled', 'true');
    write(this.#button, t().dimSending);
    try {
      const command = await setDimming(this.id, this.#slider.valueAsNumber, newKey());
      this.#wait = pollMillis;
      this.follow(command);
    } catch (error) {
      write(this.#error, error instanceof ApiError ? error.line : String(error));
    } finally {
      this.#sending = false;
      this.#button.removeAttribute('aria-disabled');
      write(this.#button, t().dimSend);
    }
  }

  async #poll(id: string): Promise<void> {
    // Live frames tell first as a rule; polling is the net below, wider each time.
    this.#wait = Math.min(longestPollMillis, this.#wait * 1.5);
    try {
      const command = await getCommand(id);
      if (this.command?.id === id) this.follow(command);
    } catch (error) {
      write(this.#error, error instanceof ApiError ? error.line : String(error));
      if (this.command?.id === id) this.follow(this.command);
    }
  }

  #render(command: Command): void {
    const now = new Date();
    this.#ledger.hidden = false;
    this.#ledger.dataset['state'] = command.state;
    this.#ledger.setAttribute('aria-label', t().ledger);
    const steps = command.ledger.map((entry) => ({ ...entry, key: `${entry.step} ${entry.time}` }));
    const shown = new Set(Array.from(this.#ledger.children, (item) => (item as HTMLElement).dataset['key']));
    if (steps[0] && !shown.has(steps[0].key)) this.#ledger.replaceChildren();
    for (const step of steps.filter((each) => !shown.has(each.key))) {
      this.#ledger.append(
        h(
          'li',
          { 'data-key': step.key, 'data-step': step.step },
          h('span', {}, t().commandStates[step.step]),
          h('time', { datetime: step.time }, instant(step.time, now)),
          step.detail ? h('small', {}, step.detail) : null,
        ),
      );
    }
  }
}

import { command as getCommand } from './api.ts';
import { h } from './dom.ts';
import { instant } from './format.ts';
import type { Command, CommandState } from './frames.ts';
import { t } from './i18n.ts';

const final: ReadonlySet<CommandState> = new Set(['confirmed', 'rejected', 'expired', 'superseded', 'failed']);

const pollMillis = 1_000;
const longestPollMillis = 15_000;

/** Commands to one device of which news is kept before they are shown. */
const earlyLimit = 8;

/** The ledger of a command, step by step as the live stream tells it, until it is final. */
export class Ledger {
  readonly element = h('ol', { class: 'ledger', role: 'status', hidden: true });
  command: Command | null = null;
  /** News of commands that are not shown: they may come before the answer that says which one was made. */
  readonly #early = new Map<string, Command>();
  #timer = 0;
  #wait = pollMillis;
  #stopped = false;

  constructor(private readonly onError: (error: unknown) => void) {}

  /** Shows a command that was just sent. */
  begin(command: Command): void {
    this.#wait = pollMillis;
    this.follow(this.#early.get(command.id) ?? command);
    this.#early.clear();
  }

  /** News of a command from the live stream. */
  take(command: Command): void {
    if (command.id === this.command?.id) {
      this.follow(command);
    } else {
      this.#early.delete(command.id);
      this.#early.set(command.id, command);
      const oldest = this.#early.keys().next().value;
      if (this.#early.size > earlyLimit && oldest !== undefined) this.#early.delete(oldest);
    }
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

  async #poll(id: string): Promise<void> {
    // Live frames tell first as a rule; polling is the net below, wider each time.
    this.#wait = Math.min(longestPollMillis, this.#wait * 1.5);
    try {
      const command = await getCommand(id);
      if (this.command?.id === id) this.follow(command);
    } catch (error) {
      this.onError(error);
      if (this.command?.id === id) this.follow(this.command);
    }
  }

  #render(command: Command): void {
    const now = new Date();
    this.element.hidden = false;
    this.element.dataset['state'] = command.state;
    this.element.setAttribute('aria-label', t().ledger);
    const steps = command.ledger.map((entry) => ({ ...entry, key: `${entry.step} ${entry.time}` }));
    const shown = new Set(Array.from(this.element.children, (item) => (item as HTMLElement).dataset['key']));
    if (steps[0] && !shown.has(steps[0].key)) this.element.replaceChildren();
    for (const step of steps.filter((each) => !shown.has(each.key))) {
      this.element.append(
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

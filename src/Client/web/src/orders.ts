import { sendCommand } from './api.ts';
import { h, write } from './dom.ts';
import { failureLine } from './failures.ts';
import type { Command } from './frames.ts';
import { newKey } from './http.ts';
import { t } from './i18n.ts';
import { Ledger } from './ledger.ts';

/** Sends commands to one device, one at a time, and shows what becomes of the newest. */
export class Orders {
  readonly element: HTMLElement;
  readonly #what = h('p', { class: 'what' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #ledger = new Ledger((error) => write(this.#error, failureLine(error)));
  #isSending = false;

  constructor(private readonly device: string) {
    this.element = h('div', { class: 'orders' }, this.#error, this.#what, this.#ledger.element);
  }

  /** Asks for something, `what` in words; the button that asked says so while it is on its way. */
  async send(button: HTMLButtonElement, what: string, name: string, args: Record<string, number>): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    this.#error.textContent = '';
    const label = button.textContent;
    button.setAttribute('aria-disabled', 'true');
    write(button, t().dimSending);
    try {
      this.#ledger.begin(await sendCommand(this.device, name, args, newKey()));
      write(this.#what, what);
    } catch (error) {
      write(this.#error, failureLine(error));
    } finally {
      this.#isSending = false;
      button.removeAttribute('aria-disabled');
      write(button, label);
    }
  }

  /** News of a command from the live stream. */
  take(command: Command): void {
    this.#ledger.take(command);
  }

  /** Goes on with the command of others, in another language. */
  takeOver(former: Orders): void {
    if (!former.#ledger.command) return;
    write(this.#what, former.#what.textContent);
    this.#ledger.follow(former.#ledger.command);
  }

  stop(): void {
    this.#ledger.stop();
  }
}

/** The button that ends commands and lets the plan count again. */
export function followPlanButton(orders: Orders): HTMLButtonElement {
  const button = h('button', { type: 'button', class: 'quiet' }, t().order.followPlan);
  button.addEventListener('click', () => void orders.send(button, t().order.followPlan, 'followPlan', {}));
  return button;
}

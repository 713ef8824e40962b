import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import { number } from '../format.ts';
import { fill, t } from '../i18n.ts';
import { rollout, type Rollout } from './rulesApi.ts';

const pollMillis = 1_000;
const patientMillis = 5_000;

/** How far the published version of a rule has come: sectors that follow it, asked for until all do. */
export class RolloutMeter {
  readonly element = h('div', { class: 'progress', hidden: true });
  readonly #status = h('p', { role: 'status' });
  readonly #bar = h('progress', {});
  readonly #error = h('p', { class: 'error', role: 'alert' });
  #rule: string | null = null;
  #shown: Rollout | null = null;
  #timer = 0;

  constructor() {
    this.element.append(this.#status, this.#bar, this.#error);
  }

  /** Follows a rule; none with null. */
  follow(rule: string | null): void {
    clearTimeout(this.#timer);
    this.#rule = rule;
    this.#shown = null;
    this.element.hidden = rule === null;
    write(this.#error, '');
    write(this.#status, rule === null ? '' : t().rules.rolloutAsked);
    this.#bar.removeAttribute('value');
    this.#bar.setAttribute('aria-label', t().rules.rolloutTitle);
    if (rule !== null) void this.#ask(rule);
  }

  translate(): void {
    if (this.#shown) this.#render(this.#shown);
  }

  async #ask(rule: string): Promise<void> {
    let wait = pollMillis;
    // Nobody looks: the sectors are left alone.
    if (document.visibilityState !== 'visible' || !this.element.checkVisibility()) {
      this.#timer = window.setTimeout(() => void this.#ask(rule), wait);
      return;
    }

    try {
      const found = await rollout(rule);
      if (rule !== this.#rule) return;
      write(this.#error, '');
      this.#render(found);
      if (found.isComplete) return;
    } catch (error) {
      if (rule !== this.#rule) return;
      write(this.#error, failureLine(error));
      wait = patientMillis;
    }

    this.#timer = window.setTimeout(() => void this.#ask(rule), wait);
  }

  #render(found: Rollout): void {
    this.#shown = found;
    const values = { version: String(found.version ?? ''), done: number(found.following), all: number(found.sectors) };
    this.element.dataset['state'] = found.isComplete ? 'complete' : 'running';
    write(this.#status, found.version === null ? t().rules.rolloutNone : fill(found.isComplete ? t().rules.rolloutComplete : t().rules.rolloutRunning, values));
    this.#bar.max = Math.max(1, found.sectors);
    this.#bar.value = found.isComplete ? this.#bar.max : found.following;
  }
}

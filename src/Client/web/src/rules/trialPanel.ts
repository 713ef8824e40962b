import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import * as format from '../format.ts';
import { ApiError } from '../http.ts';
import { counted, fill, t } from '../i18n.ts';
import { stopTrial, tryRule, type RuleInput, type Trial, type TrialWhat } from './rulesApi.ts';
import { warningList } from './warningList.ts';

const dayMillis = 86_400_000;

/** Events that are shown; the counts are of all. */
const shown = 200;

/** What a rule would have done: last week, when nothing else is chosen. */
export class TrialPanel {
  readonly element = h('section', { class: 'panel', 'aria-labelledby': 'trial-title' });
  readonly #from = h('input', { type: 'date', id: 'trial-from', required: true });
  readonly #to = h('input', { type: 'date', id: 'trial-to', required: true });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #status = h('p', { role: 'status' });
  readonly #progress = h('div', { class: 'progress', hidden: true });
  readonly #result = h('div', { class: 'trial-result' });
  #running: AbortController | null = null;
  #found: Trial | null = null;

  constructor(
    private readonly input: () => RuleInput | null,
    /** The rule of which that would be the next version; null for a new one. */
    private readonly id: () => string | null,
    /** Shows what is wrong with the rule itself; false when that is not what failed. */
    private readonly refuse: (error: ApiError) => boolean,
    private readonly choose: (device: string) => void,
  ) {
    const now = new Date();
    this.#from.value = localDate(new Date(now.getTime() - 7 * dayMillis));
    this.#to.value = localDate(now);
    this.translate();
  }

  translate(): void {
    const texts = t().rules;
    const run = h('button', { type: 'submit', class: 'quiet', 'data-act': 'try' }, texts.tryIt);
    const form = h(
      'form',
      { class: 'fields' },
      h('div', { class: 'field' }, h('label', { for: this.#from.id }, texts.from), this.#from),
      h('div', { class: 'field' }, h('label', { for: this.#to.id }, texts.to), this.#to),
      run,
    );
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#run(run);
    });
    this.element.replaceChildren(h('h3', { id: 'trial-title' }, texts.trial), h('p', { class: 'muted' }, texts.trialHint), form, this.#error, this.#status, this.#progress, this.#result);
    if (this.#found) this.#render(this.#found);
  }

  /** What was found is of another rule. */
  clear(): void {
    this.#running?.abort();
    this.#found = null;
    this.#result.replaceChildren();
    write(this.#error, '');
    write(this.#status, '');
  }

  async #run(button: HTMLButtonElement): Promise<void> {
    const input = this.input();
    if (this.#running !== null || input === null) return;
    this.clear();
    const running = new AbortController();
    this.#running = running;
    button.setAttribute('aria-disabled', 'true');
    // Both days are whole; what is not over yet ends now.
    const from = new Date(`${this.#from.value}T00:00`).toISOString();
    const to = new Date(Math.min(Date.now(), new Date(`${this.#to.value}T00:00`).getTime() + dayMillis)).toISOString();
    const wait = this.#wait(running);
    // It goes on at the server until it is told.
    running.signal.addEventListener('abort', () => void stopTrial(input, from, to).catch(() => undefined));
    try {
      const found = await tryRule(this.id(), input, from, to, running.signal, wait.soFar);
      this.#found = found;
      this.#render(found);
    } catch (error) {
      if (!running.signal.aborted && !(error instanceof ApiError && this.refuse(error))) write(this.#error, failureLine(error));
    } finally {
      wait.end();
      if (this.#running === running) this.#running = null;
      button.removeAttribute('aria-disabled');
    }
  }

  /** Says that it is going on, for how long it has, how far it has come, and how to give it up. */
  #wait(running: AbortController): { soFar: (found: Trial) => void; end: () => void } {
    const bar = h('progress', { 'aria-label': t().rules.trying });
    const far = h('span', { class: 'muted', 'data-far': 'trial' });
    const seconds = h('span', { class: 'muted' });
    const cancel = h('button', { type: 'button', class: 'quiet' }, t().rules.tryCancel);
    cancel.addEventListener('click', () => running.abort());
    const began = performance.now();
    const timer = window.setInterval(() => write(seconds, format.quantity(Math.round((performance.now() - began) / 1000), 's', 0)), 1_000);
    write(this.#status, t().rules.trying);
    this.#progress.replaceChildren(bar, seconds, far, cancel);
    this.#progress.hidden = false;
    return {
      soFar: (found) => {
        if (found.ofCommunes > 1) {
          bar.max = found.ofCommunes;
          bar.value = found.communes;
        }
        write(far, fill(t().rules.soFar, { devices: counted(t().deviceCount, found.devices), communes: format.number(found.communes), of: format.number(found.ofCommunes) }));
      },
      end: () => {
        clearInterval(timer);
        this.#progress.hidden = true;
        if (this.#found === null) write(this.#status, '');
      },
    };
  }

  #render(found: Trial): void {
    const texts = t().rules;
    const counts = Object.entries(found.counts) as [TrialWhat, number][];
    write(
      this.#status,
      [
        counts.length === 0 ? texts.didNothing : counts.map(([what, n]) => counted(texts.did[what], n)).join(', '),
        fill(texts.triedOn, { devices: counted(t().deviceCount, found.devices), readings: counted(texts.readings, found.readings) }),
      ].join(' – '),
    );
    const now = new Date();
    this.#result.replaceChildren(
      ...warningList(texts.warnings, found.warnings),
      ...(found.cut === null ? [] : [h('p', { class: 'error' }, fill(texts.cut, { reason: found.cut }))]),
      ...found.inexact.map((reason) => h('p', { class: 'muted', 'data-inexact': 'trial' }, fill(texts.inexact, { reason }))),
      ...(found.events.length === 0 ? [] : [this.#table(found, now)]),
      ...(found.events.length > shown ? [h('p', { class: 'muted' }, fill(texts.firstEvents, { n: format.number(shown), all: format.number(found.events.length) }))] : []),
    );
  }

  #table(found: Trial, now: Date): HTMLElement {
    const texts = t().rules;
    return h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-labelledby': 'trial-title' },
      h(
        'table',
        { class: 'plain', 'data-list': 'trial' },
        h('thead', {}, h('tr', {}, ...[t().at, texts.device, texts.what, texts.detail].map((head) => h('th', { scope: 'col' }, head)))),
        h(
          'tbody',
          {},
          ...found.events.slice(0, shown).map(({ at, device, what, detail }) => {
            const link = h('button', { type: 'button', class: 'link' }, device);
            link.addEventListener('click', () => this.choose(device));
            return h('tr', { 'data-what': what }, h('td', {}, format.instant(at, now)), h('td', {}, link), h('td', {}, texts.whats[what]), h('td', {}, detail));
          }),
        ),
      ),
    );
  }
}

/** A day by the clock of this machine, as a field of dates has it. */
function localDate(at: Date): string {
  const two = (n: number) => String(n).padStart(2, '0');
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}

import { cancelGroup, groupCommand, sendGroup } from './api.ts';
import { confirmed } from './confirm.ts';
import { h, write } from './dom.ts';
import { durationOf, durationSelect } from './durations.ts';
import { failureLine } from './failures.ts';
import { number } from './format.ts';
import type { Summary } from './frames.ts';
import { ended, selectorOf, told, type GroupCommand } from './group.ts';
import { newKey } from './http.ts';
import { counted, fill, t } from './i18n.ts';

const pollMillis = 1_000;

type Order = 'allOn' | 'followPlan';

/** What can be asked of a whole territory's lighting: all on now, and back to the plan. It is asked for twice, and its progress is counted. */
export class GroupPanel {
  readonly element = h('section', { class: 'group orders-group', 'aria-labelledby': 'group-title', hidden: true });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #progress = h('div', { class: 'progress', hidden: true });
  #territory: Summary | null = null;
  #running: { command: GroupCommand; title: string } | null = null;
  #timer = 0;

  show(territory: Summary | null): void {
    this.#territory = territory;
    this.element.hidden = lights(territory) === 0;
  }

  translate(): void {
    const button = (order: Order, name: string) => {
      const element = h('button', { type: 'button', class: 'quiet' }, name);
      element.addEventListener('click', () => void this.#ask(order, element));
      return element;
    };
    this.element.replaceChildren(
      h('h3', { id: 'group-title' }, t().group.title),
      h('div', { class: 'turns' }, button('allOn', t().group.allOn), button('followPlan', t().order.followPlan)),
      this.#error,
      this.#progress,
    );
    if (this.#running) this.#render();
  }

  /** Nothing is sent before the territory and the number of lights were named and agreed to. */
  async #ask(order: Order, asked: HTMLElement): Promise<void> {
    const territory = this.#territory;
    if (!territory) return;
    const values = { name: territory.name, n: number(lights(territory)) };
    const isAllOn = order === 'allOn';
    const title = fill(isAllOn ? t().group.allOnIn : t().group.followIn, values);
    const duration = durationSelect('confirm-duration');
    const isAgreed = await confirmed(
      {
        title,
        text: fill(isAllOn ? t().group.allOnMeans : t().group.followMeans, values),
        send: counted(isAllOn ? t().group.allOnSend : t().group.followSend, lights(territory)),
        choice: isAllOn ? [h('label', { for: duration.id }, t().order.duration), duration] : [],
      },
      asked,
    );
    if (isAgreed) await this.#send(territory, order, isAllOn ? durationOf(duration) : {}, title);
  }

  async #send(territory: Summary, order: Order, args: Record<string, number>, title: string): Promise<void> {
    clearTimeout(this.#timer);
    this.#error.textContent = '';
    this.#running = null;
    this.#progress.hidden = false;
    this.#progress.replaceChildren(h('p', { role: 'status' }, t().dimSending));
    try {
      this.#follow(await sendGroup(selectorOf(territory.scope), order, args, newKey()), title);
    } catch (error) {
      this.#progress.hidden = true;
      write(this.#error, failureLine(error));
    }
  }

  #follow(command: GroupCommand, title: string): void {
    this.#running = { command, title };
    this.#render();
    if (command.state === 'running') this.#timer = window.setTimeout(() => void this.#poll(command.id, title), pollMillis);
  }

  async #poll(id: string, title: string): Promise<void> {
    try {
      const command = await groupCommand(id);
      this.#error.textContent = '';
      if (this.#running?.command.id === id) this.#follow(command, title);
    } catch (error) {
      write(this.#error, failureLine(error));
      if (this.#running?.command.id === id) this.#timer = window.setTimeout(() => void this.#poll(id, title), 5 * pollMillis);
    }
  }

  #render(): void {
    if (!this.#running) return;
    const { command, title } = this.#running;
    const isRunning = command.state === 'running';
    const had = this.#progress.contains(document.activeElement);
    const done = h('button', { type: 'button', class: 'quiet' }, isRunning ? t().group.cancel : t().group.close);
    done.addEventListener('click', () => void (isRunning ? this.#cancel(command.id, title) : this.#close()));
    this.#progress.dataset['state'] = command.state;
    this.#progress.replaceChildren(
      h('p', { role: 'status' }, `${title} – ${t().group.states[command.state]}`),
      h('progress', { max: Math.max(1, command.members), value: ended(command), 'aria-label': title }),
      h('p', { class: 'muted' }, fill(t().group.progress, { done: number(ended(command)), all: number(command.members) })),
      h('dl', {}, ...told(command).map(([state, count]) => h('div', {}, h('dt', {}, t().group.counts[state]), h('dd', { 'data-count': state }, number(count))))),
      done,
    );
    if (had) done.focus({ preventScroll: true });
  }

  async #cancel(id: string, title: string): Promise<void> {
    clearTimeout(this.#timer);
    try {
      this.#follow(await cancelGroup(id), title);
    } catch (error) {
      write(this.#error, failureLine(error));
      if (this.#running) this.#follow(this.#running.command, title);
    }
  }

  #close(): void {
    this.#running = null;
    this.#progress.hidden = true;
    this.#progress.replaceChildren();
    this.element.querySelector<HTMLElement>('.turns button')?.focus({ preventScroll: true });
  }
}

const lights = (territory: Summary | null) => territory?.devices.byKind.streetlight ?? 0;

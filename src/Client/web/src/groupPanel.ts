import { cancelGroup, groupCommand, newKey, sendGroup } from './api.ts';
import { h, part, write } from './dom.ts';
import { durationOf, durationSelect } from './durations.ts';
import { failureLine } from './failures.ts';
import { number } from './format.ts';
import type { Summary } from './frames.ts';
import { ended, selectorOf, told, type GroupCommand } from './group.ts';
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

  constructor() {
    part('confirm-cancel').addEventListener('click', () => part<HTMLDialogElement>('confirm').close());
  }

  show(territory: Summary | null): void {
    this.#territory = territory;
    this.element.hidden = lights(territory) === 0;
  }

  translate(): void {
    const button = (order: Order, name: string) => {
      const element = h('button', { type: 'button', class: 'quiet' }, name);
      element.addEventListener('click', () => this.#ask(order, element));
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
  #ask(order: Order, asked: HTMLElement): void {
    const territory = this.#territory;
    if (!territory) return;
    const [dialog, form] = [part<HTMLDialogElement>('confirm'), part<HTMLFormElement>('confirm-form')];
    const values = { name: territory.name, n: number(lights(territory)) };
    const title = fill(order === 'allOn' ? t().group.allOnIn : t().group.followIn, values);
    const duration = durationSelect('confirm-duration');
    write(part('confirm-title'), title);
    write(part('confirm-text'), fill(order === 'allOn' ? t().group.allOnMeans : t().group.followMeans, values));
    part('confirm-choice').replaceChildren(...(order === 'allOn' ? [h('label', { for: duration.id }, t().order.duration), duration] : []));
    write(part('confirm-send'), counted(order === 'allOn' ? t().group.allOnSend : t().group.followSend, lights(territory)));
    form.onsubmit = (event) => {
      event.preventDefault();
      dialog.close();
      void this.#send(territory, order, order === 'allOn' ? durationOf(duration) : {}, title);
    };
    dialog.onclose = () => asked.focus();
    dialog.showModal();
    part('confirm-cancel').focus();
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

import { acknowledgeAlarm, alarms, newKey, shelveAlarm, type Alarm } from './api.ts';
import { h, write } from './dom.ts';
import { failureLine } from './failures.ts';
import * as format from './format.ts';
import type { Summary } from './frames.ts';
import { counted, fill, language, t } from './i18n.ts';
import { link } from './workPanel.ts';

/** Alarms that are shown, the newest first. */
const shown = 20;

/** Alarms that come close together cost one question. */
const gatherMillis = 300;

const shelvedMillis = 2 * 60 * 60 * 1000;

/** The alarms of the chosen territory that stand for themselves, live, with what an operator does to them. */
export class AlarmsPanel {
  readonly element = h('section', { class: 'group work', 'aria-labelledby': 'alarms-title', hidden: true });
  readonly #title = h('h3', { id: 'alarms-title' });
  readonly #counts = h('p', { class: 'muted', role: 'status' });
  readonly #flood = h('p', { class: 'error', role: 'alert', hidden: true });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #list = h('ul', { 'data-list': 'alarms' });
  #summary: Summary | null = null;
  #scope: string | null = null;
  #timer = 0;
  #request = 0;

  constructor(private readonly choose: (id: string) => void) {
    this.element.append(this.#title, this.#flood, this.#counts, this.#error, this.#list);
  }

  /** Shows a territory, or its newer figures. */
  show(summary: Summary | null): void {
    const former = this.#summary?.alarms;
    this.#summary = summary;
    this.element.hidden = summary === null;
    this.#writeCounts();
    if (summary === null) return;
    if (summary.scope !== this.#scope) {
      this.#scope = summary.scope;
      this.#list.replaceChildren(h('li', { class: 'muted' }, t().loading));
      void this.#load();
    } else if (JSON.stringify(former) !== JSON.stringify(summary.alarms)) {
      this.changed();
    }
  }

  /** An alarm of the territory has changed. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#load(), gatherMillis);
  }

  translate(): void {
    write(this.#title, t().alarms.title);
    this.#writeCounts();
    if (this.#scope !== null) void this.#load();
  }

  #writeCounts(): void {
    const { unacknowledged = 0, acknowledged = 0, shelved = 0, flood = false } = this.#summary?.alarms ?? {};
    write(this.#counts, [counted(t().alarms.unacknowledged, unacknowledged), counted(t().alarms.acknowledged, acknowledged), counted(t().alarms.shelved, shelved)].join(' · '));
    write(this.#flood, flood ? t().alarms.flood : '');
    this.#flood.hidden = !flood;
  }

  async #load(): Promise<void> {
    const [scope, request] = [this.#scope, ++this.#request];
    if (scope === null) return;
    this.element.ariaBusy = 'true';
    try {
      const found = await alarms(scope, shown, language());
      if (request !== this.#request) return;
      const focused = document.activeElement?.closest<HTMLElement>('[data-alarm]')?.dataset['alarm'];
      this.#list.replaceChildren(...(found.length === 0 ? [h('li', { class: 'muted' }, t().alarms.none)] : found.map((alarm) => this.#item(alarm))));
      // What had the focus keeps it: the list is written anew under the hands of who works in it.
      if (focused) this.#list.querySelector<HTMLElement>(`[data-alarm="${CSS.escape(focused)}"] button`)?.focus({ preventScroll: true });
      write(this.#error, '');
    } catch (error) {
      if (request === this.#request) write(this.#error, failureLine(error));
    }

    this.element.ariaBusy = null;
  }

  #item(alarm: Alarm): HTMLElement {
    const texts = t().alarms;
    const act = (name: string, label: string, todo: () => Promise<unknown>) => {
      const button = h('button', { type: 'button', class: 'quiet', 'aria-label': `${label}: ${alarm.message}, ${alarm.source}`, 'data-act': name }, label);
      button.addEventListener('click', () => void this.#do(button, todo));
      return button;
    };
    const waits = alarm.state === 'unacknowledged' || alarm.state === 'returnedUnacknowledged';
    const key = newKey();
    return h(
      'li',
      { 'data-alarm': alarm.id },
      h('span', { class: `badge status-${alarm.priority === 'urgent' || alarm.priority === 'high' ? 'fault' : 'warning'}` }, texts.priorities[alarm.priority]),
      ` ${alarm.message} `,
      alarm.source.includes('@') ? h('span', {}, alarm.source) : link(alarm.source, this.choose),
      ' ',
      h(
        'span',
        { class: 'muted' },
        [
          texts.states[alarm.state],
          fill(t().since, { time: format.instant(alarm.raisedAt, new Date()) }),
          alarm.count > 1 ? fill(texts.times, { n: format.number(alarm.count) }) : '',
          alarm.children > 0 ? counted(texts.children, alarm.children) : '',
        ]
          .filter(Boolean)
          .join(' · '),
      ),
      ...(alarm.action ? [h('p', { class: 'muted' }, alarm.action)] : []),
      h(
        'div',
        { class: 'turns' },
        ...(waits ? [act('acknowledge', texts.acknowledge, () => acknowledgeAlarm(alarm.id, key))] : []),
        ...(waits || alarm.state === 'acknowledged'
          ? [act('shelve', texts.shelve, () => shelveAlarm(alarm.id, new Date(Date.now() + shelvedMillis).toISOString(), texts.shelveReason, key))]
          : []),
      ),
    );
  }

  async #do(button: HTMLButtonElement, todo: () => Promise<unknown>): Promise<void> {
    button.disabled = true;
    try {
      await todo();
      write(this.#error, '');
    } catch (error) {
      write(this.#error, failureLine(error));
    }

    button.disabled = false;
    await this.#load();
  }
}

import { confirmed } from '../confirm.ts';
import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import type { Summary } from '../frames.ts';
import { counted, language, t } from '../i18n.ts';
import { AlarmItem, type AlarmPlaces } from './alarmItem.ts';
import { acknowledgeAll, alarm, alarms, type Alarm } from './alarmsApi.ts';

/** Alarms that are shown at first, the newest first, and how many more each time. */
const step = 20;

/** Alarms that come close together cost one question. */
const gatherMillis = 300;

/** Fewer that wait are acknowledged one by one. */
const manyWaiting = 3;

/** Which are shown, as the query has it. */
const filters = { all: '', pressing: '&priority=urgent,high', waiting: '&state=unacknowledged,returnedUnacknowledged', aside: '&state=shelved,outOfService,suppressed' };

/** The alarms of the chosen territory that stand for themselves, live, with what an operator does to them. */
export class AlarmsPanel {
  readonly element = h('section', { class: 'group work', 'aria-labelledby': 'alarms-title', hidden: true });
  readonly #title = h('h3', { id: 'alarms-title' });
  readonly #counts = h('p', { class: 'muted', role: 'status' });
  readonly #flood = h('p', { class: 'error', role: 'alert', hidden: true });
  readonly #filter = h('select', { id: 'alarms-filter' });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #list = h('ul', { 'data-list': 'alarms' });
  readonly #all = h('button', { type: 'button', class: 'quiet', hidden: true, 'data-act': 'acknowledgeAll' });
  readonly #more = h('button', { type: 'button', class: 'quiet', hidden: true });
  readonly #items = new Map<string, AlarmItem>();
  readonly #places: AlarmPlaces;
  #summary: Summary | null = null;
  #scope: string | null = null;
  /** The one that a link led to, whatever the filter. */
  #led: string | null = null;
  #shown = step;
  #waiting: string[] = [];
  #timer = 0;
  #request = 0;

  constructor(places: Omit<AlarmPlaces, 'changed'>) {
    this.#places = { ...places, changed: () => void this.#load() };
    this.#filter.addEventListener('change', () => void this.#load());
    this.#more.addEventListener('click', () => {
      this.#shown += step;
      void this.#load();
    });
    this.#all.addEventListener('click', () => void this.#acknowledgeAll());
    this.element.append(this.#title, this.#flood, this.#counts, this.#filter, this.#all, this.#error, this.#list, this.#more);
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
      this.#led = null;
      this.#shown = step;
      this.#restart();
    } else if (JSON.stringify(former) !== JSON.stringify(summary.alarms)) {
      this.changed();
    }
  }

  /** An alarm of the territory has changed. */
  changed(): void {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => void this.#load(), gatherMillis);
  }

  /** Shows one alarm first, and leads there. */
  async reveal(id: string): Promise<void> {
    this.#led = id;
    await this.#load();
    this.#items.get(id)?.focus();
  }

  translate(): void {
    const [texts, chosen] = [t().alarms, this.#filter.value || 'all'];
    write(this.#title, texts.title);
    write(this.#more, texts.showMore);
    this.#filter.setAttribute('aria-label', texts.show);
    this.#filter.replaceChildren(...(Object.keys(filters) as (keyof typeof filters)[]).map((value) => h('option', { value }, texts.filters[value])));
    this.#filter.value = chosen;
    this.#writeCounts();
    if (this.#scope !== null) this.#restart();
  }

  #restart(): void {
    this.#items.clear();
    this.#list.replaceChildren(h('li', { class: 'muted' }, t().loading));
    void this.#load();
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
      const [page, led] = await Promise.all([
        alarms(scope, filters[this.#filter.value as keyof typeof filters] ?? '', this.#shown, language()),
        this.#led === null ? null : alarm(this.#led, language()),
      ]);
      if (request !== this.#request) return;
      this.#render(led === null ? page.items : [led, ...page.items.filter(({ id }) => id !== led.id)]);
      this.#more.hidden = page.nextCursor === null;
      write(this.#error, '');
    } catch (error) {
      if (request === this.#request) write(this.#error, failureLine(error));
    }

    this.element.ariaBusy = null;
  }

  /** What had the focus, and what somebody writes in, stays the same element. */
  #render(found: readonly Alarm[]): void {
    const kept = new Set(found.map(({ id }) => id));
    for (const [id, item] of this.#items) {
      if (!kept.has(id) && !item.isInUse) this.#items.delete(id);
    }

    const items = found.map((each) => {
      const item = this.#items.get(each.id) ?? new AlarmItem(each, this.#places);
      item.update(each);
      this.#items.set(each.id, item);
      return item;
    });
    const wanted = [...items, ...[...this.#items].filter(([id]) => !kept.has(id)).map(([, item]) => item)].map(({ element }) => element);
    const now = wanted.length === 0 ? [h('li', { class: 'muted' }, t().alarms.none)] : wanted;
    const focused = document.activeElement;
    for (const child of [...this.#list.children]) if (!now.includes(child as HTMLLIElement)) child.remove();
    now.forEach((element, index) => {
      if (this.#list.children[index] !== element) this.#list.insertBefore(element, this.#list.children[index] ?? null);
    });
    // An element that was moved has lost the focus.
    if (focused instanceof HTMLElement && focused !== document.activeElement && this.#list.contains(focused)) focused.focus({ preventScroll: true });
    this.#waiting = found.filter(({ state }) => state === 'unacknowledged' || state === 'returnedUnacknowledged').map(({ id }) => id);
    this.#all.hidden = this.#waiting.length < manyWaiting;
    write(this.#all, counted(t().alarms.acknowledgeAll, this.#waiting.length));
  }

  async #acknowledgeAll(): Promise<void> {
    const ids = this.#waiting;
    const send = counted(t().alarms.acknowledgeAll, ids.length);
    if (!(await confirmed({ title: send, text: t().alarms.acknowledgeAllMeans, send }, this.#all))) return;
    this.#all.setAttribute('aria-disabled', 'true');
    try {
      const { rejected } = await acknowledgeAll(ids);
      await this.#load();
      if (rejected.length > 0) write(this.#error, rejected.map(({ id, reason }) => `${id}: ${reason}`).join(' – '));
    } catch (error) {
      write(this.#error, failureLine(error));
    }

    this.#all.removeAttribute('aria-disabled');
  }
}

import { h, write } from '../dom.ts';
import { failureLine } from '../failures.ts';
import * as format from '../format.ts';
import { newKey } from '../http.ts';
import { counted, fill, language, t } from '../i18n.ts';
import { openOrder, orderOfAlarm } from '../interventions/ordersApi.ts';
import { actionsOf, further, type AlarmAction } from './alarmActions.ts';
import { fieldsOf } from './alarmForm.ts';
import { alarm as alarmWithHistory, childrenOf, orderAlarm, type Alarm, type AlarmOrder } from './alarmsApi.ts';

/** Where an alarm leads, and who is told when it has changed. */
export interface AlarmPlaces {
  device: (id: string) => void;
  order: (id: string) => void;
  changed: () => void;
}

/** Of those that an alarm explains. */
const childrenShown = 50;

/** An alarm in the list. It stays the same element over refreshes: what a person writes in it is not rebuilt under their hands. */
export class AlarmItem {
  readonly element = h('li', {});
  readonly #head = h('div', {});
  readonly #turns = h('div', { class: 'turns' });
  readonly #further = h('div', { class: 'turns' });
  readonly #form = h('form', { hidden: true });
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #more = h('details', { class: 'more' });
  readonly #body = h('div', {});
  #opener: HTMLButtonElement | null = null;
  #send: () => Promise<void> = () => Promise.resolve();
  #isBusy = false;

  constructor(
    private alarm: Alarm,
    private readonly places: AlarmPlaces,
  ) {
    this.element.dataset['alarm'] = alarm.id;
    this.#form.addEventListener('submit', (event) => {
      event.preventDefault();
      void this.#send();
    });
    this.#form.addEventListener('keydown', (event) => {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      this.#close();
      this.#opener?.focus();
    });
    this.#more.append(h('summary', { 'aria-label': `${t().alarms.more}: ${alarm.message}, ${alarm.source}` }, t().alarms.more), this.#further, this.#body);
    this.#more.addEventListener('toggle', () => void this.#explain());
    this.element.append(this.#head, this.#turns, this.#form, this.#error, this.#more);
    this.#render();
  }

  /** True while a person writes in it. */
  get isInUse(): boolean {
    return !this.#form.hidden;
  }

  update(alarm: Alarm): void {
    const { history: _, ...former } = this.alarm;
    const { history: __, ...now } = alarm;
    if (JSON.stringify(former) === JSON.stringify(now)) return;
    this.alarm = alarm;
    this.#render();
    void this.#explain();
  }

  focus(): void {
    (this.#turns.querySelector('button') ?? this.#more.querySelector('summary'))?.focus();
    this.element.scrollIntoView({ block: 'nearest' });
  }

  #render(): void {
    const [alarm, texts, now] = [this.alarm, t().alarms, new Date()];
    this.element.dataset['state'] = alarm.state;
    this.#head.replaceChildren(
      h('span', { class: `badge status-${alarm.priority === 'urgent' || alarm.priority === 'high' ? 'fault' : 'warning'}` }, texts.priorities[alarm.priority]),
      ` ${alarm.message} `,
      alarm.source.includes('@') ? h('span', {}, alarm.source) : this.#deviceLink(alarm.source),
      ' ',
      h(
        'span',
        { class: 'muted' },
        [
          texts.states[alarm.state],
          alarm.shelvedUntil === undefined ? '' : fill(texts.until, { time: format.instant(alarm.shelvedUntil, now) }),
          fill(t().since, { time: format.instant(alarm.raisedAt, now) }),
          alarm.count > 1 ? fill(texts.times, { n: format.number(alarm.count) }) : '',
          alarm.children > 0 ? counted(texts.children, alarm.children) : '',
        ]
          .filter(Boolean)
          .join(' · '),
      ),
      ...(alarm.action ? [h('p', { class: 'muted' }, alarm.action)] : []),
    );
    for (const [turns, wanted] of [
      [this.#turns, actionsOf(alarm).filter((action) => !further.has(action))],
      [this.#further, actionsOf(alarm).filter((action) => further.has(action))],
    ] as const) {
      if (wanted.join() === [...turns.querySelectorAll('button')].map((button) => button.dataset['act']).join()) continue;
      const hadFocus = turns.contains(document.activeElement);
      turns.replaceChildren(...wanted.map((action) => this.#button(action)));
      if (hadFocus) this.#turns.querySelector('button')?.focus({ preventScroll: true });
    }
  }

  #button(action: AlarmAction): HTMLButtonElement {
    const label = t().alarms.actions[action];
    const asks = action === 'acknowledgeNote' || action === 'shelve' || action === 'outOfService';
    const button = h(
      'button',
      { type: 'button', class: 'quiet', 'data-act': action, 'aria-label': `${label}: ${this.alarm.message}, ${this.alarm.source}`, 'aria-expanded': asks ? 'false' : null },
      label,
    );
    button.addEventListener('click', () => {
      if (asks) this.#askFor(action, button);
      else if (action === 'workOrder') void this.#do(button, () => this.#toOrder(button));
      else void this.#do(button, () => this.#order({ act: action === 'acknowledge' ? 'acknowledge' : action === 'unshelve' ? 'unshelve' : 'in-service', ...(action === 'acknowledge' ? { body: {} } : {}) } as AlarmOrder));
    });
    return button;
  }

  #askFor(action: 'acknowledgeNote' | 'shelve' | 'outOfService', button: HTMLButtonElement): void {
    const fields = fieldsOf(action);
    this.#open(button, fields.nodes, fields.first, t().alarms.actions[action === 'acknowledgeNote' ? 'acknowledge' : action], () => this.#order(fields.read()));
  }

  /** One form at a time, below the buttons; Escape leads back. */
  #open(button: HTMLButtonElement, nodes: Node[], first: HTMLElement, sends: string, todo: () => Promise<void>): void {
    const send = h('button', { type: 'submit', class: 'quiet' }, sends.replace('…', ''));
    this.#close();
    this.#opener = button;
    button.setAttribute('aria-expanded', 'true');
    this.#form.replaceChildren(...nodes, send);
    this.#form.hidden = false;
    this.#send = () => this.#do(send, todo);
    first.focus();
  }

  #close(): void {
    this.#form.hidden = true;
    for (const button of this.element.querySelectorAll('[aria-expanded]')) button.setAttribute('aria-expanded', 'false');
  }

  async #do(button: HTMLButtonElement, todo: () => Promise<void>): Promise<void> {
    if (this.#isBusy) return;
    this.#isBusy = true;
    button.setAttribute('aria-disabled', 'true');
    this.element.ariaBusy = 'true';
    write(this.#error, '');
    try {
      await todo();
    } catch (error) {
      write(this.#error, failureLine(error));
    } finally {
      this.#isBusy = false;
      button.removeAttribute('aria-disabled');
      this.element.ariaBusy = null;
    }
  }

  async #order(order: AlarmOrder): Promise<void> {
    const hadFocus = this.#form.contains(document.activeElement);
    const changed = await orderAlarm(this.alarm.id, order, newKey(), language());
    this.#close();
    this.update(changed);
    if (hadFocus) this.focus();
    this.places.changed();
  }

  /** To the work order of the alarm; where it has none, one is asked for. */
  async #toOrder(button: HTMLButtonElement): Promise<void> {
    const found = await orderOfAlarm(this.alarm);
    if (found !== null) {
      this.places.order(found.id);
      return;
    }

    const title = h('input', { type: 'text', id: `alarm-order-${this.alarm.id}`, required: true, maxlength: 200, value: this.alarm.message });
    this.#open(button, [h('label', { for: title.id }, t().alarms.orderTitle), title], title, t().alarms.openOrder, async () => {
      const order = await openOrder({ title: title.value.trim(), alarm: this.alarm.id });
      this.#close();
      this.places.order(order.id);
    });
  }

  /** What it means, what happened to it and what it explains: asked for when it is opened. */
  async #explain(): Promise<void> {
    if (!this.#more.open) return;
    const [texts, now, id] = [t().alarms, new Date(), this.alarm.id];
    if (this.#body.childElementCount === 0) this.#body.replaceChildren(h('p', { class: 'muted' }, t().loading));
    try {
      const [found, children] = await Promise.all([alarmWithHistory(id, language()), this.alarm.children > 0 ? childrenOf(id, childrenShown, language()) : []]);
      this.#body.replaceChildren(
        ...(found.consequence ? [h('p', {}, found.consequence)] : []),
        ...(found.respondBy ? [h('p', {}, fill(texts.respondBy, { time: format.instant(found.respondBy, now) }))] : []),
        h(
          'ol',
          { 'aria-label': texts.history },
          ...(found.history ?? []).map(({ action, by, time, note }) =>
            h('li', {}, [format.instant(time, now), by === 'system' ? texts.system : by, texts.steps[action] ?? action, note].filter(Boolean).join(' · ')),
          ),
        ),
        ...(children.length === 0
          ? []
          : [
              h('p', {}, counted(texts.children, this.alarm.children)),
              h('ul', {}, ...children.map((child) => h('li', {}, this.#deviceLink(child.source), ` ${child.message} `, h('span', { class: 'muted' }, texts.states[child.state])))),
            ]),
      );
    } catch (error) {
      this.#body.replaceChildren(h('p', { class: 'error' }, failureLine(error)));
    }
  }

  #deviceLink(id: string): HTMLButtonElement {
    const button = h('button', { type: 'button', class: 'link' }, id);
    button.addEventListener('click', () => this.places.device(id));
    return button;
  }
}

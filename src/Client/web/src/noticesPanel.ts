import { deliveries, onCall, type Delivery, type OnCall } from './api.ts';
import { h } from './dom.ts';
import * as format from './format.ts';
import { fill, t } from './i18n.ts';
import { WorkPart } from './workPanel.ts';

/** Notifications that are shown, the newest first. */
const shown = 10;

/** Who is on call for the chosen territory, and the last notifications of the grid. Asked for when it is opened. */
export class NoticesPanel {
  readonly #part = new WorkPart({ key: 'notices', title: () => t().notices.title, load }, () => undefined);
  readonly element = h('div', { class: 'group work', hidden: true }, this.#part.element);

  show(scope: string): void {
    const hasCalendar = /^(commune|syndicate|department):/.test(scope);
    this.element.hidden = !hasCalendar;
    this.#part.show(hasCalendar ? scope : null);
  }

  translate(): void {
    this.#part.translate();
  }
}

async function load(scope: string): Promise<Node[]> {
  const [calendar, last] = await Promise.all([onCall(scope), deliveries(shown)]);
  const now = new Date();
  return [h('h4', {}, t().notices.onCall), ...whoIsOnCall(calendar, now), h('h4', {}, t().notices.last), lastOnes(last, now)];
}

function whoIsOnCall({ calendar, now: levels, unanswered }: OnCall, now: Date): Node[] {
  const texts = t().notices;
  return [
    calendar === null
      ? h('p', { class: 'muted' }, texts.noCalendar)
      : h('ul', { 'data-list': 'on-call' }, ...levels.map(({ level, name }) => h('li', {}, `${fill(texts.level, { n: format.number(level) })} – ${name ?? texts.nobody}`))),
    ...(unanswered.length === 0
      ? []
      : [
          h('h4', {}, texts.unanswered),
          h('ul', {}, ...unanswered.slice(0, shown).map(({ alarm, givenUpAt }) => h('li', {}, alarm, ' ', h('span', { class: 'muted' }, format.instant(givenUpAt, now))))),
        ]),
  ];
}

function lastOnes(last: readonly Delivery[], now: Date): Node {
  const texts = t().notices;
  if (last.length === 0) return h('p', { class: 'muted' }, texts.none);
  return h(
    'ul',
    { 'data-list': 'deliveries' },
    ...last.map((delivery) =>
      h(
        'li',
        { 'data-notification': delivery.id },
        h('span', { class: `badge status-${badgeOf(delivery.state)}` }, texts.states[delivery.state]),
        ` ${delivery.subject} `,
        h('span', { class: 'muted' }, [delivery.endpoint, format.instant(delivery.createdAt, now), delivery.lastError].filter(Boolean).join(' · ')),
      ),
    ),
  );
}

function badgeOf(state: Delivery['state']): string {
  return state === 'delivered' ? 'ok' : state === 'pending' ? 'unknown' : 'fault';
}

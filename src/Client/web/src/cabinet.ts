import { lampsOf, type DeviceDetail, type DeviceItem } from './api.ts';
import { byAttention } from './attention.ts';
import type { CardPart } from './card.ts';
import { h, write } from './dom.ts';
import { failureLine } from './failures.ts';
import * as format from './format.ts';
import type { Device, Step } from './frames.ts';
import { counted, fill, language, t } from './i18n.ts';
import { levelOf, levelText } from './level.ts';
import type { Watch, WatchOptions } from './live.ts';
import { RowList } from './rows.ts';
import { boxAround } from './scope.ts';

export type WatchScope = (scope: string, options: WatchOptions, onStep: (step: Step) => void) => Watch;

interface Segment {
  readonly number: number;
  readonly lamps: DeviceItem[];
  readonly element: HTMLElement;
  readonly note: HTMLElement;
  readonly rows: RowList;
}

/** The light points that a cabinet feeds, by segment, with their status and level as they change. */
export class CabinetLamps implements CardPart {
  readonly element: HTMLElement;
  readonly #state = h('p', { class: 'muted', role: 'status' }, t().loading);
  readonly #error = h('p', { class: 'error', role: 'alert' });
  readonly #retry = h('button', { type: 'button', class: 'quiet', hidden: true }, t().retry);
  readonly #list = h('div', {});
  #segments: Segment[] = [];
  #live: ReadonlyMap<string, Device> = new Map();
  #watch: Watch | null = null;
  #stopped = false;

  /** `focus` is the light point that the way led back from. */
  constructor(
    private cabinet: DeviceDetail,
    private readonly watch: WatchScope,
    private readonly choose: (id: string) => void,
    private readonly focus: string | null,
  ) {
    this.element = h('section', { class: 'lamps', 'aria-labelledby': 'lamps-title' }, h('h3', { id: 'lamps-title' }, t().lamps.title), this.#state, this.#error, this.#retry, this.#list);
    this.#retry.addEventListener('click', () => void this.#load());
    void this.#load();
  }

  update(detail: DeviceDetail): void {
    this.cabinet = detail;
    this.#render();
  }

  stop(): void {
    this.#stopped = true;
    this.#watch?.stop();
  }

  async #load(): Promise<void> {
    this.#error.textContent = '';
    this.#retry.hidden = true;
    write(this.#state, t().loading);
    try {
      const lamps = await lampsOf(this.cabinet.id);
      if (this.#stopped) return;
      this.#build(lamps);
      this.#follow(lamps);
    } catch (error) {
      write(this.#state, '');
      write(this.#error, failureLine(error));
      this.#retry.hidden = false;
    }
  }

  /** Only what is around these lights is watched: the commune may have many more. */
  #follow(lamps: readonly DeviceItem[]): void {
    if (lamps.length === 0) return;
    const places = lamps.map((lamp) => lamp.position);
    const box = places.every((place) => place !== null) ? boxAround(places) : null;
    this.#watch?.stop();
    this.#watch = this.watch(`commune:${this.cabinet.commune}`, { devices: true, kinds: ['streetlight'], ...(box ? { bbox: box } : {}) }, (step) => {
      this.#live = step.view.devices;
      if (step.changed === 'all' || lamps.some((lamp) => (step.changed as ReadonlySet<string>).has(lamp.id))) this.#render();
    });
  }

  #build(lamps: readonly DeviceItem[]): void {
    const bySegment = Map.groupBy(lamps, (lamp) => segmentOf(lamp));
    const known = Array.from({ length: 8 }, (_, index) => index + 1).filter((n) => bySegment.has(n) || this.#isFed(n) !== undefined);
    this.#segments = known.map((number) => {
      const title = h('h4', { id: `segment-${number}` }, format.metricName(`segment${number}On`));
      const note = h('span', { class: 'muted' });
      const list = h('ul', { class: 'rows', 'aria-labelledby': title.id });
      return { number, lamps: bySegment.get(number) ?? [], element: h('div', { class: 'segment', 'data-segment': number }, h('div', { class: 'line' }, title, note), list), note, rows: new RowList(list, this.choose) };
    });
    this.#list.replaceChildren(...this.#segments.map((segment) => segment.element));
    write(this.#state, lamps.length === 0 ? t().lamps.none : counted(t().lamps.count, lamps.length));
    this.#render();
    // Who came back from a lamp goes on where they were, unless they have gone elsewhere meanwhile.
    const home = this.#segments.find((segment) => segment.lamps.some((lamp) => lamp.id === this.focus));
    if (home && document.activeElement?.id === 'device-back') home.rows.focus(this.focus);
  }

  #render(): void {
    for (const segment of this.#segments) {
      const fed = this.#isFed(segment.number);
      const lamps = segment.lamps
        .map((lamp) => {
          const live = this.#live.get(lamp.id);
          const light = { metrics: live?.metrics ?? {}, fed: lamp.attributes['passive'] === true ? fed : undefined };
          return { id: lamp.id, kind: lamp.kind, lon: null, lat: null, status: live?.status ?? lamp.status, metrics: light.metrics, level: levelOf(light), text: levelText(light) };
        })
        .sort(byAttention);
      const lit = lamps.filter((lamp) => (lamp.level ?? 0) > 0).length;
      const supply = fed === undefined ? '' : fed ? t().lamps.fed : t().lamps.cut;
      write(segment.note, [supply, lamps.length > 0 ? fill(counted(t().lamps.lit, lit), { all: format.number(lamps.length) }) : ''].filter(Boolean).join(' · '));
      segment.rows.show(
        lamps.map((lamp) => ({
          key: lamp.id,
          digest: [language(), lamp.status, lamp.text].join(),
          content: () => [
            h('span', { class: `kind kind-streetlight status-${lamp.status}`, 'aria-hidden': 'true' }),
            h('span', { class: 'name' }, lamp.id),
            h('span', { class: 'count' }, lamp.text),
            h('span', { class: `note note-${lamp.status}` }, lamp.status === 'ok' ? '' : t().statuses[lamp.status]),
          ],
        })),
      );
    }
  }

  #isFed(segment: number): boolean | undefined {
    const reported = this.cabinet.reported[`segment${segment}On`];
    return reported && reported.value !== 0;
  }
}

/** What a cabinet's panel says first: power, supply, door and breaker, each with a word for what is wrong. */
export function cabinetFacts(cabinet: DeviceDetail): HTMLElement {
  const fact = (name: string, label: string, text: (value: number) => string, alerts: (value: number) => boolean) => {
    const value = cabinet.reported[name]?.value;
    return h('div', {}, h('dt', {}, label), h('dd', {}, value === undefined ? '–' : h('data', { value, 'data-fact': name, class: alerts(value) && 'alert' }, text(value))));
  };
  const never = () => false;
  const isSet = (value: number) => value !== 0;
  return h(
    'dl',
    { class: 'facts' },
    fact('powerWatts', format.metricName('powerWatts'), format.watts, never),
    fact('supplyVolts', format.metricName('supplyVolts'), (value) => format.metric('supplyVolts', value), never),
    fact('doorOpen', t().lamps.door, (value) => (value ? t().lamps.doorOpen : t().lamps.doorClosed), isSet),
    fact('breakerTripped', t().lamps.breaker, (value) => (value ? t().lamps.breakerTripped : t().lamps.breakerClosed), isSet),
  );
}

const segmentOf = (lamp: DeviceItem) => (typeof lamp.attributes['segment'] === 'number' ? lamp.attributes['segment'] : 1);

import { byAttention } from './attention.ts';
import { h, part, write } from './dom.ts';
import { metric, number } from './format.ts';
import { kinds, type Device, type Kind, type View } from './frames.ts';
import { counted, language, t } from './i18n.ts';
import { RowList } from './rows.ts';

/** Rows that a list shows at most; the rest is counted. */
const rowLimit = 200;

/** The metrics that tell a device's story in a row, in this order, as far as it has them. */
const telling = ['dimmingPercent', 'powerWatts', 'flowLitresPerHour', 'temperatureCelsius', 'fillPercent', 'levelMillimetres', 'rainMillimetresPerHour'];

/** The devices on the map as a list, with a filter by kind that the map follows. */
export class DevicePanel {
  readonly #search = part<HTMLInputElement>('device-search');
  readonly #kinds = part('device-kinds');
  readonly #rows: RowList;
  readonly #hidden = new Set<Kind>();
  #view: View | null = null;
  #selected: string | null = null;

  constructor(
    choose: (id: string) => void,
    private readonly onFilter: (shown: readonly Kind[]) => void,
  ) {
    this.#rows = new RowList(part('device-list'), choose);
    this.#search.addEventListener('input', () => this.render());
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        this.#rows.focus();
      }
    });
    this.#kinds.addEventListener('click', (event) => {
      const kind = (event.target as Element).closest<HTMLElement>('button')?.dataset['kind'] as Kind | undefined;
      if (!kind) return;
      if (!this.#hidden.delete(kind)) this.#hidden.add(kind);
      this.onFilter(kinds.filter((each) => !this.#hidden.has(each)));
      this.render();
    });
  }

  show(view: View | null, selected: string | null): void {
    this.#view = view;
    this.#selected = selected;
    this.render();
  }

  focus(id: string | null): void {
    this.#rows.focus(id);
  }

  render(): void {
    const all = [...(this.#view?.devices.values() ?? [])];
    this.#renderKinds(all);
    const words = this.#search.value.trim().toLowerCase();
    const found = all.filter((device) => !this.#hidden.has(device.kind) && (words === '' || device.id.toLowerCase().includes(words))).sort(byAttention);
    write(part('device-count'), this.#countText(found.length));
    this.#rows.show(found.slice(0, rowLimit).map((device) => this.#row(device)));
  }

  #row(device: Device) {
    const story = telling
      .filter((name) => name in device.metrics)
      .slice(0, 2)
      .map((name) => metric(name, device.metrics[name] ?? 0))
      .join(' · ');
    return {
      key: device.id,
      digest: [language(), device.status, story].join(),
      pressed: device.id === this.#selected,
      content: () => [
        h('span', { class: `kind kind-${device.kind} status-${device.status}`, 'aria-hidden': 'true' }),
        h('span', { class: 'name' }, device.id, h('span', { class: 'sr' }, `, ${t().kind[device.kind]}`)),
        h('span', { class: 'count' }, story),
        h('span', { class: `note note-${device.status}` }, device.status === 'ok' ? '' : t().statuses[device.status]),
      ],
    };
  }

  #renderKinds(devices: readonly Device[]): void {
    const counts = Map.groupBy(devices, (device) => device.kind);
    const digest = [language(), ...kinds.map((kind) => `${counts.get(kind)?.length ?? 0}${this.#hidden.has(kind)}`)].join();
    if (this.#kinds.dataset['digest'] === digest) return;
    this.#kinds.dataset['digest'] = digest;
    const focused = (document.activeElement as HTMLElement | null)?.dataset['kind'];
    this.#kinds.replaceChildren(
      ...kinds.map((kind) =>
        h(
          'button',
          { type: 'button', 'data-kind': kind, 'aria-pressed': String(!this.#hidden.has(kind)) },
          h('span', { class: `kind kind-${kind}`, 'aria-hidden': 'true' }),
          h('span', {}, t().kinds[kind]),
          h('span', { class: 'count' }, number(counts.get(kind)?.length ?? 0)),
        ),
      ),
    );
    if (focused) this.#kinds.querySelector<HTMLElement>(`[data-kind="${focused}"]`)?.focus();
  }

  #countText(found: number): string {
    const { view, more } = { view: this.#view, more: found - rowLimit };
    if (!view?.current) return t().loading;
    const count = found === 0 ? t().noMatch : counted(t().deviceCount, found);
    const rest = more > 0 ? counted(t().more, more) : '';
    const dropped = view.dropped > 0 ? counted(t().tooMany, view.dropped) : '';
    return [count, rest, dropped].filter(Boolean).join(' · ');
  }
}

import type { CommuneSummary } from './api.ts';
import { attentionCount, searchable, stateOf } from './attention.ts';
import { h, part, write } from './dom.ts';
import { number } from './format.ts';
import { counted, language, t } from './i18n.ts';
import { RowList } from './rows.ts';

export const inseeOf = (summary: CommuneSummary) => summary.scope.slice(summary.scope.indexOf(':') + 1);

/** The communes as a list: the same as the map's circles, for the keyboard and the screen reader. */
export class CommunePanel {
  readonly #search = part<HTMLInputElement>('commune-search');
  readonly #sort = part<HTMLSelectElement>('commune-sort');
  readonly #rows: RowList;
  #communes: readonly CommuneSummary[] = [];

  constructor(choose: (insee: string) => void) {
    this.#rows = new RowList(part('commune-list'), choose);
    this.#search.addEventListener('input', () => this.render());
    this.#sort.addEventListener('change', () => this.render());
    this.#search.addEventListener('keydown', (event) => {
      if (event.key === 'ArrowDown') {
        event.preventDefault();
        this.#rows.focus();
      } else if (event.key === 'Enter') {
        const first = this.#found()[0];
        if (first) choose(inseeOf(first));
      }
    });
  }

  show(communes: readonly CommuneSummary[]): void {
    this.#communes = communes;
    this.render();
  }

  focus(insee: string | null): void {
    this.#rows.focus(insee);
  }

  render(): void {
    const found = this.#found();
    write(part('commune-count'), found.length === 0 ? t().noMatch : counted(t().communesCount, found.length));
    this.#rows.show(
      found.map((commune) => {
        const [total, attention, state] = [commune.devices.total, attentionCount(commune), stateOf(commune)];
        return {
          key: inseeOf(commune),
          digest: [language(), commune.name, total, attention, state].join(),
          content: () => [
            h('span', { class: `dot status-${state}`, 'aria-hidden': 'true' }),
            h('span', { class: 'name' }, commune.name),
            h('span', { class: 'count' }, number(total), h('span', { class: 'sr' }, ` ${t().devices.toLowerCase()}`)),
            h('span', { class: 'note' }, attention > 0 ? counted(t().attention, attention) : ''),
          ],
        };
      }),
    );
  }

  #found(): CommuneSummary[] {
    const words = searchable(this.#search.value);
    const found = this.#communes.filter((commune) => words === '' || searchable(commune.name).includes(words) || inseeOf(commune) === words);
    const collator = new Intl.Collator(language());
    const byName = (a: CommuneSummary, b: CommuneSummary) => collator.compare(a.name, b.name);
    const orders: Record<string, (a: CommuneSummary, b: CommuneSummary) => number> = {
      name: byName,
      attention: (a, b) => attentionCount(b) - attentionCount(a) || byName(a, b),
      size: (a, b) => b.devices.total - a.devices.total || byName(a, b),
    };
    // A search wants the name that begins with it before one that has it inside.
    const begins = (commune: CommuneSummary) => Number(words !== '' && searchable(commune.name).startsWith(words));
    const order = orders[this.#sort.value] ?? byName;
    return found.sort((a, b) => begins(b) - begins(a) || order(a, b));
  }
}

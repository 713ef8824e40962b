import { h } from './dom.ts';

export interface Row {
  key: string;
  /** Rebuilds the row's content when it differs from the last one. */
  content: () => Node[];
  /** Everything that the content shows, in short: the row is rebuilt only when this changes. */
  digest: string;
  pressed?: boolean;
}

/**
 * A list of buttons that is one stop of the Tab key: arrows, Home and End move within it. Rows keep their elements, so that focus and
 * the screen reader's place survive live updates.
 */
export class RowList {
  readonly #rows = new Map<string, { item: HTMLLIElement; button: HTMLButtonElement; digest: string }>();
  #current: string | null = null;

  constructor(
    readonly list: HTMLElement,
    private readonly choose: (key: string) => void,
  ) {
    list.addEventListener('click', (event) => {
      const key = keyOf(event.target);
      if (key !== null) this.choose(key);
    });
    list.addEventListener('focusin', (event) => this.#moveStop(keyOf(event.target)));
    list.addEventListener('keydown', (event) => this.#onKey(event));
  }

  show(rows: readonly Row[]): void {
    const focused = keyOf(this.list.contains(document.activeElement) ? document.activeElement : null);
    const wanted = new Set(rows.map((row) => row.key));
    for (const [key, { item }] of this.#rows) {
      if (!wanted.has(key)) {
        item.remove();
        this.#rows.delete(key);
      }
    }

    let previous: Element | null = null;
    for (const row of rows) {
      const shown = this.#rows.get(row.key) ?? this.#add(row.key);
      if (shown.digest !== row.digest) {
        shown.digest = row.digest;
        shown.button.replaceChildren(...row.content());
      }

      if (row.pressed) shown.button.setAttribute('aria-current', 'true');
      else shown.button.removeAttribute('aria-current');
      const place: Element | null = previous ? previous.nextElementSibling : this.list.firstElementChild;
      if (place !== shown.item) this.list.insertBefore(shown.item, place);
      previous = shown.item;
    }

    if (this.#current === null || !wanted.has(this.#current)) this.#moveStop(rows[0]?.key ?? null);

    // A row that was moved or taken away has lost the focus, and who is at it with the keyboard has not.
    if (focused !== null && !this.list.contains(document.activeElement)) this.focus(focused);
  }

  /** Puts the focus on a row, or on the list's stop when the row is not there. */
  focus(key: string | null = null): void {
    (this.#rows.get(key ?? '') ?? this.#rows.get(this.#current ?? ''))?.button.focus();
  }

  #add(key: string): { item: HTMLLIElement; button: HTMLButtonElement; digest: string } {
    const button = h('button', { type: 'button', tabindex: -1, 'data-key': key });
    const row = { item: h('li', {}, button), button, digest: '' };
    this.#rows.set(key, row);
    return row;
  }

  #moveStop(key: string | null): void {
    const former = this.#rows.get(this.#current ?? '');
    if (former) former.button.tabIndex = -1;
    this.#current = key;
    const next = this.#rows.get(key ?? '');
    if (next) next.button.tabIndex = 0;
  }

  #onKey(event: KeyboardEvent): void {
    const item = (event.target as Element).closest('li');
    const target = {
      ArrowDown: item?.nextElementSibling,
      ArrowUp: item?.previousElementSibling,
      Home: this.list.firstElementChild,
      End: this.list.lastElementChild,
    }[event.key];
    if (target) {
      event.preventDefault();
      target.querySelector('button')?.focus();
    }
  }
}

function keyOf(target: EventTarget | null): string | null {
  return (target as Element | null)?.closest<HTMLElement>('button[data-key]')?.dataset['key'] ?? null;
}

import { h, write } from '../dom.ts';
import { fill, t } from '../i18n.ts';
import { faultOf, placeOf } from './ruleText.ts';

/** The text of a rule, with what is wrong marked at its place and said below it. */
export class RuleTextField {
  readonly element: HTMLElement;
  readonly #label = h('label', { for: 'rule-text' });
  readonly #hint = h('p', { class: 'muted', id: 'rule-text-hint' });
  readonly #marked = h('div', { class: 'rule-marked', 'aria-hidden': 'true' });
  readonly #input = h('textarea', { id: 'rule-text', rows: 5, spellcheck: 'false', autocapitalize: 'off', 'aria-describedby': 'rule-text-hint rule-text-faults' });
  readonly #faults = h('div', { id: 'rule-text-faults', class: 'rule-faults', role: 'alert' });

  constructor(changed: () => void) {
    this.#input.addEventListener('input', () => {
      this.show([]);
      changed();
    });
    this.element = h('div', { class: 'field' }, this.#label, h('div', { class: 'rule-text' }, this.#marked, this.#input), this.#faults, this.#hint);
  }

  get value(): string {
    return this.#input.value;
  }

  set value(text: string) {
    this.#input.value = text;
    this.show([]);
  }

  focus(): void {
    this.#input.focus();
  }

  translate(): void {
    write(this.#label, t().rules.text);
    write(this.#hint, t().rules.textHint);
  }

  /** Shows what the server refuses; nothing when there is nothing. The cursor goes to the first place. */
  show(reasons: readonly string[]): void {
    const text = this.#input.value;
    const faults = reasons.map((reason) => ({ reason, fault: faultOf(reason) }));
    const places = faults.flatMap(({ fault }) => (fault === null ? [] : [placeOf(text, fault)]));
    if (reasons.length > 0) this.#input.setAttribute('aria-invalid', 'true');
    else this.#input.removeAttribute('aria-invalid');
    this.#marked.replaceChildren(...marked(text, places), '\u200b');
    this.#faults.replaceChildren(
      ...faults.map(({ reason, fault }) => {
        if (fault === null) return h('p', { class: 'error' }, reason);
        const go = h('button', { type: 'button', class: 'link' }, t().rules.goThere);
        go.addEventListener('click', () => this.#select(placeOf(this.#input.value, fault)));
        const { line, column, found, expected } = fault;
        return h('p', { class: 'error', 'data-line': line, 'data-column': column }, fill(t().rules.fault, { line: String(line), column: String(column), found, expected }), ' ', go);
      }),
    );
    const first = places[0];
    if (first) this.#select(first);
  }

  #select([from, to]: [number, number]): void {
    this.#input.focus();
    this.#input.setSelectionRange(from, to);
  }
}

/** The text with its faults in marks; one at the end of the text, where nothing stands, is marked by a space. */
function marked(text: string, places: readonly [number, number][]): (Node | string)[] {
  const parts: (Node | string)[] = [];
  let at = 0;
  for (const [from, to] of places.toSorted((a, b) => a[0] - b[0])) {
    if (from < at) continue;
    parts.push(text.slice(at, from), h('mark', {}, from === to ? ' ' : text.slice(from, to)));
    at = to;
  }

  return [...parts, text.slice(at)];
}

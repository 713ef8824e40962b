import { h } from './dom.ts';
import { language, t } from './i18n.ts';
import type { Territories } from './territories.ts';

export type ScopeKind = 'all' | 'department' | 'bodies' | 'communes' | 'device';

const device = 'device:';

/** A choice of a territory, or of one device by its identifier. */
export class ScopeSelect {
  readonly element: HTMLElement;
  readonly #label: HTMLLabelElement;
  readonly #select: HTMLSelectElement;
  readonly #device: HTMLInputElement;

  constructor(
    id: string,
    private readonly territories: Territories,
    private readonly kinds: readonly ScopeKind[],
    private readonly texts: () => { label: string; any?: string },
  ) {
    this.#select = h('select', { id });
    this.#label = h('label', { for: id });
    this.#device = h('input', { type: 'text', hidden: true, autocomplete: 'off', spellcheck: 'false' });
    this.element = h('div', { class: 'field' }, this.#label, this.#select, this.#device);
    this.#select.addEventListener('change', () => {
      this.#device.hidden = this.#select.value !== device;
      if (!this.#device.hidden) this.#device.focus();
    });
  }

  /** The scope as the server writes it; empty for any. */
  get value(): string {
    return this.#select.value === device ? device + this.#device.value.trim() : this.#select.value;
  }

  set value(scope: string) {
    const isDevice = scope.startsWith(device);
    this.#device.value = isDevice ? scope.slice(device.length) : '';
    this.#device.hidden = !isDevice;
    const wanted = isDevice ? device : scope;
    // What is no choice here, such as a commune of elsewhere, is still shown as it is.
    if (![...this.#select.options].some(({ value }) => value === wanted)) this.#select.append(h('option', { value: wanted }, wanted));
    this.#select.value = wanted;
  }

  onChange(then: () => void): void {
    this.#select.addEventListener('change', then);
    this.#device.addEventListener('change', then);
  }

  /** Writes the choices, in the language of the page. */
  render(): void {
    const [{ label, any }, texts, kept] = [this.texts(), t().scopes, this.#select.options.length > 0 ? this.value : null];
    const { department, bodies, communes } = this.territories;
    const collator = new Intl.Collator(language());
    const option = ({ scope, name }: { scope: string; name: string }) => h('option', { value: scope }, name);
    const choices: Record<ScopeKind, Node[]> = {
      all: [option({ scope: 'all', name: texts.all })],
      department: department === null ? [] : [h('optgroup', { label: texts.department }, option(department))],
      bodies: bodies.length === 0 ? [] : [h('optgroup', { label: texts.bodies }, ...bodies.map(({ siren, name }) => option({ scope: `syndicate:${siren}`, name })))],
      communes: [h('optgroup', { label: texts.communes }, ...communes.toSorted((a, b) => collator.compare(a.name, b.name)).map(option))],
      device: [h('option', { value: device }, texts.device)],
    };
    this.#label.textContent = label;
    this.#device.setAttribute('aria-label', texts.device);
    this.#select.replaceChildren(...(any === undefined ? [] : [h('option', { value: '' }, any)]), ...this.kinds.flatMap((kind) => choices[kind]));
    if (kept !== null) this.value = kept;
  }
}

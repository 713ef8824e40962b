import { h, part } from './dom.ts';
import { t } from './i18n.ts';

/** A screen besides the map. */
export interface View {
  readonly element: HTMLElement;
  /** It comes on screen: asks for what it shows. */
  show(): Promise<void>;
  translate(): void;
}

export type ViewName = 'map' | 'orders' | 'rules' | 'promotion';

/** The screens of the page, one at a time. The map stays as it is behind the others, out of reach. */
export class Views {
  readonly #nav = part('views');
  readonly #buttons = new Map<ViewName, HTMLButtonElement>();
  #shown: ViewName = 'map';

  constructor(
    private readonly views: Readonly<Record<Exclude<ViewName, 'map'>, View>>,
    private readonly changed: (name: ViewName) => void,
  ) {
    for (const name of ['map', ...Object.keys(views)] as ViewName[]) {
      const button = h('button', { type: 'button', 'data-view': name });
      button.addEventListener('click', () => void this.show(name));
      this.#buttons.set(name, button);
      this.#nav.append(button);
    }

    part('main').append(...Object.values(views).map(({ element }) => element));
    this.#arrange();
  }

  get shown(): ViewName {
    return this.#shown;
  }

  /** When it is there, what it shows is asked for. */
  async show(name: ViewName): Promise<void> {
    if (name === this.#shown) return;
    this.#shown = name;
    this.#arrange();
    this.changed(name);
    if (name !== 'map') await this.views[name].show();
  }

  /** One of them by its name, as the address has it. */
  named(name: string | null): ViewName {
    return this.#buttons.has(name as ViewName) ? (name as ViewName) : 'map';
  }

  translate(): void {
    for (const [name, button] of this.#buttons) button.textContent = t().views[name];
    for (const view of Object.values(this.views)) view.translate();
  }

  #arrange(): void {
    const main = part('main');
    main.dataset['view'] = this.#shown;
    for (const [name, button] of this.#buttons) {
      if (name === this.#shown) button.setAttribute('aria-current', 'page');
      else button.removeAttribute('aria-current');
    }

    // The way past the header leads to what is on screen.
    document.querySelector('.skip')?.setAttribute('href', this.#shown === 'map' ? '#lists' : `#${this.#shown}`);
    for (const child of main.children) {
      if (!(child instanceof HTMLElement)) continue;
      if (child.classList.contains('view')) child.hidden = child.id !== this.#shown;
      else child.inert = this.#shown !== 'map';
    }
  }
}

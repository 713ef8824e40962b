import { preferred, type Language } from './language.ts';
import { texts, type Texts } from './texts.ts';

const key = 'grid.language';
let current: Language = preferred(localStorage.getItem(key), navigator.languages);

export const language = (): Language => current;

/** How numbers and dates are written: as the browser's user does in this language, where it says so. */
export const locale = (): string => navigator.languages.find((tag) => tag.startsWith(current)) ?? current;

export const t = (): Texts => texts[current];

export function setLanguage(value: Language): void {
  current = value;
  localStorage.setItem(key, value);
}

/** Fills `{name}` places of a text. */
export function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}

/** The text for a number: what stands before the bar for one, what follows it for others; `{n}` becomes the number as it is written. */
export function counted(text: string, n: number): string {
  const [one = text, other = one] = text.split('|');
  return fill(new Intl.PluralRules(current).select(n) === 'one' ? one : other, { n: new Intl.NumberFormat(locale()).format(n) });
}

/** Puts the texts of the page's own markup in place: `data-text` names a content, `data-label` an accessible name. */
export function translatePage(): void {
  document.documentElement.lang = current;
  for (const element of document.querySelectorAll<HTMLElement>('[data-text]')) {
    element.textContent = simple(element.dataset['text']);
  }

  for (const element of document.querySelectorAll<HTMLElement>('[data-label]')) {
    element.setAttribute('aria-label', simple(element.dataset['label']));
  }
}

function simple(path = ''): string {
  const value = path.split('.').reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], t());
  if (typeof value !== 'string') throw new Error(`No text "${path}".`);
  return value;
}

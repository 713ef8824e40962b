import { texts } from './texts.ts';

export type Language = keyof typeof texts;

/** The language kept from before, otherwise the first that the browser asks for and Grid speaks, otherwise English. */
export function preferred(kept: string | null, wanted: readonly string[]): Language {
  return [kept ?? '', ...wanted].map((tag) => tag.slice(0, 2).toLowerCase()).find((tag): tag is Language => tag in texts) ?? 'en';
}

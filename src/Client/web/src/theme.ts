import { part } from './dom.ts';

const key = 'grid.theme';
const themes = ['auto', 'light', 'dark'];

/** Light, dark or as the system says; kept over visits. */
export function initTheme(onChange: () => void): void {
  const select = part<HTMLSelectElement>('theme');
  const apply = (theme: string) => {
    if (theme === 'auto') delete document.documentElement.dataset['theme'];
    else document.documentElement.dataset['theme'] = theme;
  };
  const kept = localStorage.getItem(key) ?? 'auto';
  select.value = themes.includes(kept) ? kept : 'auto';
  apply(select.value);
  onChange();
  select.addEventListener('change', () => {
    localStorage.setItem(key, select.value);
    apply(select.value);
    onChange();
  });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', onChange);
}

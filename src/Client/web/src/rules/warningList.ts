import { h } from '../dom.ts';
import type { RuleWarning } from './rulesApi.ts';

/** What speaks against a rule; nothing is shown while nothing does. */
export function warningList(title: string, warnings: RuleWarning[]): HTMLElement[] {
  if (warnings.length === 0) return [];
  return [h('div', { class: 'error', 'data-list': 'warnings' }, h('p', {}, title), h('ul', {}, ...warnings.map(({ message }) => h('li', {}, message))))];
}

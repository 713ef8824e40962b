import { h } from '../dom.ts';
import * as format from '../format.ts';
import { fill, t } from '../i18n.ts';
import type { Territories } from '../territories.ts';
import type { Rule, RuleVersion } from './rulesApi.ts';

/** Who wrote which version when, and which of them devices follow. `restore` makes an older one the draft. */
export function versionList(rule: Rule, territories: Territories, restore: (version: RuleVersion, asked: HTMLButtonElement) => void): HTMLElement {
  const [texts, now] = [t().rules, new Date()];
  const row = (version: RuleVersion) => {
    const button = h('button', { type: 'button', class: 'quiet', 'aria-label': fill(texts.restoreVersion, { version: String(version.version) }) }, texts.restore);
    button.addEventListener('click', () => restore(version, button));
    return h(
      'tr',
      { 'data-version': version.version },
      h('th', { scope: 'row' }, String(version.version)),
      h('td', {}, stateOf(rule, version)),
      h('td', {}, version.by),
      h('td', {}, format.instant(version.at, now)),
      h('td', {}, version.name),
      h('td', {}, territories.nameOf(version.scope, t().scopes)),
      h('td', {}, version.version !== rule.version && button),
    );
  };
  return h(
    'details',
    { 'data-list': 'versions' },
    h('summary', {}, fill(texts.versions, { n: format.number(rule.versions.length) })),
    h(
      'div',
      { class: 'scroll', tabindex: '0', role: 'group', 'aria-label': texts.versionsTitle },
      h(
        'table',
        { class: 'plain' },
        h('thead', {}, h('tr', {}, ...[texts.version, texts.state, texts.by, texts.when, texts.name, texts.scope].map((head) => h('th', { scope: 'col' }, head)), h('td', {}))),
        h('tbody', {}, ...rule.versions.map(row)),
      ),
    ),
  );
}

function stateOf(rule: Rule, { version }: RuleVersion): string {
  const texts = t().rules;
  if (version === rule.published) return texts.isPublished;
  if (version === rule.former) return texts.isFormer;
  return version === rule.version ? texts.isDraft : '';
}

import type { Part, PromotionItem } from './promotionApi.ts';

/** Texts of the screen of promotions. */
export type PromotionTexts = Record<
  | 'title' | 'lead' | 'from' | 'to' | 'what' | 'look' | 'looking' | 'promoting' | 'promote' | 'ask' | 'means' | 'moved' | 'nothing' | 'would' | 'done' | 'failed' | 'blocked'
  | 'item' | 'change' | 'before' | 'after' | 'devices' | 'note' | 'reach',
  string
> & { blocks: Record<'draft' | 'newerDraft' | 'noBody' | 'otherPlan', string>; parts: Record<Part, string>; whats: Record<PromotionItem['what'], string>; states: Record<PromotionItem['change'] | 'done' | 'failed', string> };

export const en: PromotionTexts = {
  title: 'Promotion', lead: 'What a pilot has found good holds in a wider scope: the difference first, then exactly that.',
  from: 'From the pilot', to: 'To', what: 'What', look: 'Show the difference', looking: 'Comparing', promoting: 'Carrying it out', promote: 'Promote {n} change|Promote {n} changes',
  ask: 'Promote from {from} to {to}?', means: '{n} changes hold in {to} from then on. Rules are published there at once; a rollback of a rule goes back to the pilot.',
  moved: 'Something has changed since you looked, and nothing was carried out. Show the difference again.', nothing: 'Nothing would change.', would: '{n} change would be made.|{n} changes would be made.',
  done: '{n} change was carried out.|{n} changes were carried out.', failed: '{n} change failed; the others were carried out. Show the difference again for what is left.|{n} changes failed; the others were carried out. Show the difference again for what is left.',
  blocked: '{n} is blocked.|{n} are blocked.', item: 'Item', change: 'Change', before: 'Before', after: 'After', devices: 'Devices', note: 'Why', reach: '{pilot} → {wide}',
  blocks: {
    draft: 'It is a draft: publish it in the pilot first.', newerDraft: 'Version {draft} is a draft beside the published {published}: publish it in the pilot, or make the published one the draft again.',
    noBody: 'It is for a body: a department or all gives no defaults and gets no plans. Promote to the body.', otherPlan: 'Plan “{plan}” is assigned to the same: end that first.',
  },
  parts: { parameters: 'parameters', plans: 'lighting plans', rules: 'rules' }, whats: { parameter: 'Parameter', plan: 'Plan', rule: 'Rule' },
  states: { new: 'new', replaced: 'replaced', same: 'as it is', blocked: 'blocked', done: 'done', failed: 'failed' },
};

export const fr: PromotionTexts = {
  title: 'Généralisation', lead: 'Ce qu’un pilote a trouvé bon vaut pour une portée plus large : la différence d’abord, puis exactement elle.',
  from: 'Du pilote', to: 'Vers', what: 'Quoi', look: 'Montrer la différence', looking: 'Comparaison en cours', promoting: 'Mise en place en cours', promote: 'Généraliser {n} changement|Généraliser {n} changements',
  ask: 'Généraliser de {from} à {to} ?', means: '{n} changements vaudront pour {to}. Les règles y sont publiées aussitôt ; revenir en arrière ramène une règle au pilote.',
  moved: 'Quelque chose a changé depuis, et rien n’a été fait. Montrez de nouveau la différence.', nothing: 'Rien ne changerait.', would: '{n} changement serait fait.|{n} changements seraient faits.',
  done: '{n} changement a été fait.|{n} changements ont été faits.', failed: '{n} changement a échoué ; les autres sont faits. Montrez de nouveau la différence pour voir ce qui reste.|{n} changements ont échoué ; les autres sont faits. Montrez de nouveau la différence pour voir ce qui reste.',
  blocked: '{n} est bloqué.|{n} sont bloqués.', item: 'Élément', change: 'Changement', before: 'Avant', after: 'Après', devices: 'Équipements', note: 'Pourquoi', reach: '{pilot} → {wide}',
  blocks: {
    draft: 'C’est un brouillon : publiez-le d’abord dans le pilote.', newerDraft: 'La version {draft} est un brouillon à côté de la {published} publiée : publiez-la dans le pilote, ou reprenez la publiée en brouillon.',
    noBody: 'Cela concerne une collectivité : un département ou tout ne donne ni paramètres ni plans. Généralisez vers la collectivité.', otherPlan: 'Le plan « {plan} » est affecté aux mêmes : mettez-y fin d’abord.',
  },
  parts: { parameters: 'paramètres', plans: 'plans d’éclairage', rules: 'règles' }, whats: { parameter: 'Paramètre', plan: 'Plan', rule: 'Règle' },
  states: { new: 'nouveau', replaced: 'remplacé', same: 'inchangé', blocked: 'bloqué', done: 'fait', failed: 'échec' },
};

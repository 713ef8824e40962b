import type { FurtherAction, PageAction } from './orderActions.ts';
import type { WorkOrderPriority, WorkOrderState } from './ordersApi.ts';

/** Texts of work orders. */
export type OrderTexts = Record<
  | 'title' | 'none' | 'more' | 'overdue' | 'due' | 'whatWasDone' | 'why' | 'send' | 'part' | 'parts' | 'addPart' | 'removePart' | 'quantity' | 'contractor' | 'lot' | 'inLot' | 'priority'
  | 'toAlarm' | 'alarmHolds' | 'alarmEnded' | 'further' | 'history' | 'visits' | 'visit' | 'visitOpen' | 'repair' | 'reopenings' | 'scope' | 'state' | 'toDo' | 'anyState' | 'onlyOverdue'
  | 'csv' | 'noneSuch' | 'showMore' | 'newOrder' | 'what' | 'where' | 'description' | 'openIt'
  | 'grid' | 'delays' | 'delaysHint' | 'since' | 'noDelays' | 'nobody' | 'count' | 'pending' | 'late' | 'repaired' | 'median' | 'ninth',
  string
> & {
  states: Record<WorkOrderState, string>;
  priorities: Record<WorkOrderPriority, string>;
  actions: Record<PageAction | FurtherAction, string>;
  /** What happened to an order. */
  steps: Record<string, string>;
};

export const en: OrderTexts = {
  title: 'Work orders', none: 'Nothing is to be repaired.', more: 'There are more.', overdue: 'Overdue', due: 'due {time}', whatWasDone: 'What was done', why: 'Why', send: 'Send',
  part: 'Part', parts: 'Parts', addPart: 'Add a part', removePart: 'Remove the part', quantity: 'Quantity', contractor: 'Contractor', lot: 'Lot', inLot: 'lot {lot}', priority: 'Priority',
  toAlarm: 'To its alarm', alarmHolds: '– its condition holds', alarmEnded: '– its condition has ended', further: 'More about it', history: 'What happened', visits: 'Visits',
  visit: '{by} was there from {from} to {to}', visitOpen: '{by} is there since {from}', repair: 'Repaired by {by}, {time}: {note}', reopenings: 'reopened {n} time|reopened {n} times',
  scope: 'Territory', state: 'State', toDo: 'not ended', anyState: 'any', onlyOverdue: 'Only overdue', csv: 'As CSV', noneSuch: 'No such work order. Widen what you look for, or open one.', showMore: 'Show more',
  newOrder: 'New work order', what: 'What is to be done', where: 'Where', description: 'Description', openIt: 'Open it',
  grid: 'the grid', delays: 'Delays by contractor and lot', delaysHint: 'In working hours of the contract, from the opening to the repair, without pauses.', since: 'Opened since', noDelays: 'No order was opened since then.',
  nobody: 'nobody', count: 'Orders', pending: 'To be repaired', late: 'Late', repaired: 'Repaired', median: 'Half within', ninth: 'Nine of ten within',
  states: { open: 'Open', assigned: 'Assigned', paused: 'Paused', repaired: 'Repaired, to be confirmed', closed: 'Closed', reopened: 'Reopened', cancelled: 'Cancelled' },
  priorities: { low: 'low', medium: 'medium', high: 'high', urgent: 'urgent' },
  actions: {
    arrive: 'Arrived', leave: 'Left', repair: 'Repaired…', pause: 'Pause…', resume: 'Resume', close: 'Close', assign: 'Assign…', prioritise: 'Priority…', reopen: 'Reopen…', cancel: 'Cancel…',
  },
  steps: {
    open: 'opened', assign: 'assigned', pause: 'paused', resume: 'resumed', arrive: 'arrived', leave: 'left', repair: 'repaired', close: 'closed', reopen: 'reopened', cancel: 'cancelled', prioritise: 'priority changed',
    confirm: 'confirmed by measurements', doubt: 'not confirmed in time', recur: 'is back', vanish: 'ended by itself',
  },
};

export const fr: OrderTexts = {
  title: 'Interventions', none: 'Rien n’est à réparer.', more: 'Il y en a d’autres.', overdue: 'En retard', due: 'échéance {time}', whatWasDone: 'Ce qui a été fait', why: 'Pourquoi', send: 'Envoyer',
  part: 'Pièce', parts: 'Pièces', addPart: 'Ajouter une pièce', removePart: 'Retirer la pièce', quantity: 'Quantité', contractor: 'Entreprise', lot: 'Lot', inLot: 'lot {lot}', priority: 'Priorité',
  toAlarm: 'Vers son alarme', alarmHolds: '– sa condition dure', alarmEnded: '– sa condition a pris fin', further: 'En savoir plus', history: 'Ce qui s’est passé', visits: 'Visites',
  visit: '{by} y était de {from} à {to}', visitOpen: '{by} y est depuis {from}', repair: 'Réparée par {by}, {time} : {note}', reopenings: 'rouverte {n} fois|rouverte {n} fois',
  scope: 'Territoire', state: 'État', toDo: 'en cours', anyState: 'tous', onlyOverdue: 'Seulement en retard', csv: 'En CSV', noneSuch: 'Aucune intervention de ce genre. Élargissez la recherche, ou ouvrez-en une.', showMore: 'En montrer plus',
  newOrder: 'Nouvelle intervention', what: 'Ce qui est à faire', where: 'Où', description: 'Description', openIt: 'Ouvrir',
  grid: 'le réseau', delays: 'Délais par entreprise et par lot', delaysHint: 'En heures ouvrées du contrat, de l’ouverture à la réparation, sans les suspensions.', since: 'Ouvertes depuis', noDelays: 'Aucune intervention ouverte depuis.',
  nobody: 'personne', count: 'Interventions', pending: 'À réparer', late: 'En retard', repaired: 'Réparées', median: 'La moitié en', ninth: 'Neuf sur dix en',
  states: { open: 'Ouverte', assigned: 'Confiée', paused: 'Suspendue', repaired: 'Réparée, à confirmer', closed: 'Close', reopened: 'Rouverte', cancelled: 'Annulée' },
  priorities: { low: 'basse', medium: 'moyenne', high: 'haute', urgent: 'urgente' },
  actions: {
    arrive: 'Arrivée', leave: 'Départ', repair: 'Réparé…', pause: 'Suspendre…', resume: 'Reprendre', close: 'Clore', assign: 'Confier…', prioritise: 'Priorité…', reopen: 'Rouvrir…', cancel: 'Annuler…',
  },
  steps: {
    open: 'ouverte', assign: 'confiée', pause: 'suspendue', resume: 'reprise', arrive: 'arrivée', leave: 'départ', repair: 'réparée', close: 'close', reopen: 'rouverte', cancel: 'annulée', prioritise: 'priorité changée',
    confirm: 'confirmée par les mesures', doubt: 'non confirmée à temps', recur: 'de retour', vanish: 'terminée d’elle-même',
  },
};

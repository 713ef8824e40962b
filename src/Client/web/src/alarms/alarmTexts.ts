import type { AlarmAction } from './alarmActions.ts';
import type { AlarmPriority, AlarmState } from './alarmsApi.ts';

/** Texts of alarms. */
export type AlarmTexts = Record<
  | 'title' | 'none' | 'unacknowledged' | 'acknowledged' | 'shelved' | 'flood' | 'times' | 'children' | 'until' | 'note' | 'reason' | 'lasts' | 'days' | 'more' | 'history' | 'respondBy'
  | 'system' | 'orderTitle' | 'openOrder' | 'show' | 'showMore' | 'acknowledgeAll' | 'acknowledgeAllMeans',
  string
> & {
  actions: Record<AlarmAction, string>;
  priorities: Record<AlarmPriority, string>;
  states: Record<AlarmState, string>;
  filters: Record<'all' | 'pressing' | 'waiting' | 'aside', string>;
  /** What happened to an alarm. */
  steps: Record<string, string>;
};

export const en: AlarmTexts = {
  title: 'Alarms', none: 'No alarm is open.', unacknowledged: '{n} not acknowledged|{n} not acknowledged', acknowledged: '{n} acknowledged|{n} acknowledged', shelved: '{n} shelved|{n} shelved',
  flood: 'More alarms come than one person can take in: work on the urgent ones first.', times: '{n} times', children: 'explains {n} more|explains {n} more', until: 'until {time}',
  note: 'Note', reason: 'Why', lasts: 'For', days: '{n} day|{n} days', more: 'More about it', history: 'What happened', respondBy: 'To be answered by {time}', system: 'the grid',
  orderTitle: 'What is to be done', openOrder: 'Open a work order', show: 'Which alarms', showMore: 'Show more', acknowledgeAll: 'Acknowledge {n} shown|Acknowledge all {n} shown',
  acknowledgeAllMeans: 'They stay while their conditions hold, and wake nobody any more.',
  actions: {
    acknowledge: 'Acknowledge', acknowledgeNote: 'With a note…', shelve: 'Shelve…', unshelve: 'Take back', outOfService: 'Out of service…', inService: 'Back into service', workOrder: 'Work order…',
  },
  priorities: { low: 'Low', medium: 'Medium', high: 'High', urgent: 'Urgent' },
  states: {
    normal: 'normal', unacknowledged: 'not acknowledged', acknowledged: 'acknowledged', returnedUnacknowledged: 'has ended, not acknowledged', shelved: 'shelved',
    suppressed: 'suppressed by design', outOfService: 'out of service',
  },
  filters: { all: 'All that are open', pressing: 'Urgent and high', waiting: 'Not acknowledged', aside: 'Put aside' },
  steps: {
    raise: 'raised', return: 'ended', acknowledge: 'acknowledged', shelve: 'shelved', unshelve: 'taken back', suppress: 'suppressed', unsuppress: 'suppressed no more', removeFromService: 'taken out of service',
    returnToService: 'put back into service', fold: 'explained by another', unfold: 'stands for itself',
  },
};

export const fr: AlarmTexts = {
  title: 'Alarmes', none: 'Aucune alarme n’est ouverte.', unacknowledged: '{n} non acquittée|{n} non acquittées', acknowledged: '{n} acquittée|{n} acquittées', shelved: '{n} mise de côté|{n} mises de côté',
  flood: 'Il arrive plus d’alarmes qu’une personne ne peut traiter : les urgentes d’abord.', times: '{n} fois', children: 'en explique {n} autre|en explique {n} autres', until: 'jusqu’à {time}',
  note: 'Note', reason: 'Pourquoi', lasts: 'Pendant', days: '{n} jour|{n} jours', more: 'En savoir plus', history: 'Ce qui s’est passé', respondBy: 'Réponse attendue avant {time}', system: 'le réseau',
  orderTitle: 'Ce qui est à faire', openOrder: 'Ouvrir une intervention', show: 'Quelles alarmes', showMore: 'En montrer plus', acknowledgeAll: 'Acquitter {n} montrée|Acquitter les {n} montrées',
  acknowledgeAllMeans: 'Elles restent tant que leurs conditions durent, et ne réveillent plus personne.',
  actions: {
    acknowledge: 'Acquitter', acknowledgeNote: 'Avec une note…', shelve: 'Mettre de côté…', unshelve: 'Reprendre', outOfService: 'Hors service…', inService: 'Remettre en service', workOrder: 'Intervention…',
  },
  priorities: { low: 'Basse', medium: 'Moyenne', high: 'Haute', urgent: 'Urgente' },
  states: {
    normal: 'normale', unacknowledged: 'non acquittée', acknowledged: 'acquittée', returnedUnacknowledged: 'terminée, non acquittée', shelved: 'mise de côté',
    suppressed: 'supprimée à dessein', outOfService: 'hors service',
  },
  filters: { all: 'Toutes les ouvertes', pressing: 'Urgentes et hautes', waiting: 'Non acquittées', aside: 'Mises de côté' },
  steps: {
    raise: 'levée', return: 'terminée', acknowledge: 'acquittée', shelve: 'mise de côté', unshelve: 'reprise', suppress: 'supprimée', unsuppress: 'n’est plus supprimée', removeFromService: 'mise hors service',
    returnToService: 'remise en service', fold: 'expliquée par une autre', unfold: 'vaut pour elle-même',
  },
};

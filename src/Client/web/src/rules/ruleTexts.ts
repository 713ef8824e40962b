import type { TrialWhat } from './rulesApi.ts';

/** Texts of the screen of rules. */
export type RuleTexts = Record<
  | 'title' | 'lead' | 'newRule' | 'notKept' | 'listScope' | 'everywhere' | 'state' | 'anyState' | 'someVersionPublished' | 'withDraft' | 'count' | 'none'
  | 'starters' | 'startersHint' | 'copy' | 'name' | 'id' | 'idTaken' | 'idWrong' | 'scope' | 'text' | 'textHint' | 'fault' | 'goThere'
  | 'save' | 'saved' | 'publish' | 'publishAsk' | 'publishMeans' | 'published' | 'rollBack' | 'rollBackAsk' | 'rollBackMeans' | 'remove' | 'removeAsk' | 'removeMeans'
  | 'leaveAsk' | 'leaveMeans' | 'leave' | 'draftOnly' | 'publishedAs' | 'publishedAndDraft'
  | 'rolloutTitle' | 'rolloutAsked' | 'rolloutNone' | 'rolloutRunning' | 'rolloutComplete'
  | 'refused' | 'refusedTitle' | 'why' | 'warnings'
  | 'versions' | 'versionsTitle' | 'version' | 'by' | 'when' | 'isPublished' | 'isDraft' | 'isFormer' | 'restore' | 'restoreVersion' | 'restored'
  | 'trial' | 'trialHint' | 'from' | 'to' | 'tryIt' | 'tryCancel' | 'trying' | 'didNothing' | 'triedOn' | 'readings' | 'cut' | 'inexact' | 'soFar' | 'firstEvents' | 'device' | 'what' | 'detail',
  string
> & { did: Record<TrialWhat, string>; whats: Record<TrialWhat, string> };

export const en: RuleTexts = {
  title: 'Rules', lead: 'What must hold on a device, for how long and when, and what follows. Try a rule on last week before devices follow it.',
  newRule: 'New rule', notKept: 'Not kept yet.', listScope: 'Rules of the scope', everywhere: 'every scope', state: 'State', anyState: 'any', someVersionPublished: 'published', withDraft: 'with a draft',
  count: '{n} rule|{n} rules', none: 'No such rule yet: write one, or copy one of the starter set.',
  starters: 'Starter set: copy and adapt', startersHint: 'None of them is followed until you copy, try and publish it.', copy: 'Copy',
  name: 'Name', id: 'Identifier', idTaken: 'There is a rule “{id}” already: choose another identifier.', idWrong: 'The identifier takes 1 to 64 of A-Z a-z 0-9 . _ : -',
  scope: 'Scope', text: 'Rule', textHint: 'each KIND where … when CONDITION for DURATION within SCHEDULE then ACTION and ACTION. The starter set shows each part at work.',
  fault: 'Line {line}, column {column}: found {found}, expected {expected}.', goThere: 'Go there',
  save: 'Save draft', saved: 'Version {version} is kept. Devices follow it once it is published.', publish: 'Publish', publishAsk: 'Publish “{name}”?',
  publishMeans: 'Devices of {scope} follow version {version} from now on, in place of the one before. What it commands and raises is real.', published: 'Version {version} is published.',
  rollBack: 'Back to version {version}', rollBackAsk: 'Back to version {version} of “{name}”?', rollBackMeans: 'Devices follow the version again that was published before. What the present one has raised ends.',
  remove: 'Remove', removeAsk: 'Remove “{name}”?', removeMeans: 'Devices follow it no more, what it raised ends, and its versions are gone.',
  leaveAsk: 'Leave what is not saved?', leaveMeans: 'What you wrote in this rule since it was saved is lost.', leave: 'Leave it',
  draftOnly: 'Draft, version {version}', publishedAs: 'Published, version {published}', publishedAndDraft: 'Published, version {published}; draft, version {version}',
  rolloutTitle: 'Sectors that follow it', rolloutAsked: 'Asking the sectors', rolloutNone: 'No version is published.', rolloutRunning: '{done} of {all} sectors follow version {version}.',
  rolloutComplete: 'All {all} sectors follow version {version}.',
  refused: 'Decided and not done ({n})', refusedTitle: 'What the rule decided last and was not done', why: 'Why', warnings: 'It can be published, but look at this first:',
  versions: 'Versions ({n})', versionsTitle: 'Versions', version: 'Version', by: 'By', when: 'When', isPublished: 'published', isDraft: 'draft', isFormer: 'published before',
  restore: 'Make it the draft', restoreVersion: 'Make version {version} the draft', restored: 'Version {version} is the draft again, as version {draft}.',
  trial: 'What would it have done?', trialHint: 'By what devices measured in these days. Nothing is changed, raised or commanded.', from: 'From', to: 'To', tryIt: 'Try it', tryCancel: 'Stop',
  trying: 'Looking at what was measured', didNothing: 'It would have done nothing', triedOn: 'tried on {devices}, {readings}', readings: '{n} reading|{n} readings', cut: 'This is not all: {reason}. Choose fewer days or a smaller scope.', inexact: 'It may differ from what happened: {reason}.', soFar: '{devices}, {communes} of {of} communes',
  firstEvents: 'The first {n} of {all} are shown.', device: 'Device', what: 'What', detail: 'In detail',
  did: {
    raise: '{n} alarm raised|{n} alarms raised', clear: '{n} alarm ended|{n} alarms ended', command: '{n} command|{n} commands', workOrder: '{n} work order|{n} work orders',
    notify: '{n} message|{n} messages', setFlag: '{n} flag set|{n} flags set', endFlag: '{n} flag ended|{n} flags ended',
  },
  whats: { raise: 'raises an alarm', clear: 'ends an alarm', command: 'commands', workOrder: 'opens a work order', notify: 'sends a message', setFlag: 'sets a flag', endFlag: 'ends a flag' },
};

export const fr: RuleTexts = {
  title: 'Règles', lead: 'Ce qui doit être vrai d’un équipement, combien de temps et quand, et ce qui s’ensuit. Essayez une règle sur la semaine passée avant de la publier.',
  newRule: 'Nouvelle règle', notKept: 'Pas encore enregistrée.', listScope: 'Règles de la portée', everywhere: 'toutes les portées', state: 'État', anyState: 'tous', someVersionPublished: 'publiée', withDraft: 'avec un brouillon',
  count: '{n} règle|{n} règles', none: 'Pas encore de telle règle : écrivez-en une, ou copiez-en une du jeu de départ.',
  starters: 'Jeu de départ : copier et adapter', startersHint: 'Aucune n’est suivie tant que vous ne l’avez pas copiée, essayée et publiée.', copy: 'Copier',
  name: 'Nom', id: 'Identifiant', idTaken: 'Il y a déjà une règle « {id} » : choisissez un autre identifiant.', idWrong: 'L’identifiant prend 1 à 64 de A-Z a-z 0-9 . _ : -',
  scope: 'Portée', text: 'Règle', textHint: 'each TYPE where … when CONDITION for DURÉE within HORAIRE then ACTION and ACTION. Le jeu de départ montre chaque partie à l’œuvre.',
  fault: 'Ligne {line}, colonne {column} : {found} trouvé ; attendu : {expected}.', goThere: 'Y aller',
  save: 'Enregistrer le brouillon', saved: 'La version {version} est enregistrée. Les équipements la suivront une fois publiée.', publish: 'Publier', publishAsk: 'Publier « {name} » ?',
  publishMeans: 'Les équipements de {scope} suivent dès maintenant la version {version}, à la place de la précédente. Ce qu’elle commande et lève est réel.', published: 'La version {version} est publiée.',
  rollBack: 'Revenir à la version {version}', rollBackAsk: 'Revenir à la version {version} de « {name} » ?', rollBackMeans: 'Les équipements suivent de nouveau la version publiée auparavant. Ce que l’actuelle a levé prend fin.',
  remove: 'Supprimer', removeAsk: 'Supprimer « {name} » ?', removeMeans: 'Les équipements ne la suivent plus, ce qu’elle a levé prend fin, et ses versions disparaissent.',
  leaveAsk: 'Quitter ce qui n’est pas enregistré ?', leaveMeans: 'Ce que vous avez écrit dans cette règle depuis son enregistrement est perdu.', leave: 'Quitter',
  draftOnly: 'Brouillon, version {version}', publishedAs: 'Publiée, version {published}', publishedAndDraft: 'Publiée, version {published} ; brouillon, version {version}',
  rolloutTitle: 'Secteurs qui la suivent', rolloutAsked: 'Les secteurs sont interrogés', rolloutNone: 'Aucune version n’est publiée.', rolloutRunning: '{done} secteurs sur {all} suivent la version {version}.',
  rolloutComplete: 'Les {all} secteurs suivent tous la version {version}.',
  refused: 'Décidé et non fait ({n})', refusedTitle: 'Ce que la règle a décidé en dernier et qui n’a pas été fait', why: 'Pourquoi', warnings: 'Elle peut être publiée, mais voyez d’abord ceci :',
  versions: 'Versions ({n})', versionsTitle: 'Versions', version: 'Version', by: 'Par', when: 'Quand', isPublished: 'publiée', isDraft: 'brouillon', isFormer: 'publiée auparavant',
  restore: 'Reprendre en brouillon', restoreVersion: 'Reprendre la version {version} en brouillon', restored: 'La version {version} est de nouveau le brouillon, comme version {draft}.',
  trial: 'Qu’aurait-elle fait ?', trialHint: 'D’après ce que les équipements ont mesuré ces jours-là. Rien n’est changé, levé ni commandé.', from: 'Du', to: 'Au', tryIt: 'Essayer', tryCancel: 'Arrêter',
  trying: 'Lecture de ce qui a été mesuré', didNothing: 'Elle n’aurait rien fait', triedOn: 'essayée sur {devices}, {readings}', readings: '{n} mesure|{n} mesures', cut: 'Ce n’est pas tout : {reason}. Choisissez moins de jours ou une portée plus petite.', inexact: 'Il peut différer de ce qui s’est passé : {reason}.', soFar: '{devices}, {communes} communes sur {of}',
  firstEvents: 'Les {n} premiers sur {all} sont montrés.', device: 'Équipement', what: 'Quoi', detail: 'En détail',
  did: {
    raise: '{n} alarme levée|{n} alarmes levées', clear: '{n} alarme terminée|{n} alarmes terminées', command: '{n} commande|{n} commandes', workOrder: '{n} intervention|{n} interventions',
    notify: '{n} message|{n} messages', setFlag: '{n} drapeau levé|{n} drapeaux levés', endFlag: '{n} drapeau baissé|{n} drapeaux baissés',
  },
  whats: { raise: 'lève une alarme', clear: 'termine une alarme', command: 'commande', workOrder: 'ouvre une intervention', notify: 'envoie un message', setFlag: 'lève un drapeau', endFlag: 'baisse un drapeau' },
};

import * as alarms from './alarms/alarmTexts.ts';
import type { AlarmTexts } from './alarms/alarmTexts.ts';
import type { ControllerState, Delivery } from './api.ts';
import type { CommandState, Kind, Status } from './frames.ts';
import type { GroupCommand } from './group.ts';
import * as orders from './interventions/orderTexts.ts';
import type { OrderTexts } from './interventions/orderTexts.ts';
import type { LiveState } from './live.ts';
import * as promotion from './promotion/promotionTexts.ts';
import type { PromotionTexts } from './promotion/promotionTexts.ts';
import * as rules from './rules/ruleTexts.ts';
import type { RuleTexts } from './rules/ruleTexts.ts';
import type { ScopeTexts } from './territories.ts';
import type { ViewName } from './views.ts';

/** Every text on screen. `{n}` and the like are filled in where the text is used; a bar parts the singular from the plural. */
export interface Texts {
  title: string;
  skip: string;
  language: string;
  theme: string;
  themes: { auto: string; light: string; dark: string };
  live: Record<LiveState, string>;
  asOf: string;
  loadFailed: string;
  retry: string;
  noDepartment: string;
  noMap: string;
  map: string;
  zoomForDevices: string;
  tooMany: string;
  figures: string;
  territories: string;
  wholeDepartment: string;
  communes: string;
  communesCount: string;
  communeSearch: string;
  sort: string;
  sortName: string;
  sortAttention: string;
  sortSize: string;
  noMatch: string;
  devices: string;
  devicesOf: string;
  devicesInView: string;
  deviceSearch: string;
  deviceCount: string;
  attention: string;
  more: string;
  back: string;
  backTo: string;
  loading: string;
  failures: Record<'noAnswer' | 'signIn' | 'askForRight' | 'gone' | 'wait' | 'report', string>;
  kinds: Record<Kind, string>;
  kind: Record<Kind, string>;
  statuses: Record<Status, string>;
  lit: string;
  unlit: string;
  figure: Record<
    | 'lighting' | 'on' | 'off' | 'failed' | 'power' | 'energyToday' | 'savedToday'
    | 'water' | 'flow' | 'consumedToday' | 'leakSuspects'
    | 'buildings' | 'comfortBreaches'
    | 'bins' | 'binTotal' | 'over80' | 'overflowing' | 'fires'
    | 'environment' | 'localLevel' | 'coverage' | 'byStatus' | 'total',
    string
  >;
  lastSeen: string;
  neverSeen: string;
  reported: string;
  nothingReported: string;
  derived: string;
  expected: string;
  between: string;
  atMost: string;
  atLeast: string;
  /** What figures follow from: see docs/rules.md. */
  bases: Record<string, string>;
  since: string;
  conditionsTitle: string;
  conditions: Record<string, string>;
  work: string;
  alarms: AlarmTexts;
  workOrders: OrderTexts;
  rules: RuleTexts;
  promotion: PromotionTexts;
  scopes: ScopeTexts;
  views: Record<ViewName, string>;
  viewsLabel: string;
  findings: Record<'title' | 'none' | 'of', string> & { rules: Record<string, string>; shows: Record<string, string> };
  collection: Record<'title' | 'count' | 'unknown' | 'noStream', string> & { reasons: Record<string, string>; streams: Record<string, string> };
  maintenance: Record<'title' | 'none' | 'more', string> & { parts: Record<'lamp' | 'battery', string> };
  attributes: string;
  metric: string;
  value: string;
  at: string;
  yes: string;
  no: string;
  dim: string;
  dimTo: string;
  dimSend: string;
  dimSending: string;
  dimPassive: string;
  ledger: string;
  fedBy: string;
  lamps: Record<
    'title' | 'count' | 'none' | 'lit' | 'fed' | 'cut' | 'door' | 'doorOpen' | 'doorClosed' | 'breaker' | 'breakerTripped' | 'breakerClosed' | 'segment',
    string
  >;
  night: Record<
    | 'title' | 'choose' | 'previous' | 'next' | 'of' | 'none' | 'noneWhat' | 'program' | 'decision' | 'noDecision' | 'light'
    | 'warning' | 'chart' | 'table' | 'sunset' | 'sunrise' | 'ramp' | 'inField',
    string
  > & { field: Record<ControllerState, string> };
  order: Record<
    'followPlan' | 'untilPlan' | 'minutes' | 'hours' | 'duration' | 'segments' | 'on' | 'off' | 'asked' | 'nothing',
    string
  >;
  group: Record<
    | 'title' | 'allOn' | 'allOnIn' | 'allOnMeans' | 'allOnSend' | 'followIn' | 'followMeans' | 'followSend' | 'back' | 'cancel' | 'close' | 'progress',
    string
  > & { states: Record<GroupCommand['state'], string>; counts: Record<CommandState, string> };
  energy: Record<
    'title' | 'choose' | 'previous' | 'next' | 'used' | 'saved' | 'cost' | 'co2e' | 'source' | 'unset' | 'nothing' | 'chart' | 'table' | 'day',
    string
  >;
  notices: Record<'title' | 'onCall' | 'level' | 'nobody' | 'noCalendar' | 'unanswered' | 'last' | 'none', string> & { states: Record<Delivery['state'], string> };
  zones: Record<'title' | 'caption' | 'zone' | 'loss' | 'night' | 'coverage' | 'exact' | 'estimate' | 'unknown', string>;
  commandStates: Record<CommandState, string>;
  signIn: string;
  signInWhy: string;
  token: string;
  tokenRefused: string;
  legend: string;
  legendSize: string;
  legendGlow: string;
  metrics: Record<string, string>;
}

const en: Texts = {
  title: 'Grid',
  skip: 'Skip to the list',
  language: 'Language',
  theme: 'Appearance',
  themes: { auto: 'As the system', light: 'Light', dark: 'Dark' },
  live: { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting' },
  asOf: 'as of {time}',
  loadFailed: 'The territory could not be loaded: {reason}',
  retry: 'Try again',
  noDepartment: 'No device is registered yet where you have rights.',
  noMap: 'This browser cannot draw the map. The lists hold the same.',
  map: 'Map of the territory; the lists beside it hold the same',
  zoomForDevices: 'Zoom in, or choose a commune, to see its devices.',
  tooMany: '{n} more device is not shown: zoom in.|{n} more devices are not shown: zoom in.',
  figures: 'Figures',
  territories: 'Territory',
  wholeDepartment: 'Whole department',
  communes: 'Communes',
  communesCount: '{n} commune|{n} communes',
  communeSearch: 'Find a commune',
  sort: 'Order',
  sortName: 'Name',
  sortAttention: 'To check first',
  sortSize: 'Devices',
  noMatch: 'Nothing matches.',
  devices: 'Devices',
  devicesOf: 'Devices of {name}',
  devicesInView: 'Devices on the map',
  deviceSearch: 'Find a device by its identifier',
  deviceCount: '{n} device|{n} devices',
  attention: '{n} to check',
  more: '{n} more: narrow the search.',
  back: 'Back to the list',
  backTo: 'Back to {name}',
  loading: 'Loading',
  failures: {
    noAnswer: 'The server does not answer. Check the connection, then try again.', signIn: 'Reload the page to sign in again.',
    askForRight: 'Ask your administrator for this right.', gone: 'It may have been removed: go back to the list.', wait: 'Try again in a moment.',
    report: 'Try again; if it stays so, tell your administrator.',
  },
  kinds: { streetlight: 'Light points', cabinet: 'Cabinets', meter: 'Meters', building: 'Buildings', bin: 'Bins', environment: 'Environment' },
  kind: { streetlight: 'Light point', cabinet: 'Cabinet', meter: 'Meter', building: 'Building', bin: 'Bin', environment: 'Environment sensor' },
  statuses: { fault: 'Fault', warning: 'Warning', silent: 'Silent', unknown: 'Never heard', ok: 'OK' },
  lit: 'lit',
  unlit: 'off',
  figure: {
    lighting: 'Lighting', on: 'On', off: 'Off', failed: 'Failed', power: 'Power', energyToday: 'Energy today', savedToday: 'Saved today',
    water: 'Water', flow: 'Flow', consumedToday: 'Consumed today', leakSuspects: 'Suspected leaks',
    buildings: 'Buildings', comfortBreaches: 'Out of comfort',
    bins: 'Bins', binTotal: 'Bins', over80: 'Over 80 %', overflowing: 'Overflowing', fires: 'Fires',
    environment: 'Environment', localLevel: 'Local level', coverage: 'Heard recently', byStatus: 'By status', total: 'Devices',
  },
  lastSeen: 'Last heard',
  neverSeen: 'Never heard yet',
  reported: 'Reported',
  nothingReported: 'Nothing reported yet.',
  derived: 'What follows from it',
  expected: 'As expected',
  between: '{low} to {high}',
  atMost: 'at most {high}',
  atLeast: 'at least {low}',
  bases: {
    usual: 'usual', reported: 'reported', counted: 'counted', measured: 'measured', measuredCorrected: 'measured, for the weather', index: 'by the index', night: 'by night', calendar: 'by the calendar',
    given: 'given', learned: 'learned', learning: 'still learning', regression: 'regression', setback: 'set back', thresholds: 'thresholds', slope: 'by its filling', drop: 'by its drop', trend: 'trend',
    dimmingCurve: 'dimming curve', dischargeCurve: 'discharge curve', ratedLife: 'rated life', powerDrift: 'power drift', relativeTarget: 'relative target', absoluteTarget: 'absolute target',
    oneYear: 'last year', twoYears: 'two years', threeYears: 'three years', comparable: 'comparable dwellings',
  },
  since: 'since {time}',
  conditionsTitle: 'Conditions that hold',
  conditions: {
    lampFailure: 'Lamp failure', supplyLoss: 'Supply lost', breakerTripped: 'Breaker tripped', doorOpen: 'Door open', leakage: 'Earth leakage', tamper: 'Tampered with',
    backflow: 'Backflow', batteryLow: 'Battery low', frostRisk: 'Risk of frost', comfortBreach: 'Out of comfort', overflow: 'Overflowing', fire: 'Fire', tipped: 'Tipped over',
    localLevel: 'Local level', lampUnexpectedOn: 'Lit by day', lampCycling: 'Goes on and off', powerDrift: 'Power drifts', segmentUnexpectedOn: 'Segment on against its program',
    segmentUnexpectedOff: 'Segment off against its program', communicationLoss: 'Not heard', presenceBoostMissing: 'No boost for presence',
    consumptionUnexpected: 'Draws something else than its lamps', leak: 'Leak', burst: 'Burst', abnormalConsumption: 'Abnormal consumption',
    heatingUnoccupied: 'Heated while empty', baseLoadHigh: 'Draws too much by night', energyDrift: 'Takes more than its reference', rapidRise: 'Rises rapidly',
    discrepancy: 'Does not obey',
  },
  alarms: alarms.en,
  work: 'To be done',
  workOrders: orders.en,
  rules: rules.en,
  promotion: promotion.en,
  scopes: { all: 'All', department: 'Department', bodies: 'Bodies', communes: 'Communes', device: 'One device…', deviceId: 'device {id}' },
  views: { map: 'Map', orders: 'Work orders', rules: 'Rules', promotion: 'Promotion' },
  viewsLabel: 'Screens',
  findings: {
    title: 'Across trades', none: 'Nothing is found.', of: '{n} of {all} devices',
    rules: { supplyOutage: 'Supply failed', floodExposure: 'Water may reach', usedWhileClosed: 'Used while closed' },
    shows: {
      silent: 'silent', supplyLoss: 'supply lost', localLevel: 'local level', rapidRise: 'rises rapidly', rain: 'rain', exposed: 'exposed', heat: 'heated', power: 'draws power',
      water: 'water flows',
    },
  },
  collection: {
    title: 'To collect until tomorrow', count: '{n} bin|{n} bins', unknown: 'Of {n} bin nobody knows how full it is:|Of {n} bins nobody knows how full they are:', noStream: 'Others',
    reasons: { overflowing: 'overflows', full: 'full', fill: 'filled' }, streams: { glass: 'Glass', packaging: 'Packaging', household: 'Household waste' },
  },
  maintenance: { title: 'Expected to fail', none: 'Nothing is expected to fail until the end of next month.', more: 'There are more.', parts: { lamp: 'lamp', battery: 'battery' } },
  attributes: 'Attributes',
  metric: 'Metric',
  value: 'Value',
  at: 'At',
  yes: 'yes',
  no: 'no',
  dim: 'Dimming',
  dimTo: 'Level',
  dimSend: 'Set',
  dimSending: 'Sending',
  dimPassive: 'A passive light point follows its cabinet and takes no command.',
  ledger: 'Command',
  fedBy: 'Fed by',
  lamps: {
    title: 'Light points', count: 'Feeds {n} light point|Feeds {n} light points', none: 'No light point names this cabinet as its own (attribute “cabinet”).',
    lit: '{n} of {all} lit', fed: 'Fed', cut: 'Cut off', segment: 'segment {n}',
    door: 'Door', doorOpen: 'Open', doorClosed: 'Closed', breaker: 'Breaker', breakerTripped: 'Tripped', breakerClosed: 'Closed',
  },
  night: {
    title: 'Planned night', choose: 'Choose a night', previous: 'Previous night', next: 'Next night', of: '{from} to {to}',
    none: 'No lighting plan says what it does in this night.',
    noneWhat: 'To put it under one, assign a plan to its commune, its cabinet or itself: PUT /api/v1/lighting-plans/{id}/assignments.',
    program: 'program “{program}”', decision: 'Decision {reference} of {date}', noDecision: 'The plan cites no decision of the mayor.',
    light: 'Lit for {lit}; as much light as {full} in full.',
    warning: 'Lit from {from} to {to}, which the decree of 27 December 2018 does not allow (article {article}).',
    chart: 'Level over the night, lit for {hours}; the table below says the same', table: 'The night as a table',
    inField: 'Controllers under the plan:',
    field: {
      running: 'run it', live: 'switched live', pending: 'to be sent', transmitted: 'sent', acknowledged: 'have it', rejected: 'refuse it', unanswered: 'do not answer',
    },
    sunset: 'Sunset', sunrise: 'Sunrise', ramp: '{level}, over {seconds} s',
  },
  order: {
    followPlan: 'Follow the plan', untilPlan: 'until the plan is followed again', minutes: '{n} minute|{n} minutes', hours: '{n} hour|{n} hours', duration: 'For',
    segments: 'Switch segments', on: 'On', off: 'Off', asked: 'Should be: {what}', nothing: 'Nothing is asked of it.',
  },
  group: {
    title: 'Whole territory', allOn: 'All on now', allOnIn: 'All on now in {name}', followIn: 'Follow the plan in {name}',
    allOnMeans: '{n} light points in {name} are to be lit in full now, above their plans and every command. “Follow the plan” for the same territory ends it.',
    followMeans: '{n} light points in {name} go back to their plans. What was commanded, “all on now” included, ends.',
    allOnSend: 'Light {n} light point|Light {n} light points', followSend: 'Back to the plan for {n} light point|Back to the plan for {n} light points',
    back: 'Change nothing', cancel: 'Stop here', close: 'Close', progress: '{done} of {all} at their end',
    states: { running: 'under way', done: 'done', cancelled: 'stopped' },
    counts: {
      accepted: 'Waiting', transmitted: 'Transmitted', acknowledged: 'Acknowledged', confirmed: 'Confirmed', rejected: 'Rejected', expired: 'Expired',
      superseded: 'Replaced', failed: 'Failed',
    },
  },
  energy: {
    title: 'Energy and saving', choose: 'Choose a month', previous: 'Previous month', next: 'Next month', used: 'Used', saved: 'Saved', cost: 'Cost', co2e: 'CO₂e',
    source: 'CO₂e: {source}', unset: 'Cost and CO₂e show once their price and factor are set (Grid:Energy).', nothing: 'Nothing is recorded in this month yet.',
    chart: 'Energy of {month} by day, used and saved; the table below says the same', table: 'Days as a table', day: 'Day',
  },
  notices: {
    title: 'On call and notifications', onCall: 'On call now', level: 'Level {n}', nobody: 'nobody', noCalendar: 'No calendar of its own here: a wider territory’s counts.',
    unanswered: 'Nobody answered', last: 'Last notifications', none: 'None yet.',
    states: { pending: 'on its way', delivered: 'delivered', failed: 'failed', expired: 'expired' },
  },
  zones: {
    title: 'Water zones', caption: 'Losses of {date}, the greatest first', zone: 'Zone', loss: 'Loss a day', night: 'Night minimum', coverage: 'Meters known', exact: '{percent}, to the litre',
    estimate: 'about {volume} (estimate)', unknown: 'not known',
  },
  commandStates: {
    accepted: 'Accepted', transmitted: 'Transmitted', acknowledged: 'Acknowledged by the device', confirmed: 'Confirmed by its measurements',
    rejected: 'Rejected', expired: 'Expired: the measurements never showed it', superseded: 'Replaced by a newer command', failed: 'Failed: it could not be sent',
  },
  signIn: 'Sign in',
  signInWhy: 'Grid needs to know who you are. Paste the access token that was shown when it first started, or that your administrator gave you.',
  token: 'Access token',
  tokenRefused: 'This token is not accepted.',
  legend: 'Legend',
  legendSize: 'Circle: devices of a commune; its colour, the share to check',
  legendGlow: 'Halo: light points that are lit',
  metrics: {
    powerWatts: 'Power', energyWattHours: 'Energy index', supplyVolts: 'Supply', leakageMilliamperes: 'Leakage current', doorOpen: 'Door open',
    breakerTripped: 'Breaker tripped', programVersion: 'Program version', dimmingPercent: 'Dimming', burningHours: 'Burning hours',
    lampFailure: 'Lamp failure', presence: 'Presence', indexLitres: 'Index', indexWattHours: 'Index', flowLitresPerHour: 'Flow',
    backflowLitres: 'Backflow', tamper: 'Tampered', temperatureCelsius: 'Temperature', co2Ppm: 'CO₂', humidityPercent: 'Humidity',
    heatWattHours: 'Heat index', occupied: 'Occupied', outdoorCelsius: 'Outdoors', fillPercent: 'Fill', tilted: 'Tilted',
    levelMillimetres: 'Water level', rainMillimetresPerHour: 'Rain', pm25MicrogramsPerCubicMetre: 'Fine particles', noiseDecibels: 'Noise',
    soilMoisturePercent: 'Soil moisture', batteryPercent: 'Battery', segmentOn: 'Segment {n}',
    reportingIntervalMinutes: 'Reports every', lostReportsPercent: 'Reports lost', powerAtLevelWatts: 'Power at this level', usualFillRatePercentPerHour: 'Fills at this hour by',
    flowLastHourLitresPerHour: 'Flow of the last hour', powerLastHourWatts: 'Power of the last hour', stillAt: 'Last without flow',
    consumedTodayLitres: 'Consumed today', consumedYesterdayLitres: 'Consumed yesterday', consumedTodayWattHours: 'Consumed today', consumedYesterdayWattHours: 'Consumed yesterday',
    consumedThisMonthLitres: 'Consumed this month', leakNights: 'Nights with flow', nightMinimumLitresPerHour: 'Least flow by night', closedSince: 'Closed since',
    dayEnergyKilowattHours: 'Energy of the last day', energyDriftPercent: 'Beyond its reference', nightPowerWatts: 'Power by night', openHeatWattsPerKelvin: 'Heat when open',
    signatureBaseKilowattHours: 'Signature: base of a day', signatureKilowattHoursPerHeatingDegreeDay: 'Signature: heating', signatureKilowattHoursPerCoolingDegreeDay: 'Signature: cooling',
    signatureKilowattHoursPerOpenDay: 'Signature: open day', signatureRSquared: 'Signature: R²', signatureVariationPercent: 'Signature: CV(RMSE)', signatureDays: 'Signature: days',
    tertiaryEnergyKilowattHours: 'Décret tertiaire: energy of a year', tertiaryReductionPercent: 'Décret tertiaire: reduction', emptiedAt: 'Emptied', expectedFillPercent: 'Fill behind the noise',
    fillRatePercentPerHour: 'Fills by', fullAt: 'Full', timeToFullHours: 'Time to full', batteryEmptyAt: 'Battery empty', batteryDropPercentPerMonth: 'Battery falls by',
    expectedBatteryPercent: 'Battery behind the noise', lampFailureAt: 'Lamp at its end', powerDriftPercent: 'Power drift', powerDriftPercentPerYear: 'Power drifts by', rainedAt: 'Last rain',
  },
};

const fr: Texts = {
  title: 'Grid',
  skip: 'Aller à la liste',
  language: 'Langue',
  theme: 'Apparence',
  themes: { auto: 'Comme le système', light: 'Claire', dark: 'Sombre' },
  live: { connecting: 'Connexion', live: 'En direct', reconnecting: 'Reconnexion' },
  asOf: 'à {time}',
  loadFailed: 'Le territoire n’a pas pu être chargé : {reason}',
  retry: 'Réessayer',
  noDepartment: 'Aucun équipement n’est encore enregistré là où vous avez des droits.',
  noMap: 'Ce navigateur ne peut pas dessiner la carte. Les listes disent la même chose.',
  map: 'Carte du territoire ; les listes à côté disent la même chose',
  zoomForDevices: 'Zoomez ou choisissez une commune pour voir ses équipements.',
  tooMany: '{n} équipement de plus n’est pas montré : zoomez.|{n} équipements de plus ne sont pas montrés : zoomez.',
  figures: 'Chiffres',
  territories: 'Territoire',
  wholeDepartment: 'Tout le département',
  communes: 'Communes',
  communesCount: '{n} commune|{n} communes',
  communeSearch: 'Chercher une commune',
  sort: 'Ordre',
  sortName: 'Nom',
  sortAttention: 'À surveiller d’abord',
  sortSize: 'Équipements',
  noMatch: 'Aucun résultat.',
  devices: 'Équipements',
  devicesOf: 'Équipements de {name}',
  devicesInView: 'Équipements sur la carte',
  deviceSearch: 'Chercher un équipement par son identifiant',
  deviceCount: '{n} équipement|{n} équipements',
  attention: '{n} à surveiller',
  more: '{n} de plus : précisez la recherche.',
  back: 'Retour à la liste',
  backTo: 'Retour à {name}',
  loading: 'Chargement',
  failures: {
    noAnswer: 'Le serveur ne répond pas. Vérifiez la connexion, puis réessayez.', signIn: 'Rechargez la page pour vous reconnecter.',
    askForRight: 'Demandez ce droit à votre administrateur.', gone: 'Il a peut-être été retiré : revenez à la liste.', wait: 'Réessayez dans un instant.',
    report: 'Réessayez ; si cela persiste, prévenez votre administrateur.',
  },
  kinds: { streetlight: 'Points lumineux', cabinet: 'Armoires', meter: 'Compteurs', building: 'Bâtiments', bin: 'Bacs', environment: 'Environnement' },
  kind: { streetlight: 'Point lumineux', cabinet: 'Armoire', meter: 'Compteur', building: 'Bâtiment', bin: 'Bac', environment: 'Capteur d’environnement' },
  statuses: { fault: 'En défaut', warning: 'À surveiller', silent: 'Muet', unknown: 'Jamais entendu', ok: 'Normal' },
  lit: 'allumé',
  unlit: 'éteint',
  figure: {
    lighting: 'Éclairage', on: 'Allumés', off: 'Éteints', failed: 'En panne', power: 'Puissance', energyToday: 'Énergie du jour', savedToday: 'Économisée ce jour',
    water: 'Eau', flow: 'Débit', consumedToday: 'Consommée ce jour', leakSuspects: 'Fuites suspectées',
    buildings: 'Bâtiments', comfortBreaches: 'Hors confort',
    bins: 'Bacs', binTotal: 'Bacs', over80: 'Plus de 80 %', overflowing: 'Débordent', fires: 'Feux',
    environment: 'Environnement', localLevel: 'Niveau local', coverage: 'Entendus récemment', byStatus: 'Par état', total: 'Équipements',
  },
  lastSeen: 'Entendu',
  neverSeen: 'Jamais entendu',
  reported: 'Mesures',
  nothingReported: 'Aucune mesure reçue.',
  derived: 'Ce qui s’en déduit',
  expected: 'Attendu',
  between: '{low} à {high}',
  atMost: 'au plus {high}',
  atLeast: 'au moins {low}',
  bases: {
    usual: 'habituel', reported: 'déclaré', counted: 'compté', measured: 'mesuré', measuredCorrected: 'mesuré, corrigé du climat', index: 'd’après l’index', night: 'la nuit', calendar: 'd’après le calendrier',
    given: 'donné', learned: 'appris', learning: 'en apprentissage', regression: 'régression', setback: 'réduit', thresholds: 'seuils', slope: 'd’après son remplissage', drop: 'd’après sa baisse', trend: 'tendance',
    dimmingCurve: 'courbe de gradation', dischargeCurve: 'courbe de décharge', ratedLife: 'durée de vie assignée', powerDrift: 'dérive de puissance', relativeTarget: 'objectif relatif', absoluteTarget: 'objectif absolu',
    oneYear: 'année précédente', twoYears: 'deux ans', threeYears: 'trois ans', comparable: 'logements comparables',
  },
  since: 'depuis {time}',
  conditionsTitle: 'Constats en cours',
  conditions: {
    lampFailure: 'Lampe en panne', supplyLoss: 'Alimentation perdue', breakerTripped: 'Disjoncteur déclenché', doorOpen: 'Porte ouverte', leakage: 'Fuite à la terre', tamper: 'Fraude',
    backflow: 'Retour d’eau', batteryLow: 'Batterie faible', frostRisk: 'Risque de gel', comfortBreach: 'Hors confort', overflow: 'Déborde', fire: 'Feu', tipped: 'Renversé',
    localLevel: 'Niveau local', lampUnexpectedOn: 'Allumé de jour', lampCycling: 'S’allume et s’éteint', powerDrift: 'Puissance qui dérive', segmentUnexpectedOn: 'Segment allumé hors programme',
    segmentUnexpectedOff: 'Segment éteint hors programme', communicationLoss: 'Plus entendu', presenceBoostMissing: 'Pas de renfort à la présence',
    consumptionUnexpected: 'Consomme autre chose que ses lampes', leak: 'Fuite', burst: 'Rupture', abnormalConsumption: 'Consommation anormale',
    heatingUnoccupied: 'Chauffé sans occupants', baseLoadHigh: 'Talon de nuit trop haut', energyDrift: 'Consomme plus que sa référence', rapidRise: 'Monte vite',
    discrepancy: 'N’obéit pas',
  },
  alarms: alarms.fr,
  work: 'À faire',
  workOrders: orders.fr,
  rules: rules.fr,
  promotion: promotion.fr,
  scopes: { all: 'Tout', department: 'Département', bodies: 'Collectivités', communes: 'Communes', device: 'Un équipement…', deviceId: 'équipement {id}' },
  views: { map: 'Carte', orders: 'Interventions', rules: 'Règles', promotion: 'Généralisation' },
  viewsLabel: 'Écrans',
  findings: {
    title: 'Entre les métiers', none: 'Rien n’est constaté.', of: '{n} équipements sur {all}',
    rules: { supplyOutage: 'Alimentation en panne', floodExposure: 'L’eau peut atteindre', usedWhileClosed: 'Utilisé pendant la fermeture' },
    shows: {
      silent: 'muet', supplyLoss: 'alimentation perdue', localLevel: 'niveau local', rapidRise: 'monte vite', rain: 'pluie', exposed: 'exposé', heat: 'chauffé', power: 'consomme de l’électricité',
      water: 'l’eau coule',
    },
  },
  collection: {
    title: 'À collecter d’ici demain', count: '{n} bac|{n} bacs', unknown: 'De {n} bac on ignore le remplissage :|De {n} bacs on ignore le remplissage :', noStream: 'Autres',
    reasons: { overflowing: 'déborde', full: 'plein', fill: 'rempli' }, streams: { glass: 'Verre', packaging: 'Emballages', household: 'Ordures ménagères' },
  },
  maintenance: { title: 'Pannes attendues', none: 'Aucune panne n’est attendue d’ici la fin du mois prochain.', more: 'Il y en a d’autres.', parts: { lamp: 'lampe', battery: 'batterie' } },
  attributes: 'Attributs',
  metric: 'Mesure',
  value: 'Valeur',
  at: 'À',
  yes: 'oui',
  no: 'non',
  dim: 'Gradation',
  dimTo: 'Niveau',
  dimSend: 'Régler',
  dimSending: 'Envoi',
  dimPassive: 'Un point lumineux passif suit son armoire et ne reçoit pas de commande.',
  ledger: 'Commande',
  fedBy: 'Alimenté par',
  lamps: {
    title: 'Points lumineux', count: 'Alimente {n} point lumineux|Alimente {n} points lumineux', none: 'Aucun point lumineux ne nomme cette armoire (attribut « cabinet »).',
    lit: '{n} sur {all} allumé|{n} sur {all} allumés', fed: 'Sous tension', cut: 'Hors tension', segment: 'segment {n}',
    door: 'Porte', doorOpen: 'Ouverte', doorClosed: 'Fermée', breaker: 'Disjoncteur', breakerTripped: 'Déclenché', breakerClosed: 'Enclenché',
  },
  night: {
    title: 'Nuit prévue', choose: 'Choisir une nuit', previous: 'Nuit précédente', next: 'Nuit suivante', of: 'Du {from} au {to}',
    none: 'Aucun plan d’éclairage ne dit ce qu’il fait cette nuit.',
    noneWhat: 'Pour l’y soumettre, affectez un plan à sa commune, à son armoire ou à lui-même : PUT /api/v1/lighting-plans/{id}/assignments.',
    program: 'programme « {program} »', decision: 'Décision {reference} du {date}', noDecision: 'Le plan ne cite aucune décision du maire.',
    light: 'Allumé {lit} ; autant de lumière que {full} à pleine puissance.',
    warning: 'Allumé de {from} à {to}, ce que l’arrêté du 27 décembre 2018 ne permet pas (article {article}).',
    chart: 'Niveau au fil de la nuit, allumé {hours} ; le tableau ci-dessous dit la même chose', table: 'La nuit en tableau',
    inField: 'Contrôleurs sous ce plan :',
    field: {
      running: 'l’exécutent', live: 'commandés en direct', pending: 'à envoyer', transmitted: 'envoyés', acknowledged: 'l’ont reçu', rejected: 'le refusent', unanswered: 'ne répondent pas',
    },
    sunset: 'Coucher du soleil', sunrise: 'Lever du soleil', ramp: '{level}, en {seconds} s',
  },
  order: {
    followPlan: 'Suivre le plan', untilPlan: 'jusqu’au retour au plan', minutes: '{n} minute|{n} minutes', hours: '{n} heure|{n} heures', duration: 'Pendant',
    segments: 'Commander les segments', on: 'Marche', off: 'Arrêt', asked: 'Demandé : {what}', nothing: 'Rien ne lui est demandé.',
  },
  group: {
    title: 'Tout le territoire', allOn: 'Tout allumer', allOnIn: 'Tout allumer : {name}', followIn: 'Suivre le plan : {name}',
    allOnMeans: '{n} points lumineux de {name} seront allumés à pleine puissance, par-dessus leurs plans et toute commande. « Suivre le plan » pour le même territoire y met fin.',
    followMeans: '{n} points lumineux de {name} reviennent à leurs plans. Ce qui était commandé prend fin, « Tout allumer » compris.',
    allOnSend: 'Allumer {n} point lumineux|Allumer {n} points lumineux', followSend: 'Retour au plan pour {n} point lumineux|Retour au plan pour {n} points lumineux',
    back: 'Ne rien changer', cancel: 'Arrêter là', close: 'Fermer', progress: '{done} sur {all} terminés',
    states: { running: 'en cours', done: 'terminé', cancelled: 'arrêté' },
    counts: {
      accepted: 'En attente', transmitted: 'Transmises', acknowledged: 'Acquittées', confirmed: 'Confirmées', rejected: 'Refusées', expired: 'Expirées',
      superseded: 'Remplacées', failed: 'En échec',
    },
  },
  energy: {
    title: 'Énergie et économies', choose: 'Choisir un mois', previous: 'Mois précédent', next: 'Mois suivant', used: 'Consommée', saved: 'Économisée', cost: 'Coût', co2e: 'CO₂e',
    source: 'CO₂e : {source}', unset: 'Le coût et le CO₂e s’affichent une fois leur prix et leur facteur réglés (Grid:Energy).', nothing: 'Rien n’est encore enregistré ce mois-ci.',
    chart: 'Énergie de {month} par jour, consommée et économisée ; le tableau ci-dessous dit la même chose', table: 'Les jours en tableau', day: 'Jour',
  },
  notices: {
    title: 'Astreinte et notifications', onCall: 'D’astreinte maintenant', level: 'Niveau {n}', nobody: 'personne', noCalendar: 'Pas de calendrier propre : celui d’un territoire plus large compte.',
    unanswered: 'Sans réponse', last: 'Dernières notifications', none: 'Aucune pour l’instant.',
    states: { pending: 'en cours', delivered: 'remise', failed: 'en échec', expired: 'expirée' },
  },
  zones: {
    title: 'Secteurs d’eau', caption: 'Pertes du {date}, la plus forte d’abord', zone: 'Secteur', loss: 'Perte par jour', night: 'Minimum nocturne', coverage: 'Compteurs connus', exact: '{percent}, au litre près',
    estimate: 'environ {volume} (estimation)', unknown: 'inconnu',
  },
  commandStates: {
    accepted: 'Acceptée', transmitted: 'Transmise', acknowledged: 'Acquittée par l’équipement', confirmed: 'Confirmée par ses mesures',
    rejected: 'Refusée', expired: 'Expirée : les mesures ne l’ont jamais montrée', superseded: 'Remplacée par une commande plus récente', failed: 'En échec : elle n’a pas pu être envoyée',
  },
  signIn: 'Se connecter',
  signInWhy: 'Grid doit savoir qui vous êtes. Collez le jeton d’accès affiché à son premier démarrage, ou remis par votre administrateur.',
  token: 'Jeton d’accès',
  tokenRefused: 'Ce jeton n’est pas accepté.',
  legend: 'Légende',
  legendSize: 'Cercle : équipements d’une commune ; sa couleur, la part à surveiller',
  legendGlow: 'Halo : points lumineux allumés',
  metrics: {
    powerWatts: 'Puissance', energyWattHours: 'Index d’énergie', supplyVolts: 'Alimentation', leakageMilliamperes: 'Courant de fuite', doorOpen: 'Porte ouverte',
    breakerTripped: 'Disjoncteur déclenché', programVersion: 'Version du programme', dimmingPercent: 'Gradation', burningHours: 'Heures d’allumage',
    lampFailure: 'Lampe en panne', presence: 'Présence', indexLitres: 'Index', indexWattHours: 'Index', flowLitresPerHour: 'Débit',
    backflowLitres: 'Retour d’eau', tamper: 'Fraude', temperatureCelsius: 'Température', co2Ppm: 'CO₂', humidityPercent: 'Humidité',
    heatWattHours: 'Index de chaleur', occupied: 'Occupé', outdoorCelsius: 'Extérieur', fillPercent: 'Remplissage', tilted: 'Renversé',
    levelMillimetres: 'Niveau d’eau', rainMillimetresPerHour: 'Pluie', pm25MicrogramsPerCubicMetre: 'Particules fines', noiseDecibels: 'Bruit',
    soilMoisturePercent: 'Humidité du sol', batteryPercent: 'Batterie', segmentOn: 'Segment {n}',
    reportingIntervalMinutes: 'Émet tous les', lostReportsPercent: 'Messages perdus', powerAtLevelWatts: 'Puissance à ce niveau', usualFillRatePercentPerHour: 'Se remplit à cette heure de',
    flowLastHourLitresPerHour: 'Débit de la dernière heure', powerLastHourWatts: 'Puissance de la dernière heure', stillAt: 'Dernier arrêt du débit',
    consumedTodayLitres: 'Consommé ce jour', consumedYesterdayLitres: 'Consommé hier', consumedTodayWattHours: 'Consommé ce jour', consumedYesterdayWattHours: 'Consommé hier',
    consumedThisMonthLitres: 'Consommé ce mois', leakNights: 'Nuits avec débit', nightMinimumLitresPerHour: 'Débit minimal de nuit', closedSince: 'Fermé depuis',
    dayEnergyKilowattHours: 'Énergie du dernier jour', energyDriftPercent: 'Au-delà de sa référence', nightPowerWatts: 'Puissance de nuit', openHeatWattsPerKelvin: 'Chaleur à l’ouverture',
    signatureBaseKilowattHours: 'Signature : base d’un jour', signatureKilowattHoursPerHeatingDegreeDay: 'Signature : chauffage', signatureKilowattHoursPerCoolingDegreeDay: 'Signature : froid',
    signatureKilowattHoursPerOpenDay: 'Signature : jour ouvert', signatureRSquared: 'Signature : R²', signatureVariationPercent: 'Signature : CV(RMSE)', signatureDays: 'Signature : jours',
    tertiaryEnergyKilowattHours: 'Décret tertiaire : énergie d’un an', tertiaryReductionPercent: 'Décret tertiaire : réduction', emptiedAt: 'Vidé', expectedFillPercent: 'Remplissage sans le bruit',
    fillRatePercentPerHour: 'Se remplit de', fullAt: 'Plein', timeToFullHours: 'Temps avant plein', batteryEmptyAt: 'Batterie vide', batteryDropPercentPerMonth: 'La batterie perd',
    expectedBatteryPercent: 'Batterie sans le bruit', lampFailureAt: 'Fin de vie de la lampe', powerDriftPercent: 'Dérive de puissance', powerDriftPercentPerYear: 'La puissance dérive de', rainedAt: 'Dernière pluie',
  },
};

export const texts = { en, fr };

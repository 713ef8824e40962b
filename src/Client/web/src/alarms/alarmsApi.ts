import { call, type Page } from '../http.ts';

export type AlarmState = 'normal' | 'unacknowledged' | 'acknowledged' | 'returnedUnacknowledged' | 'shelved' | 'suppressed' | 'outOfService';

export type AlarmPriority = 'low' | 'medium' | 'high' | 'urgent';

/** One for each source and condition, however often it repeats. */
export interface Alarm {
  id: string;
  source: string;
  condition: string;
  commune: string;
  priority: AlarmPriority;
  state: AlarmState;
  raisedAt: string;
  clearedAt: string | null;
  count: number;
  parent: string | null;
  /** Alarms that it explains. */
  children: number;
  message: string;
  consequence?: string;
  /** What to do. */
  action?: string;
  respondBy?: string;
  shelvedUntil?: string;
  /** Oldest first; not in lists. */
  history?: { action: string; by: string; time: string; note: string | null }[];
}

/** What a person does to an alarm, with what they have to say along. */
export type AlarmOrder =
  | { act: 'acknowledge'; body: { note?: string } }
  | { act: 'shelve'; body: { until: string; reason: string } }
  | { act: 'out-of-service'; body: { reason: string } }
  | { act: 'unshelve' | 'in-service'; body?: undefined };

const path = (id: string) => `/api/v1/alarms/${encodeURIComponent(id)}`;

const said = (language: string) => ({ 'Accept-Language': language });

/** The newest alarms of a scope that stand for themselves; `filter` as the query has it. */
export const alarms = async (scope: string, filter: string, limit: number, language: string) =>
  (await call('GET', `/api/v1/alarms?scope=${encodeURIComponent(scope)}${filter}&limit=${limit}`, undefined, said(language))).value as Page<Alarm>;

/** The newest of those that another one explains. */
export const childrenOf = async (id: string, limit: number, language: string) =>
  ((await call('GET', `/api/v1/alarms?parent=${encodeURIComponent(id)}&limit=${limit}`, undefined, said(language))).value as Page<Alarm>).items;

/** One with its history. */
export const alarm = async (id: string, language: string) => (await call('GET', path(id), undefined, said(language))).value as Alarm;

/** `key` makes a repeated request one order. */
export const orderAlarm = async (id: string, { act, body }: AlarmOrder, key: string, language: string) =>
  (await call('POST', `${path(id)}/${act}`, body, { 'Idempotency-Key': key, ...said(language) })).value as Alarm;

/** Several at once; one that cannot be costs the others nothing. */
export const acknowledgeAll = async (ids: readonly string[]) =>
  (await call('POST', '/api/v1/alarms/acknowledge', { ids })).value as { accepted: number; rejected: { id: string; reason: string }[] };

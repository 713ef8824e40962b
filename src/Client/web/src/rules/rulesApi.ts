import { all, call, get } from '../http.ts';
import { language } from '../i18n.ts';
import type { Language } from '../language.ts';

/** A trial reads what thousands of devices measured: the server waits some seconds for it, and goes on when asked for the same again. */
const trialMillis = 60_000;

export interface RuleItem {
  id: string;
  name: string;
  scope: string;
  version: number;
  published: number | null;
}

export interface RuleVersion {
  version: number;
  name: string;
  scope: string;
  by: string;
  at: string;
  rule: unknown;
}

/** What speaks against a rule that can be published all the same: a loop that it is part of. */
export interface RuleWarning {
  rules: string[];
  message: string;
}

export interface Rule extends RuleItem {
  former: number | null;
  text: string;
  versions: RuleVersion[];
  warnings: RuleWarning[];
}

export interface Rollout {
  version: number | null;
  sectors: number;
  following: number;
  isComplete: boolean;
  behind: string[];
}

export interface Starter {
  id: string;
  name: Record<Language, string>;
  text: Record<Language, string>;
  why: Record<Language, string>;
}

export type TrialWhat = 'raise' | 'clear' | 'command' | 'workOrder' | 'notify' | 'setFlag' | 'endFlag';

export interface Trial {
  events: { at: string; device: string; what: TrialWhat; detail: string }[];
  /** Of all events, told or not. */
  counts: Partial<Record<TrialWhat, number>>;
  devices: number;
  readings: number;
  communes: number;
  ofCommunes: number;
  done: boolean;
  /** Why it is not whole; in the language of the page. */
  cut: string | null;
  exact: boolean;
  /** Why it may differ from what happened; in the language of the page. */
  inexact: string[];
  warnings: RuleWarning[];
}

/** What it decided and was not done. */
export interface Refusal {
  device: string;
  what: TrialWhat;
  at: string;
  reason: string;
}

/** A version in its text or, as it is kept, in its JSON form. */
export type RuleInput = { name: string; scope: string } & ({ text: string } | { rule: unknown });

/** Why a rule is refused is told in the language of the page. */
const said = () => ({ 'Accept-Language': language() });

const path = (id: string) => `/api/v1/rules/${encodeURIComponent(id)}`;

export const rules = () => all<RuleItem>('/api/v1/rules?limit=1000');

export const starters = () => get<Starter[]>('/api/v1/rules/starter');

export const rule = async (id: string) => (await call('GET', path(id), undefined, said())).value as Rule;

export const rollout = (id: string) => get<Rollout>(`${path(id)}/rollout`);

/** Newest first. */
export const refusals = async (id: string) => ((await call('GET', `${path(id)}/refused`, undefined, said())).value as { items: Refusal[] }).items;

/** Keeps a draft. */
export const putRule = async (id: string, input: RuleInput) => (await call('PUT', path(id), input, said())).value as Rule;

export const publishRule = async (id: string) => (await call('POST', `${path(id)}/publish`, undefined, said())).value as Rule;

export const rollBackRule = async (id: string) => (await call('POST', `${path(id)}/rollback`, undefined, said())).value as Rule;

export const deleteRule = (id: string) => call('DELETE', path(id), undefined, said());

/** What it would have done between two instants; with the id of the rule of which it would be the next version. Asked for again until it is done. */
export const tryRule = async (id: string | null, input: RuleInput, from: string, to: string, signal: AbortSignal, soFar: (found: Trial) => void): Promise<Trial> => {
  for (;;) {
    const found = (await call('POST', '/api/v1/rules/test', { id, rule: input, from, to }, said(), { millis: trialMillis, signal })).value as Trial;
    if (found.done) return found;
    soFar(found);
  }
};

/** Ends what nobody waits for any more. */
export const stopTrial = (input: RuleInput, from: string, to: string) => call('POST', '/api/v1/rules/test', { rule: input, from, to, stop: true }, said());

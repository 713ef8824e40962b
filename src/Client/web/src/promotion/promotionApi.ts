import { call } from '../http.ts';

export const parts = ['parameters', 'plans', 'rules'] as const;

export type Part = (typeof parts)[number];

export interface PromotionItem {
  what: 'parameter' | 'plan' | 'rule';
  id: string;
  name: string;
  change: 'new' | 'replaced' | 'same' | 'blocked';
  before: string | null;
  after: string | null;
  devices: number | null;
  pilotDevices: number;
  reason: string | null;
  isDone: boolean | null;
  /** Of a plan: the group of devices that it is for. */
  group?: string;
}

export interface Promotion {
  from: string;
  to: string;
  difference: string;
  items: PromotionItem[];
}

export interface PromotionInput {
  from: string;
  to: string;
  parts: Part[];
}

/** A department has many rules and sectors: it is given longer than other questions. */
const patience = { millis: 120_000 };

/** What would change. */
export const testPromotion = async (input: PromotionInput) => (await call('POST', '/api/v1/promotions/test', input, {}, patience)).value as Promotion;

/** Carries out the difference that was looked at, and no other. */
export const promote = async (input: PromotionInput, difference: string) => (await call('POST', '/api/v1/promotions', { ...input, difference }, {}, patience)).value as Promotion;

/** What is to be changed. */
export const due = ({ items }: Promotion) => items.filter(({ change }) => change === 'new' || change === 'replaced');

/** Why the server blocks an item, as far as the page knows its words. Pure. */
export function blockOf(reason: string): { why: 'draft' | 'newerDraft' | 'noBody' | 'otherPlan'; values: Record<string, string> } | null {
  if (reason.startsWith('is a draft:')) return { why: 'draft', values: {} };
  if (reason.startsWith('is for the body:')) return { why: 'noBody', values: {} };
  const newer = /^has version (\d+) as a draft beside the published (\d+)/.exec(reason);
  if (newer) return { why: 'newerDraft', values: { draft: newer[1] ?? '', published: newer[2] ?? '' } };
  const plan = /^cannot be assigned: plan '([^']*)'/.exec(reason);
  return plan ? { why: 'otherPlan', values: { plan: plan[1] ?? '' } } : null;
}

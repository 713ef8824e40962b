import { statuses, type Device, type Status, type Summary } from './frames.ts';

/** Devices of a territory that somebody should look at. */
export function attentionCount(summary: Summary): number {
  const { fault = 0, warning = 0, silent = 0 } = summary.devices.byStatus;
  return fault + warning + silent;
}

/**
 * One state for a whole territory. A fire is a fault whatever the rest; otherwise the share of devices decides: a town always has a few
 * lamps out, and a map that is red everywhere says nothing.
 */
export function stateOf(summary: Summary): Status {
  const { total, byStatus } = summary.devices;
  const { fault = 0, silent = 0, unknown = 0 } = byStatus;
  if ((summary.bins?.fires ?? 0) > 0 || fault + silent > 0.1 * total) return 'fault';
  if (attentionCount(summary) > 0.03 * total) return 'warning';
  return total > 0 && unknown > 0.5 * total ? 'unknown' : 'ok';
}

/** The share of light points that are lit, 0 to 1. */
export function litShare(summary: Summary): number {
  const { on = 0, off = 0, failed = 0 } = summary.lighting ?? {};
  return on + off + failed === 0 ? 0 : on / (on + off + failed);
}

const severity = new Map<Status, number>(statuses.map((status, index) => [status, index]));

/** Devices that want attention first, then by identifier. */
export function byAttention(a: Device, b: Device): number {
  return (severity.get(a.status) ?? 0) - (severity.get(b.status) ?? 0) || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}

/** Lower case without accents or punctuation, so that "plougastel daoulas" finds Plougastel-Daoulas. */
export function searchable(text: string): string {
  return text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, ' ')
    .trim();
}

import type { Command, Kind, Status, Summary } from './frames.ts';
import { token } from './session.ts';

const timeoutMillis = 15_000;

export interface CommuneSummary extends Summary {
  population?: number;
  /** Absent when the place of the commune is unknown: it is in the list and not on the map. */
  position?: { lon: number; lat: number } | null;
}

export interface DeviceDetail {
  id: string;
  kind: Kind;
  commune: string;
  name: string;
  attributes: Record<string, string | number | boolean>;
  status: Status;
  lastSeen: string | null;
  reported: Record<string, { value: number; time: string }>;
}

interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

/** What the server refuses (RFC 9457), or a network that does not answer (`status` 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    title: string,
    readonly fields: Record<string, string[]>,
  ) {
    super(title);
  }

  /** One line for people: the title, then each field with its reasons. */
  get line(): string {
    const reasons = Object.entries(this.fields).map(([field, texts]) => `${field}: ${[texts].flat().join(', ')}`);
    return [this.message, ...reasons].join(' – ');
  }
}

export const departments = () => all<Summary>('/api/v1/departments?limit=1000');

export const communesOf = (department: string) => all<CommuneSummary>(`/api/v1/communes?department=${encodeURIComponent(department)}&limit=1000`);

export const device = (id: string) => get<DeviceDetail>(`/api/v1/devices/${encodeURIComponent(id)}`);

export const command = (id: string) => get<Command>(`/api/v1/commands/${encodeURIComponent(id)}`);

/** Asks a lamp to dim. `key` makes a repeated request one command. */
export async function setDimming(id: string, percent: number, key: string): Promise<Command> {
  const body = { name: 'setDimming', args: { percent }, expiresIn: 'PT15M' };
  const { headers } = await call('POST', `/api/v1/devices/${encodeURIComponent(id)}/commands`, body, { 'Idempotency-Key': key });
  return get<Command>(headers.get('Location') ?? '');
}

/** 128 random bits. `crypto.randomUUID` is missing where the page is served over plain HTTP from another machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

const get = async <T>(path: string): Promise<T> => (await call('GET', path)).value as T;

async function call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<{ value: unknown; headers: Headers }> {
  const bearer = token();
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: {
        Accept: 'application/json',
        ...(bearer ? { Authorization: `Bearer ${bearer}` } : {}),
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(timeoutMillis),
    });
  } catch (error) {
    throw new ApiError(0, error instanceof Error ? error.message : String(error), {});
  }

  const value: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const problem = (value ?? {}) as { title?: string; detail?: string; errors?: Record<string, string[]> };
    throw new ApiError(response.status, problem.detail ?? problem.title ?? `HTTP ${response.status}`, problem.errors ?? {});
  }

  return { value, headers: response.headers };
}

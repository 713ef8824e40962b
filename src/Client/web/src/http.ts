import { token } from './session.ts';

const timeoutMillis = 15_000;

export interface Page<T> {
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

/** 128 random bits. `crypto.randomUUID` is missing where the page is served over plain HTTP from another machine. */
export function newKey(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Every page of a list. */
export async function all<T>(path: string): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const page: Page<T> = await get<Page<T>>(cursor ? `${path}&cursor=${encodeURIComponent(cursor)}` : path);
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor);
  return items;
}

export async function getOrNull<T>(path: string): Promise<T | null> {
  try {
    return await get<T>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

export const get = async <T>(path: string): Promise<T> => (await call('GET', path)).value as T;

/** Asks the server. A question that takes longer by its nature says for how long it may, and may be given up by `signal`. */
export async function call(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
  { millis = timeoutMillis, signal }: { millis?: number; signal?: AbortSignal } = {},
): Promise<{ value: unknown; headers: Headers }> {
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
      signal: AbortSignal.any([AbortSignal.timeout(millis), ...(signal ? [signal] : [])]),
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

import type { Energy } from './energy.ts';
import type { Command, Kind, Status, Summary } from './frames.ts';
import type { GroupCommand, GroupSelector } from './group.ts';
import type { Night } from './night.ts';
import { token } from './session.ts';
import type { WaterZone } from './zones.ts';

const timeoutMillis = 15_000;

export interface CommuneSummary extends Summary {
  population?: number;
  /** Absent when the place of the commune is unknown: it is in the list and not on the map. */
  position?: { lon: number; lat: number } | null;
}

/** A device as a list has it. */
export interface DeviceItem {
  id: string;
  kind: Kind;
  commune: string;
  name: string;
  position: { lon: number; lat: number } | null;
  attributes: Record<string, string | number | boolean>;
  status: Status;
  lastSeen: string | null;
}

export interface DeviceDetail extends DeviceItem {
  reported: Record<string, { value: number; time: string }>;
  /** What it should do now, by metric. */
  desired: Record<string, number>;
  /** The conditions that hold. */
  alarms: { condition: string; severity: 'warning' | 'fault'; since: string }[];
  /** What follows from its reports, and what would be as expected. */
  derived: Record<string, Derived>;
}

/** An estimate, or what is usual beside what is measured. */
export interface Derived {
  value?: number;
  low?: number;
  high?: number;
  at?: string;
  basis: string;
}

export interface Collection {
  by: string;
  bins: number;
  distanceMetres: number;
  rounds: {
    round: string | null;
    stream: string | null;
    distanceMetres: number;
    stops: { device: string; name: string; reason: string; expectedFillPercent?: number; fullAt?: string; legMetres?: number | null }[];
  }[];
  unknown: { device: string; reason: string }[];
}

export interface Maintenance {
  by: string;
  items: { month: string; device: string; part: 'lamp' | 'battery'; estimatedFailureAt: string; basis: string }[];
  nextCursor: string | null;
}

export type AlarmState = 'normal' | 'unacknowledged' | 'acknowledged' | 'returnedUnacknowledged' | 'shelved' | 'suppressed' | 'outOfService';

export type AlarmPriority = 'low' | 'medium' | 'high' | 'urgent';

/** One for each source and condition, however often it repeats. */
export interface Alarm {
  id: string;
  source: string;
  condition: string;
  priority: AlarmPriority;
  state: AlarmState;
  raisedAt: string;
  count: number;
  /** Alarms that it explains. */
  children: number;
  message: string;
  /** What to do. */
  action?: string;
}

/** Who is on call for a territory. */
export interface OnCall {
  calendar: { zone: string } | null;
  now: { level: number; name: string | null }[];
  unanswered: { alarm: string; raisedAt: string; givenUpAt: string }[];
}

export interface Delivery {
  id: string;
  endpoint: string;
  subject: string;
  state: 'pending' | 'delivered' | 'failed' | 'expired';
  createdAt: string;
  lastError: string | null;
}

/** Something that no trade sees by itself. */
export interface Finding {
  rule: string;
  source: string;
  since: string;
  severity: 'warning' | 'fault';
  of: number;
  members: { device: string; kind: Kind; shows: string; since?: string; metric?: string; figure?: Derived }[];
}

export type WorkOrderState = 'open' | 'assigned' | 'paused' | 'repaired' | 'closed' | 'reopened' | 'cancelled';

/** A work order, as far as the page shows it. */
export interface WorkOrder {
  id: string;
  state: WorkOrderState;
  priority: 'low' | 'medium' | 'high' | 'urgent';
  title: string;
  device: string | null;
  /** True while the condition of its alarm holds; null without an alarm. */
  alarmActive: boolean | null;
  dueAt: string | null;
  overdue: boolean;
  contractor: string | null;
  pauseReason: string | null;
  visits: { by: string; arrivedAt: string; leftAt: string | null }[];
}

export type ControllerState = 'live' | 'pending' | 'transmitted' | 'acknowledged' | 'running' | 'rejected' | 'unanswered';

export interface Plan {
  id: string;
  name: string;
  decision: { reference: string; date: string } | null;
  /** Controllers under it by how far they are with its newest version. */
  controllers: Partial<Record<ControllerState, number>> | null;
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

/** What is found across trades in a commune now. */
export const findings = async (insee: string) => (await get<{ items: Finding[] }>(`/api/v1/communes/${encodeURIComponent(insee)}/findings`)).items;

/** What is to be collected in a commune until tomorrow, in the order of the way. */
export const collection = (insee: string) => get<Collection>(`/api/v1/communes/${encodeURIComponent(insee)}/collection`);

/** Lamps and batteries of a commune that are expected to fail until the end of next month, the first page of them. */
export const maintenance = (insee: string) => get<Maintenance>(`/api/v1/communes/${encodeURIComponent(insee)}/maintenance?limit=100`);

/** Who is on call for a territory (`commune:29019`). */
export const onCall = (scope: string) => get<OnCall>(`/api/v1/on-call/${encodeURIComponent(scope)}`);

/** The newest notifications of the grid. */
export const deliveries = async (limit: number) => (await get<{ items: Delivery[] }>(`/api/v1/notifications?limit=${limit}`)).items;

/** Work orders of a commune that have not ended: to be repaired by deadline, then those that wait for confirmation; the first page of them. */
export const workOrders = (insee: string) =>
  get<Page<WorkOrder>>(`/api/v1/work-orders?scope=commune:${encodeURIComponent(insee)}&state=open,assigned,reopened,paused,repaired&limit=50`);

/** Does something to a work order. `key` makes a repeated request one action. */
export async function actOnWorkOrder(id: string, body: { action: string; note?: string; by?: string }, key: string): Promise<WorkOrder> {
  return (await call('PATCH', `/api/v1/work-orders/${encodeURIComponent(id)}`, body, { 'Idempotency-Key': key })).value as WorkOrder;
}

/** The light points that a cabinet feeds. */
export const lampsOf = (cabinet: string) => all<DeviceItem>(`/api/v1/devices?cabinet=${encodeURIComponent(cabinet)}&limit=1000`);

/** What a cabinet or a light point should do in the night of a date (`2026-11-27`); null when it is under no plan then. */
export const night = (id: string, date: string) => getOrNull<Night>(`/api/v1/devices/${encodeURIComponent(id)}/night?date=${date}`);

export const plan = (id: string) => getOrNull<Plan>(`/api/v1/lighting-plans/${encodeURIComponent(id)}`);

/** Energy of a territory's lighting in a month (`2026-11`). */
export const energy = (scope: string, month: string) => get<Energy>(`/api/v1/${pathOf(scope)}/energy?month=${month}`);

/** Water zones of a territory, the greatest loss first. */
export const waterZones = async (query: string, limit: number) => (await get<{ items: WaterZone[] }>(`/api/v1/water-zones?${query}&limit=${limit}`)).items;

export const command = (id: string) => get<Command>(`/api/v1/commands/${encodeURIComponent(id)}`);

/** The newest alarms of a scope that stand for themselves. */
export const alarms = async (scope: string, limit: number, language: string) =>
  ((await call('GET', `/api/v1/alarms?scope=${encodeURIComponent(scope)}&limit=${limit}`, undefined, { 'Accept-Language': language })).value as Page<Alarm>).items;

/** Somebody has taken note. */
export const acknowledgeAlarm = (id: string, key: string) => call('POST', `/api/v1/alarms/${encodeURIComponent(id)}/acknowledge`, {}, { 'Idempotency-Key': key });

/** Puts an alarm aside until an instant. */
export const shelveAlarm = (id: string, until: string, reason: string, key: string) =>
  call('POST', `/api/v1/alarms/${encodeURIComponent(id)}/shelve`, { until, reason }, { 'Idempotency-Key': key });

/** Asks a device for something. `key` makes a repeated request one command. */
export async function sendCommand(id: string, name: string, args: Record<string, number>, key: string): Promise<Command> {
  const body = { name, args, expiresIn: 'PT15M' };
  return (await call('POST', `/api/v1/devices/${encodeURIComponent(id)}/commands`, body, { 'Idempotency-Key': key })).value as Command;
}

/** Asks all lights of a territory for something, above what single commands have asked for. */
export async function sendGroup(selector: GroupSelector, name: string, args: Record<string, number>, key: string): Promise<GroupCommand> {
  const body = { selector, name, args, expiresIn: 'PT1H', layer: 'emergency' };
  return (await call('POST', '/api/v1/group-commands', body, { 'Idempotency-Key': key })).value as GroupCommand;
}

export const groupCommand = (id: string) => get<GroupCommand>(`/api/v1/group-commands/${encodeURIComponent(id)}`);

/** Ends what is not final of it. */
export const cancelGroup = async (id: string) => (await call('DELETE', `/api/v1/group-commands/${encodeURIComponent(id)}`)).value as GroupCommand;

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

/** Where a scope's resources are: `commune:29019` is `communes/29019`. */
function pathOf(scope: string): string {
  const [kind = '', code = ''] = scope.split(':');
  return `${kind}s/${encodeURIComponent(code)}`;
}

async function getOrNull<T>(path: string): Promise<T | null> {
  try {
    return await get<T>(path);
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
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

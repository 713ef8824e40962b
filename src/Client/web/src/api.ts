import type { Energy } from './energy.ts';
import type { Command, Kind, Status, Summary } from './frames.ts';
import type { GroupCommand, GroupSelector } from './group.ts';
import { all, call, get, getOrNull } from './http.ts';
import type { Night } from './night.ts';
import type { WaterZone } from './zones.ts';

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

export type ControllerState = 'live' | 'pending' | 'transmitted' | 'acknowledged' | 'running' | 'rejected' | 'unanswered';

export interface Plan {
  id: string;
  name: string;
  decision: { reference: string; date: string } | null;
  /** Controllers under it by how far they are with its newest version. */
  controllers: Partial<Record<ControllerState, number>> | null;
}

export const departments = () => all<Summary>('/api/v1/departments?limit=1000');

export const communesOf = (department: string) => all<CommuneSummary>(`/api/v1/communes?department=${encodeURIComponent(department)}&limit=1000`);

/** The first thousand communes in which the caller has rights, where there are devices. */
export const ownCommunes = async () => (await get<{ items: CommuneSummary[] }>('/api/v1/communes?limit=1000')).items.filter((commune) => commune.devices.total > 0);

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

/** Where a scope's resources are: `commune:29019` is `communes/29019`. */
function pathOf(scope: string): string {
  const [kind = '', code = ''] = scope.split(':');
  return `${kind}s/${encodeURIComponent(code)}`;
}

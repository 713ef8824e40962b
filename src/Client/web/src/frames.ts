/** What `Watch` yields, and how a view of a territory follows from it. Pure: no clock, no network, no DOM. */

export const kinds = ['streetlight', 'cabinet', 'meter', 'building', 'bin', 'environment'] as const;
export type Kind = (typeof kinds)[number];

/** In the order in which they want attention. */
export const statuses = ['fault', 'warning', 'silent', 'unknown', 'ok'] as const;
export type Status = (typeof statuses)[number];

export interface Summary {
  scope: string;
  name: string;
  cursor?: string;
  asOf: string | null;
  coveragePercent: number | null;
  communes?: number;
  devices: { total: number; byKind: Partial<Record<Kind, number>>; byStatus: Partial<Record<Status, number>> };
  lighting?: { on: number; off: number; failed: number; powerWatts: number; energyTodayWattHours: number; energyTodayExactPercent?: number; savedTodayWattHours?: number };
  water?: { flowLitresPerHour: number; consumedTodayLitres: number; consumedTodayExactPercent?: number; leakSuspects: number };
  buildings?: { powerWatts: number; energyTodayWattHours: number; energyTodayExactPercent?: number; comfortBreaches: number };
  bins?: { total: number; over80Percent: number; overflowing: number; fires: number };
  environment?: { localLevel: number };
  alarms?: { unacknowledged: number; acknowledged: number; shelved: number; flood: boolean };
}

export interface Device {
  id: string;
  kind: Kind;
  /** Null when the position is unknown: such a device is in the list and not on the map. */
  lon: number | null;
  lat: number | null;
  status: Status;
  metrics: Readonly<Record<string, number>>;
}

export type CommandState =
  | 'accepted'
  | 'transmitted'
  | 'acknowledged'
  | 'confirmed'
  | 'rejected'
  | 'expired'
  | 'superseded'
  | 'failed';

export interface Command {
  id: string;
  device: string;
  name: string;
  args: Record<string, unknown>;
  state: CommandState;
  createdAt: string;
  expiresAt: string;
  ledger: { step: CommandState; time: string; detail?: string | null }[];
}

export interface Frame {
  type: 'snapshot' | 'delta' | 'gap';
  cursor?: string | null;
  part?: number | null;
  parts?: number | null;
  summary?: Summary | null;
  devices?: (Omit<Device, 'lon' | 'lat' | 'metrics'> & {
    lon?: number | null;
    lat?: number | null;
    metrics?: Record<string, number> | null;
  })[] | null;
  removed?: string[] | null;
  commands?: Command[] | null;
  /** Alarms that changed. */
  alarms?: unknown[] | null;
}

export interface View {
  /** Where to resume from; null when only a snapshot helps. */
  readonly cursor: string | null;
  readonly summary: Summary | null;
  readonly devices: ReadonlyMap<string, Device>;
  /** Devices of the last snapshot that did not fit under the limit. */
  readonly dropped: number;
  /** Parts of a frame that is not whole yet. Nothing of them shows. */
  readonly pending: readonly Frame[];
  /** False before the first snapshot, and from a gap to the next snapshot: what shows may be out of date. */
  readonly current: boolean;
}

export interface Step {
  readonly view: View;
  /** The devices that changed or went, or all of them. */
  readonly changed: 'all' | ReadonlySet<string>;
  readonly summaryChanged: boolean;
  readonly commands: readonly Command[];
  /** Alarms have changed: ask for them. */
  readonly alarmsChanged: boolean;
  /** The frames do not fit together: subscribe again without a cursor. */
  readonly resync: boolean;
}

export const emptyView: View = { cursor: null, summary: null, devices: new Map(), dropped: 0, pending: [], current: false };

const none: ReadonlySet<string> = new Set();

/** The view after a frame. `limit` bounds the devices held. */
export function reduce(view: View, frame: Frame, limit: number): Step {
  if (frame.type === 'gap') {
    // The snapshot that follows replaces everything; until then the old picture is better than none.
    return unchanged({ ...view, cursor: null, pending: [], current: false });
  }

  if (isNews(frame)) {
    return { ...unchanged(view), commands: frame.commands ?? [], alarmsChanged: hasAlarms([frame]) };
  }

  const pending = gather(view.pending, frame);
  if (pending === null || (frame.type === 'delta' && !view.current)) {
    return { ...unchanged({ ...view, cursor: null, pending: [], current: false }), resync: true };
  }

  if (pending.length < (frame.parts ?? 1)) {
    return unchanged({ ...view, pending });
  }

  return frame.type === 'snapshot' ? replace(pending, limit) : merge(view, pending, limit);
}

/** What remains of a view when its connection is lost: parts that are not whole are sent again. */
export function disconnected(view: View): View {
  return view.pending.length === 0 ? view : { ...view, pending: [] };
}

/** Commands and alarms alone: they are never held back, so they may come between the parts of another frame or before a snapshot. */
function isNews(frame: Frame): boolean {
  return frame.type === 'delta' && !frame.parts && !frame.summary && !frame.devices && !frame.removed && Boolean(frame.commands ?? frame.alarms);
}

/** The parts so far with this one; null when it is not the next. Parts count from 1. */
function gather(pending: readonly Frame[], frame: Frame): readonly Frame[] | null {
  const first = pending[0];
  const parts = frame.parts ?? 1;
  const part = frame.part ?? 1;
  const fits = part === pending.length + 1 && part <= parts && (!first || (first.type === frame.type && first.parts === parts));
  return fits ? [...pending, frame] : null;
}

function replace(parts: readonly Frame[], limit: number): Step {
  const devices = new Map<string, Device>();
  let dropped = 0;
  for (const item of parts.flatMap((part) => part.devices ?? [])) {
    if (devices.size < limit || devices.has(item.id)) {
      devices.set(item.id, whole(item, undefined));
    } else {
      dropped++;
    }
  }

  const view: View = { ...after(emptyView, parts), devices, dropped, current: true };
  return { view, changed: 'all', summaryChanged: true, commands: commandsOf(parts), alarmsChanged: true, resync: false };
}

function merge(view: View, parts: readonly Frame[], limit: number): Step {
  const removed = parts.flatMap((part) => part.removed ?? []);
  const items = parts.flatMap((part) => part.devices ?? []);
  const changed = new Set<string>();
  let devices = view.devices;
  if (removed.length + items.length > 0) {
    const next = new Map(view.devices);
    for (const id of removed) {
      if (next.delete(id)) changed.add(id);
    }

    for (const item of items) {
      const known = next.get(item.id);
      // An unknown device may be one that did not fit: its delta holds only a part of its metrics, so it stays out.
      if (known || (view.dropped === 0 && next.size < limit)) {
        next.set(item.id, whole(item, known));
        changed.add(item.id);
      }
    }

    devices = next;
  }

  return {
    view: { ...after(view, parts), devices },
    changed,
    summaryChanged: parts.some((part) => part.summary),
    commands: commandsOf(parts),
    alarmsChanged: hasAlarms(parts),
    resync: false,
  };
}

/** Cursor and summary after whole parts: only the last one moves the cursor. */
function after(view: View, parts: readonly Frame[]): View {
  return {
    ...view,
    cursor: parts.at(-1)?.cursor ?? view.cursor,
    summary: parts.findLast((part) => part.summary)?.summary ?? view.summary,
    pending: [],
  };
}

function whole(item: NonNullable<Frame['devices']>[number], known: Device | undefined): Device {
  return {
    id: item.id,
    kind: item.kind,
    lon: item.lon ?? null,
    lat: item.lat ?? null,
    status: item.status,
    metrics: { ...known?.metrics, ...item.metrics },
  };
}

function commandsOf(parts: readonly Frame[]): Command[] {
  return parts.flatMap((part) => part.commands ?? []);
}

function hasAlarms(parts: readonly Frame[]): boolean {
  return parts.some((part) => (part.alarms?.length ?? 0) > 0);
}

function unchanged(view: View): Step {
  return { view, changed: none, summaryChanged: false, commands: [], alarmsChanged: false, resync: false };
}

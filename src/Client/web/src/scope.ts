/** Which devices to watch for what is on screen. Pure. */

/** West, south, east, north in degrees. */
export type Box = readonly [number, number, number, number];

export interface Viewport {
  readonly box: Box;
  readonly zoom: number;
}

export interface DeviceScope {
  readonly scope: string;
  /** Null for the whole scope. */
  readonly box: Box | null;
}

/** Below this zoom a territory is too large to show its devices one by one. */
export const deviceZoom = 12;

/** A commune up to this size is watched whole, so that its list is complete whatever the map shows. */
const wholeCommuneDevices = 4_000;

/**
 * The devices to watch, null when none. `current` is kept as long as it covers the viewport and is not much larger: moving a little costs
 * no new snapshot.
 */
export function deviceScope(
  department: string | null,
  commune: { insee: string; devices: number } | null,
  viewport: Viewport,
  current: DeviceScope | null,
): DeviceScope | null {
  if (commune && commune.devices <= wholeCommuneDevices) {
    return same(current, { scope: `commune:${commune.insee}`, box: null });
  }

  if (viewport.zoom < deviceZoom || (!commune && department === null)) {
    return null;
  }

  const scope = commune ? `commune:${commune.insee}` : `department:${department}`;
  const keep = current?.scope === scope && current.box && covers(current.box, viewport.box) && area(current.box) < 12 * area(viewport.box);
  return keep ? current : { scope, box: grown(viewport.box) };
}

/** A box with all places in it, and a little more: the server's box has its borders, rounding must not lose one. */
export function boxAround(places: readonly { lon: number; lat: number }[]): Box | null {
  if (places.length === 0) return null;
  const [lons, lats] = [places.map((place) => place.lon), places.map((place) => place.lat)];
  const margin = 1e-5;
  return [Math.min(...lons) - margin, Math.min(...lats) - margin, Math.max(...lons) + margin, Math.max(...lats) + margin];
}

function same(current: DeviceScope | null, wanted: DeviceScope): DeviceScope {
  return current && current.scope === wanted.scope && current.box === wanted.box ? current : wanted;
}

function grown([west, south, east, north]: Box): Box {
  const [dx, dy] = [(east - west) / 2, (north - south) / 2];
  const round = (degrees: number) => Math.round(degrees * 1e5) / 1e5;
  return [round(Math.max(-180, west - dx)), round(Math.max(-90, south - dy)), round(Math.min(180, east + dx)), round(Math.min(90, north + dy))];
}

function covers(outer: Box, inner: Box): boolean {
  return outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3];
}

function area([west, south, east, north]: Box): number {
  return (east - west) * (north - south);
}

import {
  AttributionControl,
  Map as MapLibre,
  NavigationControl,
  ScaleControl,
  setWorkerUrl,
  type GeoJSONSource,
  type MapMouseEvent,
  type StyleSpecification,
} from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import type { CommuneSummary } from './api.ts';
import { litShare, stateOf } from './attention.ts';
import { inseeOf } from './communes.ts';
import { statuses, type Device, type Kind } from './frames.ts';
import { deviceZoom, type Viewport } from './scope.ts';

/** A served worker, not a blob: the page's policy allows scripts of this origin only. */
setWorkerUrl(workerUrl);

/** Device changes are drawn together, at most this often: what a person can follow, and a laptop without a GPU can draw. */
const drawMillis = 500;

/** From here on the map is all land: discs as large as the screen would only cost time, on a machine without a GPU most of it. */
const landZoom = 11;

type Features = GeoJSON.FeatureCollection<GeoJSON.Geometry, Record<string, unknown>>;
const nothing: Features = { type: 'FeatureCollection', features: [] };

export interface MapEvents {
  commune: (insee: string) => void;
  device: (id: string) => void;
  moved: (viewport: Viewport) => void;
}

/** The territory drawn from its own data: no tiles, no glyphs, no request to anyone. */
export class TerritoryMap {
  readonly #map: MapLibre;
  readonly #events: MapEvents;
  #communes: readonly CommuneSummary[] = [];
  #devices: ReadonlyMap<string, Device> = new Map();
  #drawing = 0;
  #placed = false;
  #loaded = false;

  /** Throws when the browser has no WebGL. */
  constructor(container: HTMLElement, events: MapEvents) {
    this.#events = events;
    this.#map = new MapLibre({
      container,
      style: style(),
      center: [-4, 48.25],
      zoom: 8,
      minZoom: 5,
      maxZoom: 19,
      attributionControl: false,
      dragRotate: false,
      pitchWithRotate: false,
      touchPitch: false,
      fadeDuration: 0,
    });
    this.#map.touchZoomRotate.disableRotation();
    this.#map.addControl(new NavigationControl({ showCompass: false }), 'bottom-right');
    this.#map.addControl(new ScaleControl({ maxWidth: 120 }), 'bottom-left');
    this.#map.addControl(new AttributionControl({ compact: true, customAttribution: 'GeoNames CC BY 4.0 · Etalab LO 2.0' }), 'bottom-right');
    this.#map.setMissingStyleImageResolver(async (id) => this.#drawLabel(id));
    this.#map.on('load', () => {
      this.#loaded = true;
      this.#drawCommunes();
      this.#drawDevices();
      this.#moved();
    });
    // MapLibre opens the attribution at start; folded, it stays one press away.
    this.#map.once('movestart', () => container.querySelector('.maplibregl-ctrl-attrib')?.classList.remove('maplibregl-compact-show'));
    this.#map.on('moveend', () => this.#moved());
    for (const layer of ['communes', 'devices'] as const) {
      this.#map.on('click', layer, (event) => this.#clicked(layer, event));
      this.#map.on('mouseenter', layer, () => (this.#map.getCanvas().style.cursor = 'pointer'));
      this.#map.on('mouseleave', layer, () => (this.#map.getCanvas().style.cursor = ''));
    }
  }

  setCommunes(communes: readonly CommuneSummary[]): void {
    this.#communes = communes;
    if (this.#loaded) this.#drawCommunes();
    if (!this.#placed && communes.some((commune) => commune.position)) {
      this.#placed = true;
      this.overview(false);
    }
  }

  /** The devices to draw. Calls that come fast are drawn together. */
  setDevices(devices: ReadonlyMap<string, Device>): void {
    this.#devices = devices;
    this.#drawing ||= window.setTimeout(() => {
      this.#drawing = 0;
      if (this.#loaded) this.#drawDevices();
    }, drawMillis);
  }

  showKinds(kinds: readonly Kind[]): void {
    if (!this.#loaded) return;
    for (const layer of ['devices', 'device-glow']) this.#map.setFilter(layer, ['in', ['get', 'kind'], ['literal', [...kinds]]]);
  }

  selectCommune(insee: string | null): void {
    if (this.#loaded) this.#map.setFilter('commune-selected', ['==', ['get', 'insee'], insee ?? '']);
  }

  selectDevice(id: string | null): void {
    if (this.#loaded) this.#map.setFilter('device-selected', ['==', ['get', 'id'], id ?? '']);
    const device = this.#devices.get(id ?? '');
    if (device?.lon != null && device.lat != null && !this.#map.getBounds().contains([device.lon, device.lat])) {
      this.#go({ center: [device.lon, device.lat], zoom: Math.max(this.#map.getZoom(), 14) });
    }
  }

  /** The whole department. */
  overview(animate = true): void {
    const points = this.#communes.flatMap((commune) => (commune.position ? [commune.position] : []));
    if (points.length === 0) return;
    const [lons, lats] = [points.map((point) => point.lon), points.map((point) => point.lat)];
    const camera = this.#map.cameraForBounds([Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)], { padding: 48 });
    if (camera) this.#go(camera, animate);
  }

  toCommune(commune: CommuneSummary): void {
    if (commune.position) this.#go({ center: [commune.position.lon, commune.position.lat], zoom: Math.max(deviceZoom + 0.5, Math.min(this.#map.getZoom(), 14)) });
  }

  /** Takes the colours of the page again. */
  recolour(): void {
    if (!this.#loaded) return;
    const next = style();
    for (const layer of next.layers) {
      for (const [name, value] of Object.entries(layer.paint ?? {})) this.#map.setPaintProperty(layer.id, name as never, value as never);
    }

    for (const commune of this.#communes) {
      if (this.#map.hasImage(commune.name)) this.#map.removeImage(commune.name);
    }

    this.#drawCommunes();
  }

  #go(camera: { center?: unknown; zoom?: number | undefined }, animate = true): void {
    const still = !animate || matchMedia('(prefers-reduced-motion: reduce)').matches;
    const target = camera as { center: [number, number]; zoom: number };
    if (still) this.#map.jumpTo(target);
    else this.#map.flyTo({ ...target, duration: 900 });
  }

  #moved(): void {
    const bounds = this.#map.getBounds();
    this.#events.moved({ box: [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()], zoom: this.#map.getZoom() });
  }

  #clicked(layer: 'communes' | 'devices', event: MapMouseEvent & { features?: { properties: Record<string, unknown> }[] }): void {
    const found = event.features?.[0]?.properties;
    // A device lies above its commune's circle: one click chooses one thing.
    if (!found || event.defaultPrevented) return;
    if (layer === 'devices') {
      event.preventDefault();
      this.#events.device(String(found['id']));
    } else if (this.#map.queryRenderedFeatures(event.point, { layers: ['devices'] }).length === 0) {
      this.#events.commune(String(found['insee']));
    }
  }

  #drawCommunes(): void {
    const features = this.#communes.flatMap((commune) =>
      commune.position
        ? [
            feature(commune.position.lon, commune.position.lat, {
              insee: inseeOf(commune),
              name: commune.name,
              total: commune.devices.total,
              state: stateOf(commune),
              lit: litShare(commune),
            }),
          ]
        : [],
    );
    this.#source('communes').setData({ type: 'FeatureCollection', features });
    this.#source('graticule').setData(graticule(this.#communes));
  }

  #drawDevices(): void {
    const features = Array.from(this.#devices.values()).flatMap((device) =>
      device.lon === null || device.lat === null
        ? []
        : [
            feature(device.lon, device.lat, {
              id: device.id,
              kind: device.kind,
              status: device.status,
              light: device.kind === 'streetlight' ? (device.metrics['dimmingPercent'] ?? ((device.metrics['powerWatts'] ?? 0) > 0 ? 100 : 0)) : 0,
            }),
          ],
    );
    this.#source('devices').setData({ type: 'FeatureCollection', features });
  }

  #source(id: string): GeoJSONSource {
    return this.#map.getSource(id) as GeoJSONSource;
  }

  /** A name as an image: MapLibre then keeps labels from overlapping, and no glyph server is asked. */
  #drawLabel(name: string): void {
    const scale = Math.max(2, devicePixelRatio);
    const font = `500 ${12 * scale}px ${getComputedStyle(document.body).fontFamily}`;
    const canvas = document.createElement('canvas');
    const measure = canvas.getContext('2d');
    if (!measure) return;
    measure.font = font;
    canvas.width = Math.ceil(measure.measureText(name).width + 8 * scale);
    canvas.height = 18 * scale;
    const pen = canvas.getContext('2d');
    if (!pen) return;
    pen.font = font;
    pen.textBaseline = 'middle';
    pen.lineJoin = 'round';
    pen.lineWidth = 3 * scale;
    pen.strokeStyle = colour('--land');
    pen.fillStyle = colour('--label');
    pen.strokeText(name, 4 * scale, canvas.height / 2);
    pen.fillText(name, 4 * scale, canvas.height / 2);
    if (!this.#map.hasImage(name)) this.#map.addImage(name, pen.getImageData(0, 0, canvas.width, canvas.height), { pixelRatio: scale });
  }
}

function feature(lon: number, lat: number, properties: Record<string, unknown>): Features['features'][number] {
  return { type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties };
}

/** Meridians and parallels each quarter of a degree around the communes: a sense of place and scale without a base map. */
function graticule(communes: readonly CommuneSummary[]): Features {
  const points = communes.flatMap((commune) => (commune.position ? [commune.position] : []));
  if (points.length === 0) return nothing;
  const step = 0.25;
  const range = (values: number[]) => [Math.floor((Math.min(...values) - 3) / step) * step, Math.ceil((Math.max(...values) + 3) / step) * step] as const;
  const [west, east] = range(points.map((point) => point.lon));
  const [south, north] = range(points.map((point) => point.lat));
  const lines: GeoJSON.Position[][] = [];
  for (let lon = west; lon <= east; lon += step) lines.push([[lon, south], [lon, north]]);
  for (let lat = south; lat <= north; lat += step) lines.push([[west, lat], [east, lat]]);
  return { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'MultiLineString', coordinates: lines }, properties: {} }] };
}

/** A colour of the page as the browser resolves it: MapLibre does not know `light-dark()`. */
function colour(name: string): string {
  const probe = document.createElement('span');
  probe.style.color = `var(${name})`;
  document.body.append(probe);
  const resolved = getComputedStyle(probe).color;
  probe.remove();
  return resolved;
}

function style(): StyleSpecification {
  const ofStatus = (property: string) => ['match', ['get', property], ...statuses.flatMap((status) => [status, colour(`--${status}`)]), colour('--unknown')] as never;
  const ofKind = [
    'match', ['get', 'kind'],
    'cabinet', colour('--cabinet'), 'meter', colour('--meter'), 'building', colour('--building'), 'bin', colour('--bin'), 'environment', colour('--environment'),
    ['interpolate', ['linear'], ['get', 'light'], 0, colour('--lamp-off'), 1, colour('--lamp-dim'), 100, colour('--lamp-on')],
  ] as never;
  // Area tells the number: radius grows with the square root.
  const radius = (factor: number) => ['interpolate', ['exponential', 1.5], ['zoom'],
    7, ['*', factor, ['+', 2, ['*', 0.12, ['sqrt', ['get', 'total']]]]],
    12, ['*', factor, ['+', 6, ['*', 0.5, ['sqrt', ['get', 'total']]]]]] as never;
  const fade = (opacity: number) => ['interpolate', ['linear'], ['zoom'], deviceZoom - 1, opacity, deviceZoom, 0] as never;
  // The same on the ground whatever the zoom, 1 being about 1.6 km at 48° north: discs of land that flow together.
  const ground = (size: number) => ['interpolate', ['exponential', 2], ['zoom'], 5, size, 19, size * 2 ** 14] as never;
  const device = (plus: number) => ['interpolate', ['linear'], ['zoom'], 11, 2 + plus, 14, 4.5 + plus, 18, 9 + plus] as never;
  const source = { type: 'geojson', data: nothing } as const;
  return {
    version: 8,
    sources: { graticule: source, communes: source, devices: source },
    layers: [
      { id: 'sea', type: 'background', paint: { 'background-color': ['interpolate', ['linear'], ['zoom'], landZoom - 1, colour('--sea'), landZoom, colour('--land')] as never } },
      { id: 'shore', type: 'circle', source: 'communes', maxzoom: landZoom, paint: { 'circle-radius': ground(6), 'circle-blur': 0.5, 'circle-color': colour('--shore'), 'circle-pitch-alignment': 'map' } },
      { id: 'land', type: 'circle', source: 'communes', maxzoom: landZoom, paint: { 'circle-radius': ground(3.4), 'circle-color': colour('--land'), 'circle-pitch-alignment': 'map' } },
      { id: 'graticule', type: 'line', source: 'graticule', paint: { 'line-color': colour('--graticule'), 'line-width': 1 } },
      { id: 'glow', type: 'circle', source: 'communes', maxzoom: deviceZoom, paint: { 'circle-radius': radius(2.6), 'circle-color': colour('--lamp-on'), 'circle-blur': 1, 'circle-opacity': ['interpolate', ['linear'], ['zoom'], deviceZoom - 1, ['*', 0.55, ['get', 'lit']], deviceZoom, 0] as never } },
      { id: 'communes', type: 'circle', source: 'communes', maxzoom: deviceZoom, layout: { 'circle-sort-key': ['-', 0, ['get', 'total']] as never }, paint: { 'circle-radius': radius(1), 'circle-color': ofStatus('state'), 'circle-opacity': fade(0.85), 'circle-stroke-width': 1, 'circle-stroke-color': colour('--land'), 'circle-stroke-opacity': fade(1) } },
      { id: 'commune-selected', type: 'circle', source: 'communes', maxzoom: deviceZoom, filter: ['==', ['get', 'insee'], ''], paint: { 'circle-radius': radius(1.15), 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 2, 'circle-stroke-color': colour('--ink'), 'circle-stroke-opacity': fade(1) } },
      { id: 'device-glow', type: 'circle', source: 'devices', paint: { 'circle-radius': device(7), 'circle-color': colour('--lamp-on'), 'circle-blur': 1, 'circle-opacity': ['*', 0.0045, ['get', 'light']] as never } },
      { id: 'devices', type: 'circle', source: 'devices', paint: { 'circle-radius': device(0), 'circle-color': ofKind, 'circle-opacity': ['match', ['get', 'status'], 'unknown', 0.35, 1] as never, 'circle-stroke-width': ['match', ['get', 'status'], ['ok', 'unknown'], 1, 2.5] as never, 'circle-stroke-color': ['match', ['get', 'status'], 'ok', colour('--land'), 'fault', colour('--fault'), 'warning', colour('--warning'), 'silent', colour('--silent'), colour('--unknown')] as never } },
      { id: 'device-selected', type: 'circle', source: 'devices', filter: ['==', ['get', 'id'], ''], paint: { 'circle-radius': device(5), 'circle-color': 'rgba(0,0,0,0)', 'circle-stroke-width': 2.5, 'circle-stroke-color': colour('--ink') } },
      { id: 'labels', type: 'symbol', source: 'communes', layout: { 'icon-image': ['get', 'name'] as never, 'icon-anchor': 'bottom', 'icon-offset': ['interpolate', ['linear'], ['get', 'total'], 0, ['literal', [0, -4]], 5000, ['literal', [0, -14]]] as never, 'icon-padding': 6, 'symbol-sort-key': ['-', 0, ['get', 'total']] as never } },
    ],
  };
}

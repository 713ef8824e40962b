/** Balances of water zones as `GET /api/v1/water-zones` tells them. Pure: no clock, no DOM. */

export interface WaterZone {
  zone: string;
  department: string;
  communes: string[];
  date: string;
  asOf: string | null;
  meters: number;
  metersHeard: number;
  metersExact: number;
  exact: boolean;
  coveragePercent: number;
  inletLitres: number;
  outletLitres: number;
  deliveredLitres: number;
  lossLitres: number | null;
  lossPercent: number | null;
  estimatedDeliveredLitres: number | null;
  estimatedLossLitres: number | null;
  nightMinimumLitresPerHour: number | null;
}

/** A loss in litres a day, and whether it is measured: where a customer is missing, what is shown is the estimate, and said to be one. */
export interface ShownLoss {
  readonly litres: number;
  readonly isEstimate: boolean;
}

/** What to show as the loss of a zone; null where nobody can say. */
export function lossOf(zone: WaterZone): ShownLoss | null {
  if (zone.coveragePercent >= 100 && zone.lossLitres !== null) return { litres: zone.lossLitres, isEstimate: false };
  return zone.estimatedLossLitres === null ? null : { litres: zone.estimatedLossLitres, isEstimate: true };
}

/** The query of a scope (`commune:29019`, `department:29`); null for one that has no zones of its own. */
export function zonesQuery(scope: string): string | null {
  const [kind = '', code = ''] = scope.split(':');
  return kind === 'commune' || kind === 'department' ? `${kind}=${encodeURIComponent(code)}` : null;
}

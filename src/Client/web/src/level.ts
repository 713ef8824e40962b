import { percent } from './format.ts';
import { t } from './i18n.ts';

/** What a light point is known to do. */
export interface Light {
  /** Its own metrics, as far as it has any. */
  readonly metrics: Readonly<Record<string, number>>;
  /** Whether its segment is fed, for a passive one: it does what its cabinet does. */
  readonly fed?: boolean | undefined;
}

/** The level of a light in percent, null when nobody knows. */
export function levelOf({ metrics, fed }: Light): number | null {
  if (metrics['dimmingPercent'] !== undefined) return metrics['dimmingPercent'];
  if (metrics['powerWatts'] !== undefined) return metrics['powerWatts'] > 0 ? 100 : 0;
  return fed === undefined ? null : fed ? 100 : 0;
}

/** The level in words: off, lit, or the percent where it is dimmed by itself. */
export function levelText(light: Light): string {
  const level = levelOf(light);
  if (level === null) return '';
  if (level === 0) return t().unlit;
  return light.metrics['dimmingPercent'] === undefined ? t().lit : percent(level);
}

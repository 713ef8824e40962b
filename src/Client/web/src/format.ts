import { fill, locale, t } from './i18n.ts';

const narrowSpace = '\u202f';

/** Steps of a thousand, largest first. */
const scales: Record<'W' | 'Wh', readonly (readonly [number, string])[]> = {
  W: [[1e6, 'MW'], [1e3, 'kW'], [1, 'W']],
  Wh: [[1e9, 'GWh'], [1e6, 'MWh'], [1e3, 'kWh'], [1, 'Wh']],
};

/** The unit that ends a metric's name, and how it is written; the longest ending first. */
const endings: readonly (readonly [string, string])[] = [
  ['KilowattHoursPerHeatingDegreeDay', 'kWh/DJU'],
  ['KilowattHoursPerCoolingDegreeDay', 'kWh/DJU'],
  ['KilowattHoursPerOpenDay', 'kWh'],
  ['MicrogramsPerCubicMetre', 'µg/m³'],
  ['MillimetresPerHour', 'mm/h'],
  ['PercentPerMonth', '%/30 d'],
  ['WattsPerKelvin', 'W/K'],
  ['PercentPerHour', '%/h'],
  ['PercentPerYear', '%/a'],
  ['KilowattHours', 'kWh'],
  ['LitresPerHour', 'L/h'],
  ['Milliamperes', 'mA'],
  ['Millimetres', 'mm'],
  ['WattHours', 'Wh'],
  ['Decibels', 'dB'],
  ['Percent', '%'],
  ['Celsius', '°C'],
  ['Litres', 'L'],
  ['Watts', 'W'],
  ['Volts', 'V'],
  ['Minutes', 'min'],
  ['Hours', 'h'],
  ['Ppm', 'ppm'],
];

const flags = new Set(['doorOpen', 'breakerTripped', 'lampFailure', 'presence', 'tamper', 'occupied', 'tilted']);

export function number(value: number, digits = 0): string {
  return new Intl.NumberFormat(locale(), { maximumFractionDigits: digits }).format(value);
}

export function quantity(value: number, unit: string, digits = 1): string {
  return `${number(value, digits)}${narrowSpace}${unit}`;
}

export const watts = (value: number) => scaled(value, 'W');

export const wattHours = (value: number) => scaled(value, 'Wh');

export const distance = (metres: number) => (metres >= 1_000 ? quantity(metres / 1_000, 'km') : quantity(metres, 'm', 0));

/** Litres, in cubic metres. */
export const volume = (litres: number) => cubicMetres(litres, 'm³');

/** Litres an hour, in cubic metres an hour. */
export const flow = (litresPerHour: number) => cubicMetres(litresPerHour, 'm³/h');

export const percent = (value: number) => quantity(value, '%');

/** A metric by the unit in its name; an unknown name shows as a bare number. */
export function metric(name: string, value: number): string {
  if (flags.has(name) || /^segment\dOn$/.test(name)) return value ? t().yes : t().no;
  const unit = endings.find(([ending]) => name.endsWith(ending))?.[1];
  if (unit === 'W' || unit === 'Wh') return scaled(value, unit);
  return unit ? quantity(value, unit, 2) : number(value, 3);
}

export function metricName(name: string): string {
  const segment = /^segment(\d)On$/.exec(name)?.[1];
  return segment ? fill(t().metrics['segmentOn'] ?? name, { n: segment }) : (t().metrics[name] ?? name);
}

/** Time of day for today, day and time otherwise. */
export function instant(iso: string, now: Date): string {
  const at = new Date(iso);
  const today = at.toDateString() === now.toDateString();
  return new Intl.DateTimeFormat(locale(), today ? { timeStyle: 'medium' } : { dateStyle: 'short', timeStyle: 'short' }).format(at);
}

/** Time of day by the clock of a zone. */
export function clock(iso: string, zone: string): string {
  return new Intl.DateTimeFormat(locale(), { timeStyle: 'short', timeZone: zone }).format(new Date(iso));
}

/** A date (`2026-11-27`) as a day, with its year where asked. */
export function day(date: string, withYear = false): string {
  return new Intl.DateTimeFormat(locale(), { day: 'numeric', month: 'long', ...(withYear ? { year: 'numeric' } : {}), timeZone: 'UTC' }).format(new Date(`${date}T00:00:00Z`));
}

/** A month (`2026-11`) with its year. */
export function monthName(month: string): string {
  return new Intl.DateTimeFormat(locale(), { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(new Date(`${month}-01T00:00:00Z`));
}

export const euros = (value: number) => new Intl.NumberFormat(locale(), { style: 'currency', currency: 'EUR' }).format(value);

function cubicMetres(litres: number, unit: string): string {
  return quantity(litres / 1000, unit, litres >= 100_000 ? 0 : litres >= 10_000 ? 1 : 2);
}

function scaled(value: number, unit: 'W' | 'Wh'): string {
  const [size, name] = scales[unit].find(([least]) => Math.abs(value) >= least) ?? [1, unit];
  const shown = value / size;
  return quantity(shown, name, shown >= 100 ? 0 : shown >= 10 ? 1 : 2);
}

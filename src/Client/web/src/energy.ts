/** Energy of a territory's lighting as `GET .../energy?month=` tells it, and what a chart of it needs. Pure: no clock, no DOM. */

export interface EnergyDay {
  date: string;
  energyKilowattHours: number;
  savedKilowattHours: number;
  euros?: number;
  co2eKilograms?: number;
}

export interface Energy {
  scope: string;
  month: string;
  zone: string;
  energyKilowattHours: number;
  savedKilowattHours: number;
  euros?: number;
  co2eKilograms?: number;
  co2eSource?: string;
  days: EnergyDay[];
}

/** A day of the month as a column: shares of the tallest one, 0 to 1. What was saved stands on what was used; together they are a night in full light. */
export interface Column {
  readonly day: number;
  readonly used: number;
  readonly saved: number;
}

/** A column for each day of the month; a day without a value is an empty one. */
export function columns(energy: Energy): Column[] {
  const byDay = new Map(energy.days.map((day) => [Number(day.date.slice(8)), day]));
  const height = (day: EnergyDay) => day.energyKilowattHours + Math.max(0, day.savedKilowattHours);
  const tallest = Math.max(0, ...energy.days.map(height));
  return Array.from({ length: daysIn(energy.month) }, (_, index) => {
    const day = byDay.get(index + 1);
    const share = (value: number) => (tallest > 0 ? Math.max(0, value) / tallest : 0);
    return { day: index + 1, used: share(day?.energyKilowattHours ?? 0), saved: share(day?.savedKilowattHours ?? 0) };
  });
}

export function daysIn(month: string): number {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).getUTCDate();
}

/** A month (`2026-11`) so many months later. */
export function addMonths(month: string, count: number): string {
  return new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)) - 1 + count, 1)).toISOString().slice(0, 7);
}

/** The month of a time by the clock of a zone. */
export function monthOf(time: number, zone: string | undefined): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit' }).formatToParts(time);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return `${part('year')}-${part('month')}`;
}

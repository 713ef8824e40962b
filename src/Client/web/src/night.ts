/** A night under a lighting plan as `GET /devices/{id}/night` tells it, and what a chart and a table of it need. Pure: no clock, no DOM. */

export interface Night {
  plan: string;
  version: number;
  assignedBy?: string;
  date: string;
  zone: string;
  program: string;
  from: string;
  to: string;
  sunset: string;
  sunrise: string;
  points: { at: string; fromPercent: number; percent: number; rampSeconds: number }[];
  litHours: number;
  fullLightHours: number;
  warnings: { article: string; message: string; from: string; to: string }[];
}

/** A time in which the level stands, or moves evenly. Times in milliseconds, levels in percent. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly start: number;
  readonly end: number;
}

const hour = 3_600_000;

/** The night from its beginning to its end, without a gap. */
export function stretches(night: Night): Stretch[] {
  const found: Stretch[] = [];
  const add = (from: number, to: number, start: number, end: number) => to > from && found.push({ from, to, start, end });
  const end = Date.parse(night.to);
  const first = night.points[0];
  add(Date.parse(night.from), first ? Date.parse(first.at) : end, first?.fromPercent ?? 0, first?.fromPercent ?? 0);
  night.points.forEach((point, index) => {
    const next = night.points[index + 1];
    const [at, until] = [Date.parse(point.at), next ? Date.parse(next.at) : end];
    const reached = Math.min(at + point.rampSeconds * 1000, until);
    // The next point cuts a ramp where it stands.
    const level = next && reached === until && at + point.rampSeconds * 1000 > until ? next.fromPercent : point.percent;
    add(at, reached, point.fromPercent, level);
    add(reached, until, point.percent, point.percent);
  });
  return found;
}

/** The level at a time, null outside the night. */
export function levelAt(night: Night, time: number): number | null {
  const found = stretches(night).find(({ from, to }) => time >= from && time < to);
  return found ? found.start + ((found.end - found.start) * (time - found.from)) / (found.to - found.from) : null;
}

/** The line of the level as the path of an SVG. */
export function linePath(night: Night, x: (time: number) => number, y: (percent: number) => number): string {
  const place = (time: number, level: number) => `${round(x(time))} ${round(y(level))}`;
  return stretches(night)
    .map(({ from, to, start, end }, index) => `${index === 0 ? 'M' : 'L'}${place(from, start)}L${place(to, end)}`)
    .join('');
}

/** The full hours of the place that an axis names, every third. A night of a clock change has one more or less between two of them. */
export function hourMarks(night: Night): { time: number; hour: number }[] {
  const clock = new Intl.DateTimeFormat('en-GB', { timeZone: night.zone, hour: '2-digit', hourCycle: 'h23' });
  const marks: { time: number; hour: number }[] = [];
  for (let time = Date.parse(night.from); time <= Date.parse(night.to); time += hour) {
    const shown = Number(clock.format(time));
    if (shown % 3 === 0 && marks.at(-1)?.hour !== shown) marks.push({ time, hour: shown });
  }

  return marks;
}

/** The date of the night that a time belongs to: from noon to noon by the clock of the place. */
export function nightOf(time: number, zone: string | undefined): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone: zone, year: 'numeric', month: '2-digit', day: '2-digit', hour: '2-digit', hourCycle: 'h23' }).formatToParts(time);
  const part = (type: string) => parts.find((each) => each.type === type)?.value ?? '';
  return addDays(`${part('year')}-${part('month')}-${part('day')}`, Number(part('hour')) < 12 ? -1 : 0);
}

/** A date so many days later. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * 24 * hour).toISOString().slice(0, 10);
}

const round = (value: number) => Math.round(value * 10) / 10;

import { svg } from './dom.ts';
import { percent } from './format.ts';
import { fill, t } from './i18n.ts';
import { hourMarks, levelAt, linePath, type Night } from './night.ts';

const [width, height] = [316, 138];
const [left, right, top, bottom] = [34, 4, 20, 18];

/** A night as a drawing: the level over time, sunset and sunrise, what the law does not allow, and now. A table beside it says the same. */
export function nightChart(night: Night, clock: (iso: string) => string): SVGSVGElement {
  const [from, to] = [Date.parse(night.from), Date.parse(night.to)];
  const x = (time: number) => left + ((time - from) / (to - from)) * (width - left - right);
  const y = (level: number) => height - bottom - (level / 100) * (height - top - bottom);
  const floor = y(0);
  const line = linePath(night, x, y);
  const upright = (time: string, name: string) => {
    const at = x(Date.parse(time));
    const anchor = at > width - 60 ? 'end' : 'middle';
    return [
      svg('line', { class: 'sun', x1: at, x2: at, y1: top - 4, y2: floor }),
      svg('text', { x: at, y: top - 8, 'text-anchor': anchor }, `${name} ${clock(time)}`),
    ];
  };
  const chart = svg('svg', { class: 'night-chart', viewBox: `0 0 ${width} ${height}`, role: 'img', 'aria-label': fill(t().night.chart, { hours: hours(night.litHours) }) });
  const dark = Math.max(0, x(Date.parse(night.sunrise)) - x(Date.parse(night.sunset)));
  chart.append(
    svg('rect', { class: 'dark', x: x(Date.parse(night.sunset)), y: top, width: dark, height: floor - top }),
    ...[0, 50, 100].flatMap((level) => [
      svg('line', { class: 'grid', x1: left, x2: width - right, y1: y(level), y2: y(level) }),
      svg('text', { x: left - 5, y: y(level) + 3.5, 'text-anchor': 'end' }, percent(level)),
    ]),
    ...hourMarks(night).map(({ time, hour }) =>
      svg('text', { x: x(time), y: height - 4, 'text-anchor': time === to ? 'end' : time === from ? 'start' : 'middle' }, String(hour)),
    ),
    svg('path', { class: 'area', d: `${line}L${x(to)} ${floor}L${x(from)} ${floor}Z` }),
    svg('path', { class: 'level', d: line }),
    ...upright(night.sunset, '↓'),
    ...upright(night.sunrise, '↑'),
    ...night.warnings.map((warning) => {
      const start = x(Date.parse(warning.from));
      return svg('rect', { class: 'warned', x: start, y: floor - 2, width: Math.max(2, x(Date.parse(warning.to)) - start), height: 4 });
    }),
    svg('g', { class: 'now' }),
  );
  return chart;
}

/** Moves the mark of now, which is there only in the night that it belongs to. */
export function markNow(chart: SVGSVGElement, night: Night, now: number): void {
  const level = levelAt(night, now);
  const [from, to] = [Date.parse(night.from), Date.parse(night.to)];
  const at = left + ((now - from) / (to - from)) * (width - left - right);
  const mark = chart.querySelector('.now');
  if (level === null) {
    mark?.replaceChildren();
  } else {
    mark?.replaceChildren(
      svg('line', { x1: at, x2: at, y1: top, y2: height - bottom }),
      svg('circle', { cx: at, cy: height - bottom - (level / 100) * (height - top - bottom), r: 4 }),
    );
  }
}

/** Hours and minutes of a duration in hours. */
export function hours(value: number): string {
  const minutes = Math.round(value * 60);
  return `${Math.floor(minutes / 60)}\u202fh\u202f${String(minutes % 60).padStart(2, '0')}`;
}

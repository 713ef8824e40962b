import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMonths, columns, daysIn, monthOf, type Energy } from '../src/energy.ts';
import { addDays, hourMarks, levelAt, linePath, nightOf, stretches, type Night } from '../src/night.ts';
import { boxAround } from '../src/scope.ts';

const paris = 'Europe/Paris';

/** The night of 27 November 2026 in Brest: lit at 16:25 UTC in 30 s, dimmed at 22:00 UTC, lit again at 04:30 UTC, dark at 07:40 UTC. */
const night: Night = {
  plan: 'p',
  version: 1,
  date: '2026-11-27',
  zone: paris,
  program: 'night',
  from: '2026-11-27T11:00:00.000Z',
  to: '2026-11-28T11:00:00.000Z',
  sunset: '2026-11-27T16:25:00.000Z',
  sunrise: '2026-11-28T07:40:00.000Z',
  points: [
    { at: '2026-11-27T16:25:00.000Z', fromPercent: 0, percent: 100, rampSeconds: 30 },
    { at: '2026-11-27T22:00:00.000Z', fromPercent: 100, percent: 30, rampSeconds: 0 },
    { at: '2026-11-28T04:30:00.000Z', fromPercent: 30, percent: 100, rampSeconds: 0 },
    { at: '2026-11-28T07:40:00.000Z', fromPercent: 100, percent: 0, rampSeconds: 0 },
  ],
  litHours: 15.25,
  fullLightHours: 10.7,
  warnings: [],
};

const at = (iso: string) => Date.parse(`2026-11-${iso}Z`);

test('A night is drawn from its beginning to its end without a gap, dark before its first point', () => {
  const all = stretches(night);
  assert.equal(all[0]?.from, Date.parse(night.from));
  assert.equal(all.at(-1)?.to, Date.parse(night.to));
  all.slice(1).forEach((stretch, index) => assert.equal(stretch.from, all[index]?.to));
  assert.deepEqual(all.map(({ start, end }) => [start, end]), [[0, 0], [0, 100], [100, 100], [30, 30], [100, 100], [0, 0]]);
});

test('The level holds between points and moves evenly along a ramp', () => {
  assert.equal(levelAt(night, at('27T12:00:00')), 0);
  assert.equal(levelAt(night, at('27T16:25:15')), 50);
  assert.equal(levelAt(night, at('27T16:25:30')), 100);
  assert.equal(levelAt(night, at('27T22:00:00')), 30);
  assert.equal(levelAt(night, at('28T10:59:59')), 0);
  assert.equal(levelAt(night, at('28T11:00:00')), null);
  assert.equal(levelAt(night, at('27T10:59:59')), null);
});

test('A ramp that the next point cuts ends at the level where it stood', () => {
  const cut: Night = {
    ...night,
    points: [
      { at: '2026-11-27T18:00:00.000Z', fromPercent: 0, percent: 100, rampSeconds: 3600 },
      { at: '2026-11-27T18:15:00.000Z', fromPercent: 25, percent: 10, rampSeconds: 0 },
    ],
  };
  assert.equal(levelAt(cut, at('27T18:06:00')), 10);
  assert.equal(levelAt(cut, at('27T18:15:00')), 10);
  assert.deepEqual(stretches(cut).map(({ start, end }) => [start, end]), [[0, 0], [0, 25], [10, 10]]);
});

test('A night without points is dark from end to end', () => {
  assert.deepEqual(stretches({ ...night, points: [] }), [{ from: Date.parse(night.from), to: Date.parse(night.to), start: 0, end: 0 }]);
});

test('The line begins at the left, ends at the right and steps at each point', () => {
  const [from, to] = [Date.parse(night.from), Date.parse(night.to)];
  const path = linePath(night, (time) => ((time - from) / (to - from)) * 240, (level) => 100 - level);
  assert.ok(path.startsWith('M0 100L'));
  assert.ok(path.endsWith('L240 100'));
  assert.ok(path.includes('L110 0L110 70'));
});

test('A time belongs to the night that began at the last noon of the place', () => {
  assert.equal(nightOf(at('27T11:00:00'), paris), '2026-11-27');
  assert.equal(nightOf(at('27T10:59:59'), paris), '2026-11-26');
  assert.equal(nightOf(at('28T03:00:00'), paris), '2026-11-27');
  assert.equal(nightOf(at('27T11:00:00'), 'Indian/Reunion'), '2026-11-27');
  assert.equal(nightOf(at('27T07:59:59'), 'Indian/Reunion'), '2026-11-26');
  assert.equal(addDays('2026-12-31', 1), '2027-01-01');
  assert.equal(addDays('2027-03-01', -1), '2027-02-28');
});

test('The axis names every third hour by the clock of the place, also in the nights of a clock change', () => {
  const hours = (one: Night) => hourMarks(one).map(({ hour }) => hour);
  assert.deepEqual(hours(night), [12, 15, 18, 21, 0, 3, 6, 9, 12]);
  const autumn = { ...night, from: '2026-10-24T10:00:00.000Z', to: '2026-10-25T11:00:00.000Z' };
  assert.deepEqual(hours(autumn), [12, 15, 18, 21, 0, 3, 6, 9, 12]);
  const spring = { ...night, from: '2026-03-28T11:00:00.000Z', to: '2026-03-29T10:00:00.000Z' };
  assert.deepEqual(hours(spring), [12, 15, 18, 21, 0, 3, 6, 9, 12]);
});

const month: Energy = {
  scope: 'commune:29103',
  month: '2026-02',
  zone: paris,
  energyKilowattHours: 12,
  savedKilowattHours: 3,
  days: [
    { date: '2026-02-01', energyKilowattHours: 6, savedKilowattHours: 4 },
    { date: '2026-02-28', energyKilowattHours: 6, savedKilowattHours: -1 },
  ],
};

test('Each day of the month has a column, what was saved on what was used; a day that used more has nothing on it', () => {
  const all = columns(month);
  assert.equal(all.length, 28);
  assert.deepEqual(all[0], { day: 1, used: 0.6, saved: 0.4 });
  assert.deepEqual(all[1], { day: 2, used: 0, saved: 0 });
  assert.deepEqual(all[27], { day: 28, used: 0.6, saved: 0 });
  assert.ok(columns({ ...month, days: [] }).every(({ used, saved }) => used === 0 && saved === 0));
});

test('Months have their lengths and follow each other over the year', () => {
  assert.deepEqual(['2026-02', '2028-02', '2026-11', '2026-12'].map(daysIn), [28, 29, 30, 31]);
  assert.equal(addMonths('2026-12', 1), '2027-01');
  assert.equal(addMonths('2026-01', -1), '2025-12');
  assert.equal(monthOf(Date.parse('2026-11-30T23:30:00Z'), paris), '2026-12');
});

test('A box around places has all of them inside', () => {
  const [west, south, east, north] = boxAround([{ lon: -4.25, lat: 48.45 }, { lon: -4.3, lat: 48.5 }]) ?? [0, 0, 0, 0];
  assert.ok(west < -4.3 && east > -4.25 && south < 48.45 && north > 48.5 && east - west < 0.051);
  assert.equal(boxAround([]), null);
});

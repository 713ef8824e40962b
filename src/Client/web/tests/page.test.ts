import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byAttention, litShare, searchable, stateOf } from '../src/attention.ts';
import { backoffMillis } from '../src/backoff.ts';
import { actionsOf as alarmActionsOf } from '../src/alarms/alarmActions.ts';
import { actionsOf, furtherActionsOf } from '../src/interventions/orderActions.ts';
import { preferred } from '../src/language.ts';
import { deviceScope, type Viewport } from '../src/scope.ts';
import { blockOf } from '../src/promotion/promotionApi.ts';
import { faultOf, freeId, idOf, placeOf } from '../src/rules/ruleText.ts';
import { texts } from '../src/texts.ts';
import { lossOf, zonesQuery, type WaterZone } from '../src/zones.ts';
import type { Summary } from '../src/frames.ts';

const summary = (total: number, byStatus: Summary['devices']['byStatus'], fires = 0): Summary => ({
  scope: 'commune:29019',
  name: 'Brest',
  asOf: null,
  coveragePercent: 100,
  devices: { total, byKind: {}, byStatus },
  bins: { total: 0, over80Percent: 0, overflowing: 0, fires },
});

test('Back-off doubles from half a second to thirty, spread by a fifth either way', () => {
  assert.deepEqual([0, 1, 2, 5, 6, 7, 5000].map((failures) => backoffMillis(failures, () => 0.5)), [500, 1000, 2000, 16_000, 30_000, 30_000, 30_000]);
  assert.deepEqual([backoffMillis(0, () => 0), backoffMillis(0, () => 1)], [400, 600]);
});

const far: Viewport = { box: [-5, 47.5, -3, 49], zoom: 8 };
const near: Viewport = { box: [-4.5, 48.4, -4.4, 48.45], zoom: 13 };

test('No device is watched while the whole department is on screen', () => {
  assert.equal(deviceScope('29', null, far, null), null);
});

test('Zoomed in, the devices around the viewport are watched', () => {
  assert.deepEqual(deviceScope('29', null, near, null), { scope: 'department:29', box: [-4.55, 48.375, -4.35, 48.475] });
});

test('Moving a little keeps the watch, moving out of its box or far in does not', () => {
  const current = deviceScope('29', null, near, null);
  assert.equal(deviceScope('29', null, { box: [-4.53, 48.41, -4.43, 48.46], zoom: 13 }, current), current);
  assert.deepEqual(deviceScope('29', null, { box: [-4.6, 48.4, -4.5, 48.45], zoom: 13 }, current)?.box?.[0], -4.65);
  assert.ok(deviceScope('29', null, { box: [-4.46, 48.42, -4.45, 48.43], zoom: 16 }, current) !== current);
});

test('A chosen commune is watched whole whatever the zoom, a large one by what is on screen', () => {
  const small = deviceScope('29', { insee: '29001', devices: 300 }, far, null);
  assert.deepEqual(small, { scope: 'commune:29001', box: null });
  assert.equal(deviceScope('29', { insee: '29001', devices: 300 }, near, small), small);
  assert.equal(deviceScope('29', { insee: '29019', devices: 9000 }, far, null), null);
  assert.equal(deviceScope('29', { insee: '29019', devices: 9000 }, near, null)?.scope, 'commune:29019');
});

test('The language is the kept one, then the first of the browser that Grid speaks, then English', () => {
  assert.equal(preferred('fr', ['en-GB']), 'fr');
  assert.equal(preferred(null, ['br', 'fr-FR', 'en']), 'fr');
  assert.equal(preferred('xx', []), 'en');
});

test('Each text has the same places to fill in both languages', () => {
  const places = (node: unknown): unknown =>
    typeof node === 'string' ? [...new Set(node.match(/\{\w+\}/g))].sort() : Object.fromEntries(Object.entries(node as object).map(([key, value]) => [key, places(value)]));
  assert.deepEqual(places(texts.fr), places(texts.en));
});

test('A territory is judged by its share of devices, a fire by itself', () => {
  assert.equal(stateOf(summary(100, { ok: 98, fault: 2 })), 'ok');
  assert.equal(stateOf(summary(100, { ok: 90, fault: 4, warning: 6 })), 'warning');
  assert.equal(stateOf(summary(100, { ok: 80, fault: 12, silent: 8 })), 'fault');
  assert.equal(stateOf(summary(100, { unknown: 100 })), 'unknown');
  assert.equal(stateOf(summary(100, { ok: 100 }, 1)), 'fault');
});

test('The share of lit light points is 0 where there is none', () => {
  assert.equal(litShare(summary(0, {})), 0);
  assert.equal(litShare({ ...summary(4, {}), lighting: { on: 1, off: 2, failed: 1, powerWatts: 0, energyTodayWattHours: 0 } }), 0.25);
});

test('Faults come before warnings, and what is well comes last by identifier', () => {
  const device = (id: string, status: 'ok' | 'fault' | 'warning') => ({ id, kind: 'bin' as const, lon: null, lat: null, status, metrics: {} });
  const order = [device('b', 'ok'), device('a', 'ok'), device('w', 'warning'), device('f', 'fault')].sort(byAttention);
  assert.deepEqual(order.map(({ id }) => id), ['f', 'w', 'a', 'b']);
});

test('A search ignores accents, case and punctuation', () => {
  assert.ok(searchable('Plougastel-Daoulas').includes(searchable('plougastel dao')));
  assert.equal(searchable('Île-de-Sein'), 'ile de sein');
});

test('A number of things is in the singular or the plural as its language has it', async () => {
  Object.assign(globalThis, { localStorage: { getItem: () => 'fr', setItem: () => undefined } });
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: { languages: [] } });
  const { counted, setLanguage } = await import('../src/i18n.ts');
  assert.deepEqual([0, 1, 1500].map((n) => counted('{n} bac|{n} bacs', n)), ['0 bac', '1 bac', '1\u202f500 bacs']);
  setLanguage('en');
  assert.deepEqual([0, 1, 1500].map((n) => counted('{n} bin|{n} bins', n)), ['0 bins', '1 bin', '1,500 bins']);
  setLanguage('fr');
});

test('Quantities are written with the unit of their size, in the language of the page', async () => {
  Object.assign(globalThis, { localStorage: { getItem: () => 'fr', setItem: () => undefined } });
  if (!('navigator' in globalThis)) Object.assign(globalThis, { navigator: { languages: [] } });
  const format = await import('../src/format.ts');
  assert.equal(format.watts(1_234_000), '1,23\u202fMW');
  assert.equal(format.wattHours(950), '950\u202fWh');
  assert.equal(format.flow(12_345), '12,3\u202fm³/h');
  assert.equal(format.metric('segment1On', 1), 'oui');
  assert.equal(format.metric('rainMillimetresPerHour', 0.4), '0,4\u202fmm/h');
  assert.equal(format.metric('leakageMilliamperes', 12), '12\u202fmA');
  assert.equal(format.metric('somethingElse', 1.23456), '1,235');
});

test('a zone shows its measured loss when every meter is known, its estimate when one is missing, and nothing when nobody can say', () => {
  const zone: WaterZone = {
    zone: 'Z', department: '29', communes: ['29019'], date: '2026-11-26', asOf: null, meters: 10, metersHeard: 10, metersExact: 10, exact: true, coveragePercent: 100, inletLitres: 100, outletLitres: 0,
    deliveredLitres: 80, lossLitres: 20, lossPercent: 20, estimatedDeliveredLitres: 80, estimatedLossLitres: 20, nightMinimumLitresPerHour: null,
  };
  assert.deepEqual(lossOf(zone), { litres: 20, isEstimate: false });
  assert.deepEqual(lossOf({ ...zone, coveragePercent: 99.9, lossLitres: 30 }), { litres: 20, isEstimate: true });
  assert.equal(lossOf({ ...zone, lossLitres: null, estimatedLossLitres: null }), null);
});

test('communes and departments have water zones', () => {
  assert.deepEqual(['commune:29019', 'department:2A', 'syndicate:200068120'].map(zonesQuery), ['commune=29019', 'department=2A', null]);
});

test('A work order offers what its state allows', () => {
  const there = [{ by: 'ana', arrivedAt: '2026-11-27T10:00:00.000Z', leftAt: null }];
  assert.deepEqual(actionsOf({ state: 'assigned', visits: [], alarmActive: null }), ['arrive', 'repair', 'pause']);
  assert.deepEqual(actionsOf({ state: 'reopened', visits: there, alarmActive: true }), ['leave', 'repair', 'pause']);
  assert.deepEqual(actionsOf({ state: 'paused', visits: [], alarmActive: null }), ['resume']);
  assert.deepEqual(actionsOf({ state: 'repaired', visits: [], alarmActive: true }), []);
  assert.deepEqual(actionsOf({ state: 'repaired', visits: [], alarmActive: false }), ['close']);
  assert.deepEqual(actionsOf({ state: 'closed', visits: [], alarmActive: null }), []);
});

test('A work order that has ended is not assigned, and one that is repaired may be reopened', () => {
  assert.deepEqual(furtherActionsOf({ state: 'open' }), ['assign', 'prioritise', 'cancel']);
  assert.deepEqual(furtherActionsOf({ state: 'repaired' }), ['reopen', 'cancel']);
  assert.deepEqual(furtherActionsOf({ state: 'cancelled' }), []);
});

test('An alarm that is put aside can be taken back, one that has ended leads to its work order', () => {
  assert.deepEqual(alarmActionsOf({ state: 'returnedUnacknowledged' }), ['acknowledge', 'acknowledgeNote', 'shelve', 'outOfService', 'workOrder']);
  assert.deepEqual(alarmActionsOf({ state: 'shelved' }), ['unshelve', 'workOrder']);
  assert.deepEqual(alarmActionsOf({ state: 'normal' }), ['workOrder']);
});

test('What is wrong with a rule is found at its line and column, as long as the word that stands there', () => {
  const text = 'each bin\n  when fillPercnt > 80 %\nthen open work order';
  const fault = faultOf("line 2, column 8: found 'fillPercnt', expected a metric: fillPercent");
  assert.deepEqual(fault, { line: 2, column: 8, found: "'fillPercnt'", expected: 'a metric: fillPercent' });
  assert.deepEqual(placeOf(text, fault!), [16, 26]);
  assert.equal(text.slice(16, 26), 'fillPercnt');
  const french = faultOf("ligne 2, colonne 8 : trouvé 'fillPercnt', attendu une mesure comme fillPercent");
  assert.deepEqual(french, { ...fault!, expected: 'une mesure comme fillPercent' });
  assert.deepEqual(placeOf(text, french!), [16, 26]);
  assert.deepEqual(placeOf('when overflow', faultOf("line 1, column 14: found the end, expected 'then'")!), [13, 13]);
  assert.deepEqual(placeOf('when', { line: 9, column: 9, found: 'the end', expected: '' }), [4, 4]);
  assert.equal(faultOf('must be given, or the JSON form as rule, and not both'), null);
});

test('A name suggests an identifier that is free', () => {
  assert.equal(idOf('Bac bientôt plein (été)'), 'bac-bientot-plein-ete');
  assert.equal(freeId('a', new Set(['a', 'a-2'])), 'a-3');
});

test('Why something cannot be promoted is told in the language of the page', () => {
  assert.equal(blockOf('is a draft: publish it in the pilot first')?.why, 'draft');
  assert.deepEqual(blockOf('has version 3 as a draft beside the published 2: publish it in the pilot, or put the published one again'), { why: 'newerDraft', values: { draft: '3', published: '2' } });
  assert.deepEqual(blockOf("cannot be assigned: plan 'night' is assigned to the same"), { why: 'otherPlan', values: { plan: 'night' } });
  assert.equal(blockOf('is for the body: a department or all gives no defaults and gets no plans')?.why, 'noBody');
  assert.equal(blockOf('name must have 1 to 200 characters'), null);
});

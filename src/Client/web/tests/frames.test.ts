import assert from 'node:assert/strict';
import { test } from 'node:test';
import { disconnected, emptyView, reduce, type Frame, type Step, type Summary, type View } from '../src/frames.ts';

const limit = 100;

const summary = (total: number): Summary => ({ scope: 'commune:29019', name: 'Brest', asOf: null, coveragePercent: 100, devices: { total, byKind: {}, byStatus: {} } });

const lamp = (id: string, metrics: Record<string, number> = {}) => ({ id, kind: 'streetlight' as const, lon: -4.5, lat: 48.4, status: 'ok' as const, metrics });

/** The last step of frames in order. */
function after(frames: Frame[], from: View = emptyView, most = limit): Step {
  return frames.reduce<Step>((step, frame) => reduce(step.view, frame, most), { view: from, changed: new Set(), summaryChanged: false, commands: [], alarmsChanged: false, resync: false });
}

const shown = (view: View) => Object.fromEntries(Array.from(view.devices, ([id, device]) => [id, device.metrics]));

test('A snapshot shows its devices and summary and sets the cursor', () => {
  const step = after([{ type: 'snapshot', cursor: 'a', summary: summary(1), devices: [lamp('x', { powerWatts: 40 })] }]);
  assert.deepEqual(shown(step.view), { x: { powerWatts: 40 } });
  assert.equal(step.view.cursor, 'a');
  assert.equal(step.view.summary?.devices.total, 1);
  assert.equal(step.view.current, true);
  assert.equal(step.changed, 'all');
});

test('A delta merges the metrics that changed and keeps the others', () => {
  const step = after([
    { type: 'snapshot', cursor: 'a', devices: [lamp('x', { powerWatts: 40, supplyVolts: 230 }), lamp('y')] },
    { type: 'delta', cursor: 'b', devices: [{ ...lamp('x', { powerWatts: 0 }), status: 'fault' }] },
  ]);
  assert.deepEqual(shown(step.view), { x: { powerWatts: 0, supplyVolts: 230 }, y: {} });
  assert.equal(step.view.devices.get('x')?.status, 'fault');
  assert.deepEqual(step.changed, new Set(['x']));
  assert.equal(step.view.cursor, 'b');
});

test('A delta without a summary keeps the former one', () => {
  const step = after([{ type: 'snapshot', cursor: 'a', summary: summary(7) }, { type: 'delta', cursor: 'b', devices: [lamp('x')] }]);
  assert.equal(step.view.summary?.devices.total, 7);
  assert.equal(step.summaryChanged, false);
});

test('A removed device goes, and one that comes back in the same frame stays', () => {
  const step = after([
    { type: 'snapshot', cursor: 'a', devices: [lamp('x'), lamp('y', { powerWatts: 1 })] },
    { type: 'delta', cursor: 'b', removed: ['x', 'y', 'never-known'], devices: [lamp('y', { supplyVolts: 230 })] },
  ]);
  assert.deepEqual(shown(step.view), { y: { supplyVolts: 230 } });
  assert.deepEqual(step.changed, new Set(['x', 'y']));
});

test('Parts of a snapshot show together at the last, and only the last moves the cursor', () => {
  const start = after([{ type: 'snapshot', cursor: 'a', devices: [lamp('old')] }]).view;
  const first = after([{ type: 'snapshot', cursor: 'b', part: 1, parts: 2, devices: [lamp('x')] }], start);
  assert.deepEqual(shown(first.view), { old: {} });
  assert.equal(first.view.cursor, 'a');
  assert.deepEqual(first.changed, new Set());
  const last = after([{ type: 'snapshot', cursor: 'b', part: 2, parts: 2, devices: [lamp('y')], summary: summary(2) }], first.view);
  assert.deepEqual(shown(last.view), { x: {}, y: {} });
  assert.equal(last.view.cursor, 'b');
  assert.equal(last.view.pending.length, 0);
});

test('Parts of a delta show together at the last', () => {
  const start = after([{ type: 'snapshot', cursor: 'a', devices: [lamp('x'), lamp('y')] }]).view;
  const first = after([{ type: 'delta', cursor: 'b', part: 1, parts: 2, devices: [lamp('x', { powerWatts: 1 })] }], start);
  assert.deepEqual(shown(first.view), { x: {}, y: {} });
  const last = after([{ type: 'delta', cursor: 'b', part: 2, parts: 2, removed: ['y'] }], first.view);
  assert.deepEqual(shown(last.view), { x: { powerWatts: 1 } });
  assert.deepEqual(last.changed, new Set(['x', 'y']));
});

test('A part that is missing, repeated or of another frame asks to start over', () => {
  const start = after([{ type: 'snapshot', cursor: 'a' }]).view;
  const one: Frame = { type: 'delta', cursor: 'b', part: 1, parts: 3 };
  for (const wrong of [
    [{ ...one, part: 2 }],
    [one, { ...one, part: 3 }],
    [one, one],
    [one, { type: 'snapshot', cursor: 'c', part: 2, parts: 3 }],
    [one, { type: 'delta', cursor: 'c' }],
    [{ ...one, part: 4 }],
  ] as Frame[][]) {
    const step = after(wrong, start);
    assert.equal(step.resync, true, JSON.stringify(wrong));
    assert.equal(step.view.cursor, null);
    assert.equal(step.view.pending.length, 0);
  }
});

test('A gap keeps the picture, marks it and forgets the cursor until the snapshot that follows', () => {
  const gap = after([{ type: 'snapshot', cursor: 'a', devices: [lamp('x')] }, { type: 'gap', cursor: 'b' }]);
  assert.deepEqual(shown(gap.view), { x: {} });
  assert.equal(gap.view.current, false);
  assert.equal(gap.view.cursor, null);
  const healed = after([{ type: 'snapshot', cursor: 'c', devices: [lamp('y')] }], gap.view);
  assert.deepEqual(shown(healed.view), { y: {} });
  assert.equal(healed.view.current, true);
});

test('A delta before any snapshot, or between a gap and its snapshot, asks to start over', () => {
  const delta: Frame = { type: 'delta', cursor: 'b', devices: [lamp('x')] };
  assert.equal(after([delta]).resync, true);
  assert.equal(after([{ type: 'snapshot', cursor: 'a' }, { type: 'gap' }, delta]).resync, true);
});

test('A lost connection drops parts and keeps picture and cursor, so that deltas go on from there', () => {
  const lost = disconnected(after([{ type: 'snapshot', cursor: 'a', devices: [lamp('x')] }, { type: 'delta', cursor: 'b', part: 1, parts: 2, devices: [lamp('y')] }]).view);
  assert.equal(lost.cursor, 'a');
  const step = after([{ type: 'delta', cursor: 'c', devices: [lamp('z')] }], lost);
  assert.equal(step.resync, false);
  assert.deepEqual(shown(step.view), { x: {}, z: {} });
});

test('Devices over the limit are counted, and a delta never shows a part of one', () => {
  const full = after([{ type: 'snapshot', cursor: 'a', devices: [lamp('x'), lamp('y'), lamp('z')] }], emptyView, 2);
  assert.deepEqual(shown(full.view), { x: {}, y: {} });
  assert.equal(full.view.dropped, 1);
  const step = after([{ type: 'delta', cursor: 'b', removed: ['x'], devices: [lamp('z', { powerWatts: 1 })] }], full.view, 2);
  assert.deepEqual(shown(step.view), { y: {} });
});

const command = { id: 'c1', device: 'x', name: 'setDimming', args: { percent: 30 }, state: 'confirmed' as const, createdAt: '', expiresAt: '', ledger: [] };

test('Commands are handed on, alone or with a whole frame', () => {
  const alone = after([{ type: 'snapshot', cursor: 'a' }, { type: 'delta', cursor: 'a', commands: [command] }]);
  assert.deepEqual(alone.commands, [command]);
  assert.deepEqual(alone.changed, new Set());
  const together = after([{ type: 'snapshot', cursor: 'a' }, { type: 'delta', cursor: 'b', devices: [lamp('x')], commands: [command] }]);
  assert.deepEqual(together.commands, [command]);
  assert.equal(together.view.cursor, 'b');
});

test('Commands alone disturb neither parts under way, nor a gap, nor the cursor', () => {
  const news: Frame = { type: 'delta', cursor: 'old', commands: [command] };
  const one: Frame = { type: 'snapshot', cursor: 'b', part: 1, parts: 2, devices: [lamp('x')] };
  const between = after([one, news]);
  assert.deepEqual(between.commands, [command]);
  assert.equal(between.resync, false);
  assert.deepEqual(shown(after([{ ...one, part: 2, devices: [lamp('y')] }], between.view).view), { x: {}, y: {} });
  const first = after([news]);
  assert.equal(first.resync, false);
  assert.equal(first.view.cursor, null);
});

test('A step never changes the view that it was given', () => {
  const before = after([{ type: 'snapshot', cursor: 'a', devices: [lamp('x', { powerWatts: 1 })] }]).view;
  after([{ type: 'delta', cursor: 'b', removed: ['x'], devices: [lamp('y')] }], before);
  assert.deepEqual(shown(before), { x: { powerWatts: 1 } });
});

test('a frame with alarms alone says that they changed and leaves the cursor where it is', () => {
  const step = reduce({ ...emptyView, cursor: 'c1', current: true }, { type: 'delta', cursor: 'c1', alarms: [{ id: 'B1~fire' }] }, limit);
  assert.equal(step.alarmsChanged, true);
  assert.equal(step.view.cursor, 'c1');
  assert.equal(reduce(step.view, { type: 'delta', cursor: 'c1', commands: [] }, limit).alarmsChanged, false);
});

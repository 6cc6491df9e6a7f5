import { describe, expect, it } from 'vitest';
import type { VectorEnv } from '#core/vector-env.ts';
import { Recorder } from '#train/record/recorder.ts';

/** Of a vector environment, what a recorder looks at. */
function ended(...returns: number[]): VectorEnv {
  return {
    n: returns.length,
    terminated: Uint8Array.from(returns, (value) => (Number.isNaN(value) ? 0 : 1)),
    truncated: new Uint8Array(returns.length),
    episodeReturn: Float64Array.from(returns),
    episodeLength: Int32Array.from(returns, (_, i) => i + 1),
  } as unknown as VectorEnv;
}

describe('Recorder', () => {
  it('keeps the episodes that ended, and gives those since a row', () => {
    const recorder = new Recorder();
    recorder.recordStep(ended(NaN, 5, NaN), 3);
    recorder.recordStep(ended(7, NaN, 9), 6);
    const rows = recorder.episodesSince(1);
    expect(rows).toEqual({
      from: 1,
      step: Float64Array.of(6, 6),
      slot: Float64Array.of(0, 2),
      return: Float64Array.of(7, 9),
      length: Float64Array.of(1, 3),
    });
    expect(recorder.episodesSince(3).step).toHaveLength(0);
    expect(recorder.recentReturn(2)).toBe(8);
    expect(recorder.recentReturn(100)).toBe(7);
    expect(new Recorder().recentReturn(10)).toBeUndefined();
  });

  it('grows without losing a row', () => {
    const recorder = new Recorder();
    for (let i = 0; i < 10_000; i++) recorder.recordStep(ended(i), i);
    expect(recorder.episodesSince(0).return).toEqual(Float64Array.from({ length: 10_000 }, (_, i) => i));
  });

  it('forgets the older half of twice what it keeps, in all columns alike, also after a restore', () => {
    let recorder = new Recorder(100);
    for (let i = 0; i < 1000; i++) {
      recorder.recordStep(ended(i), i);
      recorder.recordMetrics(i < 500 ? { a: i } : { a: i, b: -i }, i * 100);
      if (i === 333) {
        const saved = recorder.snapshot();
        recorder = new Recorder(100);
        recorder.restore(saved);
      }
      const { step, return: returns } = recorder.episodesSince(0);
      expect(returns).toEqual(step);
      expect(step.length).toBeGreaterThanOrEqual(Math.min(i + 1, 100));
      expect(step.length).toBeLessThanOrEqual(200);
      expect([step[0] + step.length - 1, step.at(-1)]).toEqual([i, i]);
    }
    expect(recorder.episodes).toBe(1000);
    expect(recorder.episodesSince(998).return).toEqual(Float64Array.of(998, 999));
    const { step, columns } = recorder.metricsSince(0);
    expect(columns['a']).toEqual(step.map((value) => value / 100));
    expect(columns['b']).toEqual(columns['a'].map((value) => -value));
  });

  it('averages frequent updates into windows and keeps rare ones as rows', () => {
    const frequent = new Recorder();
    for (let step = 1; step <= 250; step++) frequent.recordMetrics({ 'train/loss': step }, step);
    const rows = frequent.metricsSince(0);
    expect(rows.step).toEqual(Float64Array.of(100, 200));
    expect(rows.columns['train/loss']).toEqual(Float64Array.of(50.5, 150.5));
    const rare = new Recorder();
    for (const step of [2048, 4096]) rare.recordMetrics({ 'train/loss': step }, step);
    expect(rare.metricsSince(0).columns['train/loss']).toEqual(Float64Array.of(2048, 4096));
  });

  it('keeps the last value of a counter', () => {
    const recorder = new Recorder();
    for (let step = 1; step <= 250; step++)
      recorder.recordMetrics({ 'plan/sweeps': step, 'train/loss': step }, step);
    expect(recorder.metricsSince(0).columns).toEqual({
      'plan/sweeps': Float64Array.of(100, 200),
      'train/loss': Float64Array.of(50.5, 150.5),
    });
  });

  it('writes what the last updates said although none follows', () => {
    const recorder = new Recorder();
    const playing = ended(NaN);
    for (let step = 1; step <= 130; step++) recorder.recordMetrics({ 'train/loss': step }, step);
    for (let step = 131; step < 300; step++) recorder.recordStep(playing, step);
    expect(recorder.metricRows).toBe(1);
    const other = new Recorder();
    other.restore(recorder.snapshot());
    for (const each of [recorder, other])
      for (let step = 300; step < 700; step++) each.recordStep(playing, step);
    expect(recorder.metricsSince(0)).toEqual({
      from: 0,
      step: Float64Array.of(100, 300),
      columns: { 'train/loss': Float64Array.of(50.5, 115.5) },
    });
    expect(other.snapshot()).toEqual(recorder.snapshot());
  });

  it('fills a metric with NaN where a row has none', () => {
    const recorder = new Recorder();
    recorder.recordMetrics({ a: 1 }, 100);
    recorder.recordMetrics({ b: 2 }, 200);
    recorder.recordMetrics({ a: 3, b: 4 }, 300);
    const { columns } = recorder.metricsSince(0);
    expect(columns).toEqual({ a: Float64Array.of(1, NaN, 3), b: Float64Array.of(NaN, 2, 4) });
    expect(recorder.metricsSince(2).columns['b']).toEqual(Float64Array.of(4));
  });

  it('is restored in the middle of a window', () => {
    const [one, two] = [new Recorder(), new Recorder()];
    for (let step = 1; step <= 130; step++) one.recordMetrics({ x: step }, step);
    one.recordStep(ended(1, 2), 130);
    one.recordMark({ step: 5, kind: 'agent', key: 'gamma', value: 0.9 });
    two.recordMetrics({ y: 1 }, 500);
    two.restore(one.snapshot());
    for (const recorder of [one, two]) recorder.recordMetrics({ x: 1000 }, 260);
    expect(two.snapshot()).toEqual(one.snapshot());
    expect(two.episodes).toBe(2);
    expect(two.marks).toEqual(one.marks);
  });

  it.each([Infinity, 2])(
    'takes episodes of other threads in the order of their steps, keeping %s',
    (keep) => {
      const [leader, peer] = [new Recorder(keep), new Recorder()];
      leader.recordStep(ended(1), 10);
      const from = leader.episodes;
      for (const step of [20, 40, 60]) leader.recordStep(ended(step), step);
      for (const step of [30, 60, 70]) peer.recordStep(ended(step), step, 1);
      leader.addEpisodes(from, [peer.drain(), peer.drain()]);
      expect(leader.episodes).toBe(7);
      const { step, slot, from: first } = leader.episodesSince(0);
      const known = [10, 20, 30, 40, 60, 60, 70].slice(-step.length);
      expect([...step]).toEqual(known);
      expect([...slot]).toEqual([0, 0, 1, 0, 0, 1, 1].slice(-step.length));
      expect(step.length).toBeGreaterThanOrEqual(Math.min(keep, 7));
      expect(first).toBe(0);
      expect([...leader.episodesSince(6).step]).toEqual([70]);
      leader.recordStep(ended(80), 80);
      expect([...leader.episodesSince(7).step]).toEqual([80]);
      expect(peer.snapshot()).toEqual(new Recorder().snapshot());
    },
  );
});

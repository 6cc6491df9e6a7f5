/** The gallery of worlds: what it tells comes from the records, and what it costs stays within its share. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { worlds } from '#train/catalogue/worlds.ts';
import { describeWorld } from '#train/catalogue/entries.ts';
import { TRAITS } from '#ui/gallery/facts.ts';
import { neighbour } from '#ui/gallery/neighbour.ts';
import { Previews } from '#worker/gallery/previews.ts';
import type { GalleryPictures } from '#worker/gallery/protocol.ts';
import { FACTS, worldFacts } from '../../scripts/world-facts.ts';

test('every world has its facts, and they are those of READMEs and records', () => {
  const kept: unknown = JSON.parse(readFileSync(FACTS, 'utf8'));
  expect(kept).toEqual(JSON.parse(JSON.stringify(worldFacts())));
  expect(Object.keys(kept as object)).toEqual(worlds.map(({ id }) => id));
});

test('every trait narrows the worlds down, to some', () => {
  const entries = worlds.map(describeWorld);
  for (const { id, has } of TRAITS) {
    const found = entries.filter(has).length;
    expect(found, id).toBeGreaterThan(1);
    expect(found, id).toBeLessThan(entries.length / 2 + 10);
  }
});

test('arrows go through rows of cards, up and down to the nearest', () => {
  // Two rows of three, then one of two that are wider.
  const places = [0, 10, 20, 0, 10, 20, 0, 15].map((left, k) => ({ left, top: Math.floor(k / 3) * 10 }));
  expect(neighbour(places, 1, 'ArrowDown')).toBe(4);
  expect(neighbour(places, 5, 'ArrowDown')).toBe(7);
  expect(neighbour(places, 7, 'ArrowUp')).toBe(4);
  expect(neighbour(places, 2, 'ArrowRight')).toBe(3);
  expect(neighbour(places, 0, 'ArrowLeft')).toBeUndefined();
  expect(neighbour(places, 6, 'ArrowDown')).toBeUndefined();
  expect(neighbour(places, 3, 'End')).toBe(7);
  expect(neighbour(places, 3, 'a')).toBeUndefined();
});

/** Previews over a clock that only moves when told, and a page that paints in so many milliseconds. */
class Bench {
  readonly sent: GalleryPictures[] = [];
  /** Milliseconds since the start, and those of them that the page painted. */
  now = 0;
  painted = 0;
  private readonly waiting: { readonly at: number; readonly callback: () => void }[] = [];
  readonly previews = new Previews({
    post: (pictures) => this.sent.push(pictures),
    now: () => this.now,
    later: (callback, milliseconds) => this.waiting.push({ at: this.now + milliseconds, callback }),
  });

  /** Paints what was sent and waits, until so much time has passed. */
  run(until: number, paint: number): void {
    let answered = 0;
    while (this.now < until) {
      if (answered < this.sent.length) {
        answered = this.sent.length;
        this.now += paint;
        this.painted += paint;
        this.previews.take({ kind: 'painted', milliseconds: paint });
      }
      const next = this.waiting.shift();
      if (!next) return;
      this.now = Math.max(this.now, next.at);
      next.callback();
    }
  }

  worlds(): string[] {
    return this.sent.flatMap(({ pictures }) => pictures.map(({ world }) => world));
  }
}

const some = worlds.slice(0, 10).map(({ id }) => id);

test('a page that is slow to paint gets fewer pictures: at most 30 % of a core', () => {
  const bench = new Bench();
  bench.previews.take({ kind: 'show', worlds: some, still: false });
  // The first pictures come as fast as they can.
  bench.run(500, 20);
  const before = { now: bench.now, painted: bench.painted };
  bench.run(20_000, 20);
  const share = (bench.painted - before.painted) / (bench.now - before.now);
  expect(share).toBeLessThan(0.3);
  expect(share).toBeGreaterThan(0.2);
});

test('all worlds in view take turns, at no more than twelve pictures a second each', () => {
  const bench = new Bench();
  bench.previews.take({ kind: 'show', worlds: some, still: false });
  bench.run(10_000, 0.1);
  for (const id of some) {
    const count = bench.worlds().filter((world) => world === id).length;
    expect(count, id).toBeGreaterThan(100);
    expect(count, id).toBeLessThan(125);
  }
});

test('nothing is sent until the page has painted, and nothing of worlds out of view', () => {
  const bench = new Bench();
  bench.previews.take({ kind: 'show', worlds: ['cart-pole'], still: false });
  bench.previews.take({ kind: 'show', worlds: ['cart-pole', 'taxi'], still: false });
  expect(bench.worlds()).toEqual(['cart-pole']);
  bench.previews.take({ kind: 'show', worlds: ['taxi'], still: false });
  bench.run(1000, 1);
  expect([...new Set(bench.worlds().slice(1))]).toEqual(['taxi']);
  bench.previews.take({ kind: 'show', worlds: [], still: false });
  const { length } = bench.sent;
  bench.run(5000, 1);
  expect(bench.sent.length - length).toBeLessThan(2);
});

test('a still is sent once', () => {
  const bench = new Bench();
  bench.previews.take({ kind: 'show', worlds: some, still: true });
  bench.run(5000, 1);
  bench.previews.take({ kind: 'show', worlds: [...some, 'memory'], still: true });
  bench.run(10_000, 1);
  expect(bench.worlds()).toEqual([...some, 'memory']);
});

/** What charts draw over which axis, the levels beside it, and the files that hold the same numbers. */
import { describe, expect, test } from 'vitest';
import Papa from 'papaparse';
import { chartSvg, ticks } from '#core/chart-svg.ts';
import { pageHarness } from '#tests/page-harness.ts';
import { until } from '#tests/worker-harness.ts';
import { Places, type Line } from '#ui/parts/chart-data.ts';
import { csvOf, drawing, exported, fileName, jsonOf } from '#ui/parts/chart-export.ts';
import type { Shown } from '#ui/parts/figure.tsx';
import { levelsOf } from '#ui/state/levels.ts';
import { Record } from '#ui/state/record.ts';
import { between, isLoss, placesOf, RETURN, seriesOf, titleOf, type Axis } from '#ui/state/series.ts';
import type { BatchEvent } from '#worker/protocol.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';
const harness = pageHarness();

/** Episodes that end at these steps, and nothing else. */
function batch(progress: number, steps: readonly number[], from = 0, running = true): BatchEvent {
  const step = Float64Array.from(steps);
  const episodes = { from, step, slot: step, return: step, length: step };
  const metrics = { from, step: new Float64Array(0), columns: {} };
  return { kind: 'batch', run: 1, running, progress, finished: false, rate: 10, episodes, metrics };
}

const of = (record: Record) =>
  ({ unit: 'env steps', record: () => record }) as ReturnType<typeof seriesOf>[0];

const line = (unit: string, end: number): Line => ({
  tone: undefined,
  name: undefined,
  unit,
  end: () => end,
  marks: () => [],
  curve: () => undefined,
});

describe('axes', () => {
  test('between points is linear from the origin, flat beyond the last, and takes the last of equal places', () => {
    const place = between(Float64Array.of(10, 20, 20, 40), Float64Array.of(1, 2, 3, 5));
    expect([0, 5, 10, 15, 20, 30, 40, 99].map(place)).toEqual([0, 0.5, 1, 1.5, 3, 4, 5, 5]);
  });

  test('episodes are counted exactly, seconds are those of learning', () => {
    let now = 0;
    const record = new Record(() => now);
    record.take(batch(0, []));
    now = 2000;
    record.take(batch(100, [30, 60, 100]));
    // A pause, and on.
    now = 2500;
    record.take(batch(100, [], 3, false));
    now = 60_000;
    record.take(batch(100, [], 3));
    now = 61_000;
    record.take(batch(200, [200], 3));
    const episodes = placesOf(of(record), 'episodes');
    expect([30, 60, 100, 200].map(episodes.places?.() as (x: number) => number)).toEqual([1, 2, 3, 4]);
    const time = placesOf(of(record), 'time');
    expect([time.unit, time.end()]).toEqual(['seconds', 3.5]);
    expect([50, 150].map(time.places?.() as (x: number) => number)).toEqual([1, 3]);
  });

  test('units that differ take the same width', () => {
    const places = new Places([line('env steps', 1000), line('examples', 250), line('env steps', 2000)]);
    expect([places.units, places.end, places.stretchOf('examples')]).toEqual([
      ['env steps', 'examples'],
      2000,
      8,
    ]);
  });
});

test('metrics have plain names, and losses may be logarithmic', () => {
  expect(['train/gradient-norm', 'speed/steps-per-second', 'made/up'].map(titleOf)).toEqual([
    'Gradient norm',
    'Steps per second',
    'made/up',
  ]);
  expect(['train/critic-loss', 'train/td-error', 'train/epsilon'].map(isLoss)).toEqual([true, true, false]);
});

test('levels are known under the world’s defaults only; the best by hand counts under the same rules', async () => {
  const { page } = harness;
  await page.open(`#${LAKE}&world.slippery=false`);
  const [run] = page.runs.value;
  expect(levelsOf(run)).toEqual([]);
  await page.toggleHumanPlay(run);
  for (const action of [1, 1, 2, 1, 2, 2]) {
    run.humanPlays.press('key', action);
    run.humanPlays.release('key');
  }
  await until(() => run.humanPlays.last.value);
  await page.toggleHumanPlay(run);
  expect(levelsOf(run)).toEqual([{ name: 'your best', value: 1 }]);
  await page.open(`#${LAKE}`);
  expect(levelsOf(page.runs.value[0])).toEqual([
    { name: 'random', value: 0.01329 },
    { name: 'optimum', value: 0.744 },
  ]);
});

async function shown(axis: Axis = 'steps', metric = RETURN): Promise<Shown> {
  const { page } = harness;
  await harness.compared(LAKE);
  await page.runs.value[1].pickAgent('sarsa');
  await until(() => page.runs.value.every(({ worker }) => worker.record.returns.points > 20));
  await page.toggle();
  await until(() => page.runs.value.every(({ worker }) => !worker.progress.value.rate));
  const levels = () => levelsOf(page.runs.value[0]);
  return {
    series: seriesOf(page),
    metric,
    title: titleOf(metric),
    axis,
    logarithmic: false,
    dots: true,
    levels,
  };
}

describe('exports', () => {
  test('a CSV holds every value of the curves in full, and JSON the same with the settings', async () => {
    const chart = exported(await shown());
    const { data } = Papa.parse<{ readonly [column: string]: string }>(csvOf(chart).trim(), { header: true });
    const { runs } = { runs: harness.page.runs.value };
    for (const [i, letter] of ['A', 'B'].entries()) {
      const own = data.filter(({ run }) => run === letter);
      const columns = runs[i].worker.record.returns.columns.map((column) => [...column]);
      expect(['x', 'low', 'high', 'mean'].map((name) => own.map((row) => Number(row[name])))).toEqual(
        columns,
      );
      const [agent, unit] = [['q-learning', 'sarsa'][i], 'env steps'];
      expect(own[0]).toMatchObject({ world: 'frozen-lake', agent, seed: '3', metric: RETURN, unit });
    }
    const json = JSON.parse(jsonOf(chart)) as { lines: { settings: object; points: { mean: number[] } }[] };
    expect(json).toMatchObject({
      metric: RETURN,
      x: 'Steps',
      levels: [{ name: 'random' }, { name: 'optimum' }],
    });
    expect(json.lines[1].settings).toMatchObject({ world: 'frozen-lake', agent: 'sarsa', seed: '3' });
    expect(json.lines[1].points.mean).toEqual([...runs[1].worker.record.returns.columns[3]]);
    expect(fileName(chart)).toBe('frozen-lake-q-learning-vs-sarsa-seed3-return');
  });

  test('over episodes, x counts them', async () => {
    const { lines } = exported(await shown('episodes'));
    const { counts } = harness.page.runs.value[0].worker.record.returns;
    expect([lines[0].unit, [...lines[0].columns[0]]]).toEqual(['Episodes', [...counts]]);
  });

  test('an SVG has a line per run through its values, a legend and the levels', async () => {
    const chart = exported(await shown());
    const svg = chartSvg(drawing(chart), (token) => `#${token}`, { width: 900, height: 480 });
    const lines = [...svg.matchAll(/<polyline points="([^"]*)"[^>]*stroke="([^"]*)"/g)];
    expect(lines.map(([, , stroke]) => stroke)).toEqual(['#run-a', '#run-b']);
    lines.forEach(([, points], i) => {
      const places = points.split(' ').map((pair) => pair.split(',').map(Number));
      const [x, , , mean] = chart.lines[i].columns;
      expect(places).toHaveLength(x.length);
      // Both axes are linear: differences of places are in proportion.
      const [first, last] = [0, x.length - 1];
      const right = Math.max(...chart.lines.map(({ columns }) => columns[0].at(-1) ?? 0));
      expect(places[last][0]).toBeCloseTo(64 + (x[last] / right) * (900 - 84), 1);
      expect(Math.sign(places[first][1] - places[last][1])).toBe(Math.sign(mean[last] - mean[first]));
    });
    expect(svg).toContain('>A: q-learning on frozen-lake<');
    expect(svg).toContain('>optimum 0.744<');
  });

  test('ticks are round and within the axis', () => {
    expect(ticks(0, 100)).toEqual([0, 20, 40, 60, 80, 100]);
    expect(ticks(-0.13, 0.9).map((tick) => Number(tick.toFixed(6)))).toEqual([0, 0.2, 0.4, 0.6, 0.8]);
  });
});

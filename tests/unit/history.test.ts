/** What is kept of a run's past: which checkpoints stay, which moments tell, and episodes that replay bit for bit. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Shelf } from '#train/history/shelf.ts';
import { TapePlayer } from '#train/history/replay-tape.ts';
import { StartChoice } from '#train/history/start-choice.ts';
import { policyOf, StandIn } from '#train/history/stand-in.ts';
import { Tapes } from '#train/history/tape.ts';
import { thin } from '#train/history/thinning.ts';
import { TurningPoints } from '#train/history/turning-points.ts';
import type { EpisodeRows } from '#train/record/recorder.ts';
import { HumanGame } from '#train/runs/human-play.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { createCompute } from '#host/compute.ts';

test('thinning keeps the ends, fits, and leaves no gap that is long for its place in the run', () => {
  const runs = fc.tuple(
    fc.array(fc.integer({ min: 1, max: 5000 }), { minLength: 1, maxLength: 300 }),
    fc.integer({ min: 20, max: 60 }),
  );
  fc.assert(
    fc.property(runs, ([gaps, most]) => {
      const steps = [0];
      for (const gap of gaps) steps.push((steps.at(-1) as number) + gap);
      const spacing = { first: 100, interval: 100 };
      const { kept, interval } = thin(steps, spacing, (chosen) => chosen.length <= most);
      expect(kept[0]).toBe(0);
      expect(kept.at(-1)).toBe(steps.length - 1);
      expect(kept.length).toBeLessThanOrEqual(most);
      // The interval is one of the first, doubled; where checkpoints were taken, one is never further than two intervals away.
      expect(Math.log2(interval / 100) % 1).toBe(0);
      const widest = Math.max(...gaps);
      for (let k = 1; k < kept.length; k++)
        expect(steps[kept[k]] - steps[kept[k - 1]]).toBeLessThan(2 * interval + widest);
      // Half of what fits is used, unless there are hardly any.
      if (interval > 100) expect(kept.length).toBeGreaterThan(Math.min(most / 2, steps.length) / 4);
    }),
  );
});

test('a shelf stays within its memory however long the run is, and keeps what a turning point was', () => {
  const shelf = new Shelf(100, 64 * 1000);
  const points = [{ kind: 'jump', step: 4321, says: '', weight: 1 } as const];
  for (let step = 0; step < 1e6; step += 37)
    if (shelf.isDue(step) || step === 4329)
      shelf.put(
        {
          step,
          episodes: 0,
          mean: undefined,
          state: { x: new Uint8Array(1000) },
          point: step === 4329 ? points[0] : undefined,
        },
        points,
      );
  const steps = shelf.all.map(({ step }) => step);
  expect(shelf.bytes).toBeLessThanOrEqual(64 * 1000);
  expect(steps.length).toBeGreaterThan(20);
  expect(steps).toContain(4329);
  // The beginning, where a run changes most, is kept in more detail than the rest.
  expect(steps.filter((step) => step < 10_000).length).toBeGreaterThan(6);
  const undo = shelf.goBack(4329);
  expect(shelf.all.at(-1)?.step).toBe(4329);
  undo();
  expect(shelf.all.map(({ step }) => step)).toEqual(steps);
});

const NORMALISED = {
  world: 'cart-pole',
  agent: 'ppo',
  wrappers: { normaliseObservation: true },
  config: { numEnvs: 4 },
};
const LAKE = { world: 'frozen-lake', agent: 'q-learning', seed: 3 };

function episodes(returns: readonly number[]): EpisodeRows {
  const rows = Float64Array.from(returns);
  return { from: 0, step: rows.map((_, k) => 10 * (k + 1)), slot: rows, return: rows, length: rows };
}

const around = (mean: number): readonly number[] => Array.from({ length: 20 }, (_, k) => mean + (k % 5));

test('turning points are the first reward, the first solved episode, jumps, surprises and changed choices', () => {
  const lake = new TurningPoints(resolveRun(LAKE));
  lake.takeEpisodes(episodes([0, 0, 1, 0, 1]));
  expect(lake.all).toMatchObject([{ kind: 'reward', step: 30 }]);

  const car = new TurningPoints(resolveRun({ world: 'mountain-car' }));
  car.takeEpisodes(episodes([-200, -200, -200, -200, -170, -200, -108]));
  expect(car.all.map(({ kind, step }) => [kind, step])).toEqual([
    ['reward', 50],
    ['solved', 70],
  ]);
  // Not what is paid all the time.
  const swing = new TurningPoints(resolveRun({ world: 'pendulum' }));
  swing.takeEpisodes(episodes([-1300, -1200, -1250]));
  expect(swing.all).toEqual([]);
  // Under rules of one's own nobody has said what is solved.
  const easy = new TurningPoints(resolveRun({ world: 'mountain-car', rewards: { step: -0.1 } }));
  easy.takeEpisodes(episodes([-20, -20, -20, -20, -11]));
  expect(easy.all.map(({ kind }) => kind)).toEqual(['reward']);

  const pole = new TurningPoints(resolveRun({ world: 'cart-pole' }));
  pole.takeEpisodes(episodes([...around(20), ...around(21), ...around(90)]));
  expect(pole.all.map(({ kind, step }) => [kind, step])).toEqual([['jump', 600]]);

  const rows = new Float64Array(60).fill(1).with(50, 9);
  pole.takeMetrics({ from: 0, step: rows.map((_, k) => 1000 + k), columns: { 'train/loss': rows } });
  expect(pole.all.at(-1)).toMatchObject({ kind: 'surprise', step: 1050, says: 'loss 9 times its mean' });

  // A choice that flickers does not count.
  for (const [k, is] of ['left', 'left', 'right', 'left', 'right', 'right', 'right', 'right'].entries())
    pole.takeChoice(is, 2000 + k);
  const choices = pole.all.filter(({ kind }) => kind === 'choice');
  expect(choices).toMatchObject([{ step: 2004, says: 'at the start: right instead of left' }]);
  const undo = pole.goBack(700);
  expect(pole.all).toHaveLength(1);
  undo();
  expect(pole.all).toHaveLength(3);
});

test('of a kind of turning points only the most telling stay', () => {
  const points = new TurningPoints(resolveRun(LAKE));
  const rows = new Float64Array(400).fill(1);
  for (let k = 0; k < 10; k++) rows[30 + 30 * k] = 10 + k;
  points.takeMetrics({ from: 0, step: rows.map((_, k) => k), columns: { 'train/td-error': rows } });
  expect(points.all.map(({ step }) => step)).toEqual([240, 270, 300]);
});

/** A run on compiled steps that has advanced so far. */
async function trained(request: RunRequest, steps: number) {
  const compute = await createCompute('simd', { threads: 1 });
  const setup = resolveRun(request);
  const run = await createRun(setup, compute);
  if (!run.scene) throw new Error('a world');
  const tapes = new Tapes(run.scene.env, 0);
  run.watcher = tapes;
  await run.advance(() => run.progress >= steps);
  return { run, setup, compute, tapes };
}

test.each([
  // Slippery ice, several slots with statistics of observations, continuous actions, and frames that are stacked.
  { request: LAKE, steps: 6000, numbers: [1, 10, 100] },
  { request: NORMALISED, steps: 2000, numbers: [] },
  {
    request: { world: 'pendulum', agent: 'sac', config: { learningStarts: 1e6 } },
    steps: 2400,
    numbers: [1, 10],
  },
  {
    request: {
      world: 'breakout',
      agent: 'dqn',
      config: { learningStarts: 1e6 },
      wrappers: { frameStack: 2 },
    },
    steps: 2000,
    numbers: [1, 10, 100],
  },
])('the 1st, 10th and 100th episode replay bit for bit: $request', async ({ request, steps, numbers }) => {
  const { run, setup, tapes } = await trained(request, steps);
  const record = run.recorder.episodesSince(0);
  const filmed = tapes.all.map(({ number }) => number);
  // With several slots an episode is as many as have ended when it ends.
  if (numbers.length > 0) expect(filmed).toEqual(numbers);
  expect(filmed.length).toBeGreaterThanOrEqual(2);
  for (const tape of tapes.all) {
    expect(record.return[tape.number - 1]).toBe(tape.return);
    const player = new TapePlayer(setup, tape);
    for (let time = 0; time < 2; time++) {
      while (!player.over) player.step();
      expect(Object.is(player.env.episodeReturn[0], tape.return)).toBe(true);
      expect(player.env.episodeLength[0]).toBe(record.length[tape.number - 1]);
      player.rewind();
    }
  }
  const [tape] = tapes.all;
  const wrong = new TapePlayer(setup, { ...tape, return: tape.return + 1 });
  expect(() => {
    while (!wrong.over) wrong.step();
  }).toThrow(/expected a return of/);
});

test.each([
  LAKE,
  { world: 'cart-pole', agent: 'dqn', config: { learningStarts: 100 } },
  NORMALISED,
  { world: 'pendulum', agent: 'td3', config: { learningStarts: 700 } },
])('a stand-in of a checkpoint plays as the run did: %j', async (request) => {
  const { run, setup, compute } = await trained(request, 800);
  const [full, lean] = [await run.snapshot(), await run.snapshot(true)];
  const then = run.evaluate({ episodes: 5, seed: 7 });
  const choice = new StartChoice(run);
  const before = await run.snapshot();
  choice.look();
  await run.advance(() => run.progress >= 1200);
  const straight = await run.snapshot();
  await run.restore(before);
  await run.advance(() => run.progress >= 1200);
  // Looking changed nothing.
  expect(await run.snapshot()).toEqual(straight);
  const standIn = await StandIn.create(setup, compute);
  for (const saved of [full, lean]) {
    await standIn.adopt(policyOf(straight));
    await standIn.adopt(policyOf(saved));
    expect(standIn.evaluate({ episodes: 5, seed: 7 }).returns).toEqual(then.returns);
  }
  const play = standIn.play(7);
  for (let k = 0; k < 300; k++) play.step();
  expect(standIn.evaluate({ episodes: 5, seed: 7 }).returns).toEqual(then.returns);
});

test('from the start of an episode by hand the agent plays the same world', async () => {
  const { run, setup, compute } = await trained({ world: 'cart-pole', agent: 'dqn' }, 200);
  const game = new HumanGame(setup, 5);
  const played = [];
  while (played.length < 3) {
    const episode = game.step([1]);
    if (episode) played.push(episode);
  }
  const standIn = await StandIn.create(setup, compute);
  await standIn.adopt(policyOf(await run.snapshot()));
  // An untrained network mostly takes one action: where that is the player's, it gets the player's return.
  const agent = standIn.agent as { act: (...args: unknown[]) => void };
  agent.act = (_: unknown, __: unknown, out: unknown) =>
    void ((out as { discrete: Int32Array }).discrete[0] = 1);
  for (const episode of played)
    expect(standIn.playFrom({ header: game.header, episodes: [episode] }).return).toBe(episode.return);
});

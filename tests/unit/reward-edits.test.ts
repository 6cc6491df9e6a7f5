/** What users add to a reward: shaping that changes no optimal policy, formulas and cells that are checked, returns left alone. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv } from '#core/vector-env.ts';
import { timeLimit } from '#core/wrappers.ts';
import { compileFormula } from '#data/formula.ts';
import { corridor } from '#envs/sanity/corridor/corridor.ts';
import { createKernel, resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';
import { shapingOf, type RewardEdits } from '#train/world/reward-edits.ts';
import { noCompute } from './tabular-play.ts';

const GAMMA = 0.9;
const ROWS = ['S.#.', '..P.', '...G'];
const grid: RunRequest = {
  world: 'grid-world',
  agent: 'q-learning',
  params: { level: { rows: ROWS } },
};

/** All cells of the level with numbers of their own. */
const potentials = fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 12, maxLength: 12 });
const byCell = (values: readonly number[]) => values.map((value, k) => [k % 4, k >> 2, value] as const);

interface Outcome {
  readonly next: number;
  readonly reward: number;
  readonly terminated: boolean;
}

/** Every transition of the level as the agent gets it, by playing each action in each cell. */
function play(edits: RewardEdits): readonly (readonly Outcome[])[] {
  const setup = resolveRun(grid);
  const env = new VectorEnv(createKernel(setup), 1, rngStreams(1));
  env.shape(shapingOf(env.spec, edits, () => GAMMA));
  const actions = actionBuffer(env.spec, 1);
  const start = env.snapshot();
  return Array.from({ length: 12 }, (_, cell) =>
    [0, 1, 2, 3].map((action) => {
      env.restore({ ...start, state: { cell: Int32Array.of(cell) } });
      actions.discrete[0] = action;
      env.step(actions);
      const terminated = env.terminated[0] === 1;
      return { next: terminated ? -1 : env.obs[0], reward: env.reward[0], terminated };
    }),
  );
}

/** Per free cell the actions that are optimal, by value iteration. */
function optimal(world: ReturnType<typeof play>): readonly (readonly number[])[] {
  const values = new Float64Array(12);
  const q = (cell: number): number[] =>
    world[cell].map(({ next, reward, terminated }) => reward + (terminated ? 0 : GAMMA * values[next]));
  for (let sweep = 0; sweep < 400; sweep++)
    for (let cell = 0; cell < 12; cell++) values[cell] = Math.max(...q(cell));
  const letters = ROWS.join('');
  return Array.from(letters, (letter, cell) => {
    if (letter !== '.' && letter !== 'S') return [];
    const of = q(cell);
    return [0, 1, 2, 3].filter((action) => of[action] > Math.max(...of) - 1e-4);
  });
}

const shaped = (request: RunRequest) => ReinforcementRun.create(resolveRun(request), noCompute);

function steps(count: number): () => boolean {
  let left = count;
  return () => --left <= 0;
}

const wrong = (rewards: Readonly<Record<string, unknown>>, world = 'grid-world', agent?: string) =>
  problemOf(() => resolveRun({ world, rewards, ...(agent !== undefined && { agent }) }));

const hallway = (length: number) => corridor.create(corridor.params.parse({ length }));

describe('potential-based shaping', () => {
  const plain = optimal(play({}));

  it('leaves every optimal policy as it is, whatever the potential', () => {
    fc.assert(
      fc.property(potentials, (values) => {
        expect(optimal(play({ potential: byCell(values) }))).toEqual(plain);
      }),
      { numRuns: 40 },
    );
    expect(optimal(play({ potential: '3 * x - y^2' }))).toEqual(plain);
  });

  it('is told apart from a bonus, which does change it', () => {
    expect(optimal(play({ bonus: [[0, 2, 1]] }))).not.toEqual(plain);
    expect(optimal(play({ formula: 'x == 0 ? 1 : 0' }))).not.toEqual(plain);
  });

  it('adds γΦ(s′) − Φ(s), with Φ = 0 where the episode has terminated', () => {
    const [unshaped, shaped] = [play({}), play({ potential: 'x + 10 * y' })];
    // From (0, 0) to the right, and from (2, 2) into the goal.
    expect(shaped[0][1].reward - unshaped[0][1].reward).toBeCloseTo(GAMMA * 1, 5);
    expect(shaped[10][1].reward - unshaped[10][1].reward).toBeCloseTo(-22, 5);
  });

  it('begins every episode with the potential of its start, whether the last one terminated or was cut off', () => {
    for (const [kernel, rewards] of [
      // Φ is 5 at the start and one more per cell; the third cell is the goal, which pays 1.
      [hallway(3), [-2, 1 - 6]],
      [timeLimit(hallway(50), 2), [-2, 0.5 * 7 - 6]],
    ] as const) {
      const env = new VectorEnv(kernel, 1, rngStreams(1));
      env.shape({ potential: ([x]) => 5 + x, discount: () => 0.5 });
      const actions = actionBuffer(env.spec, 1);
      actions.discrete[0] = 1;
      const got = [0, 1, 2, 3].map(() => {
        env.step(actions);
        return env.reward[0];
      });
      expect(got).toEqual([...rewards, ...rewards]);
    }
  });
});

describe('the agent gets it, the return does not', () => {
  it('adds formula and cells before clipping, and keeps returns', async () => {
    const rewards = { formula: '2 * x', bonus: [[1, 0, -0.5]] };
    const run = await shaped({ ...grid, rewards });
    const { env } = run;
    const actions = actionBuffer(env.spec, 1);
    actions.discrete[0] = 1;
    env.step(actions);
    expect(env.reward[0]).toBeCloseTo(-0.01 + 2 - 0.5, 6);
    expect(env.episodeReturn[0]).toBeCloseTo(-0.01, 6);
    const clipped = await shaped({ ...grid, rewards, wrappers: { clipReward: 1 } });
    clipped.env.step(actions);
    expect(clipped.env.reward[0]).toBe(1);
    run.dispose();
    clipped.dispose();
  });

  it('changes live, is marked, and is taken back', async () => {
    const run = await shaped(grid);
    expect(run.tune({ kind: 'reward', key: 'potential', value: ' x ' })).toMatchObject({ value: 'x' });
    expect(run.setup.request.rewards).toMatchObject({ potential: 'x', goal: 1 });
    expect(() => run.tune({ kind: 'reward', key: 'formula', value: 'z' })).toThrow(
      'reward.formula: expected a formula of x, y, got "z"',
    );
    run.tune({ kind: 'reward', key: 'potential', value: '' });
    expect(run.setup.request.rewards).not.toHaveProperty('potential');
    run.dispose();
  });

  it('resumes bit for bit', async () => {
    const request = { ...grid, rewards: { potential: 'x * y', formula: '-0.1 * y' } };
    const [whole, first, second] = [await shaped(request), await shaped(request), await shaped(grid)];
    await whole.advance(steps(300));
    await first.advance(steps(137));
    await second.restore(await first.snapshot());
    await second.advance(steps(163));
    expect((await second.snapshot())['agent']).toEqual((await whole.snapshot())['agent']);
    expect(second.setup.request.rewards).toEqual(whole.setup.request.rewards);
    for (const run of [whole, first, second]) run.dispose();
  });

  it('stops the run at the first value that is no number, and says so', async () => {
    const run = await shaped({ ...grid, rewards: { formula: 'ln(x - 1)' } });
    expect(() => run.advance(() => false)).toThrow(/the bonus of the edited reward is .*Change the edited/);
    run.dispose();
  });

  it('measures the world itself, however it is wrapped', () => {
    for (const wrappers of [{}, { frameStack: 3 }, { actionRepeat: 2 }]) {
      const setup = resolveRun({
        world: 'mountain-car',
        agent: 'dqn',
        wrappers,
        rewards: { formula: 'position' },
      });
      const env = new VectorEnv(createKernel(setup), 1, rngStreams(1));
      env.shape(shapingOf(env.spec, setup.edits, () => GAMMA));
      env.step(actionBuffer(env.spec, 1));
      const position = env.obs[env.obs.length - 2];
      expect(env.reward[0]).toBeCloseTo(position + env.episodeReturn[0], 6);
    }
  });
});

describe('what is refused', () => {
  it('names field, expectation and value', () => {
    expect(wrong({ formula: 'x +' })).toMatchObject({ field: 'reward.formula', got: '"x +"' });
    expect(wrong({ potential: 'speed' })?.expected).toBe('a formula of x, y');
    expect(wrong({ formula: 'x' }, 'blackjack')?.expected).toBe('nothing, as blackjack names no quantities');
    expect(wrong({ bonus: '[[0,0,1]]' }, 'cart-pole')?.expected).toBe('nothing, as cart-pole has no cells');
    expect(wrong({ bonus: '[[8,0,1]]' })).toMatchObject({
      field: 'reward.bonus.0',
      expected: 'a cell of the 8 × 6 grid',
    });
    expect(
      wrong({
        bonus: [
          [0, 0, 1],
          [0, 0, 2],
        ],
      })?.got,
    ).toBe('cell (0, 0) again');
    expect(wrong({ bonus: [[0, 0, Infinity]] })?.field).toBe('reward.bonus');
    expect(wrong({ formula: 'x' }, 'frozen-lake', 'value-iteration')?.expected).toMatch(
      /^nothing for an agent/,
    );
  });

  it('takes nothing for nothing', () => {
    const { request } = resolveRun({ ...grid, rewards: { formula: ' ', bonus: [], potential: '[]' } });
    expect(Object.keys(request.rewards)).toEqual(['goal', 'pit', 'step', 'cell', 'bump']);
  });

  it('bounds formulas: no code, no lists, not too long, not too deep', () => {
    const refused = [
      'f(x) = x',
      'x = 1',
      'x; x',
      '[x]',
      '"a"',
      'x.y',
      'constructor',
      '',
      `${'('.repeat(17)}x${')'.repeat(17)}`,
      `x${'+x'.repeat(100)}`,
    ];
    for (const text of refused) expect(() => compileFormula(text, ['x'])([1]), text).toThrow();
    expect(compileFormula('-x^2 + (y > 1)', ['x', 'y'])([3, 2])).toBe(-8);
    expect(compileFormula('toString', ['x'])([0])).toBeNaN();
  });

  it('never throws anything but what it announces, whatever is typed', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...Array.from('xy0.+-*/^()!?:<=, abs')) }), (formula) => {
        const problem = wrong({ formula });
        if (problem) expect(problem.field).toBe('reward.formula');
      }),
    );
  });
});

/** `ludus compare` as a user runs it: it trains seeds once, stops as soon as it knows, and reads what others have trained. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ludus, temporaryFolder } from './ludus.ts';

/** The walk along the cliff is learned in 30 000 steps, but not with a step size next to nothing. */
const LEARNER = 'cliff-walking --agent q-learning';
const STONE = 'cliff-walking --agent sarsa --set stepSize=0.0001';

describe('compare', () => {
  it('adds seeds until it is decided, and trains none twice', async () => {
    const out = join(temporaryFolder(), 'compare');
    const ask = async (...more: string[]): ReturnType<typeof ludus> =>
      ludus(
        'compare',
        STONE,
        LEARNER,
        '--score',
        'training',
        '--steps',
        '30000',
        '--episodes',
        '1',
        '--out',
        out,
        ...more,
      );
    const first = await ask('--until-decided', '--jobs', '2');
    expect(first.code, first.stderr).toBe(0);
    expect(first.lines[0]).toMatchObject({
      kind: 'comparison',
      adaStop: { decision: 'better', seeds: 5 },
      improvement: { probability: 1, opinion: 'better' },
    });
    expect(first.stderr.match(/greedy/g)).toHaveLength(10);
    const again = await ask('--seeds', '6');
    expect(again.stderr.match(/greedy/g)).toHaveLength(2);
    expect(again.lines[0]).not.toHaveProperty('adaStop');

    // What it has kept can be compared as records.
    const [a, b] = ['sarsa', 'q-learning'].map((agent) => `${out}#${agent}`);
    const read = await ludus('compare', a, b, '--score', 'training');
    expect(read.code, read.stderr).toBe(0);
    expect(read.lines[0]['improvement']).toEqual(again.lines[0]['improvement']);
  });

  it('compares run folders, and says that one seed is too few', async () => {
    const home = temporaryFolder();
    for (const [agent, seed] of [
      ['sarsa', '1'],
      ['sarsa', '2'],
      ['q-learning', '1'],
    ]) {
      const out = join(home, agent, seed);
      const run = [
        'train',
        'cliff-walking',
        '--agent',
        agent,
        '--seed',
        seed,
        '--steps',
        '2000',
        '--episodes',
        '5',
      ];
      expect((await ludus(...run, '--out', out)).code).toBe(0);
    }
    const { code, lines } = await ludus('compare', join(home, 'sarsa'), join(home, 'q-learning', '1'));
    expect(code).toBe(0);
    const [{ tasks, improvement }] = lines as [{ tasks: { scores: number[][] }[]; improvement?: unknown }];
    expect(tasks[0].scores.map(({ length }) => length)).toEqual([2, 1]);
    expect(improvement).toBeUndefined();
  });

  it.each([
    ['an unknown subject', ['nowhere', LEARNER], 'A: expected a path that exists, or runs of a world ('],
    [
      'several experiments of a world',
      ['docs/results/cart-pole.jsonl#ppo', LEARNER],
      'A: expected part of the name of one experiment after a #',
    ],
    [
      'seeds of what is trained',
      ['docs/results/acrobot.jsonl', 'docs/results/acrobot.jsonl', '--seeds', '3'],
      '--seeds: expected nothing where all seeds are trained, got 3',
    ],
    [
      'two numbers of seeds',
      [LEARNER, STONE, '--seeds', '3', '--until-decided'],
      '--seeds: expected nothing with --until-decided, got 3',
    ],
    [
      'another world, before anything is trained',
      ['frozen-lake --agent q-learning', 'taxi --agent q-learning', '--steps', '1e12'],
      'B: expected frozen-lake, got taxi',
    ],
    [
      'the same twice',
      [LEARNER, 'cliff-walking --agent=q-learning', '--steps', '1e12'],
      'B: expected runs that differ from those of A, got',
    ],
    [
      'a seed of one side',
      ['corridor --agent q-learning --seed 3', 'corridor --agent sarsa', '--steps', '1e12'],
      'A: expected no seed: seeds 1 to n are trained, as --seeds says, got corridor',
    ],
    [
      'an option of one side that there is not',
      [LEARNER, 'cliff-walking --agnt sarsa', '--steps', '1e12'],
      'B option: expected a known name (near: --agent), got "--agnt"',
    ],
    [
      'a score that is none',
      [LEARNER, STONE, '--best', 'taxi=much'],
      '--best taxi: expected a number, got "much"',
    ],
  ])('%s is wrong use', async (_, args, message) => {
    const { code, stderr } = await ludus('compare', ...args);
    expect(stderr).toContain(message);
    expect(code).toBe(2);
  });
});

/** Which worlds presets are for, and that what they are offered for they can run. */
import { describe, expect, it } from 'vitest';
import { isSuited } from '#core/agent.ts';
import { InputError, type Problem } from '#core/errors.ts';
import { givenTo } from '#package/contract/random-recording.ts';
import { agents } from '#train/catalogue/agents.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';

function problemsOf(request: RunRequest): readonly Problem[] {
  try {
    resolveRun(request);
    return [];
  } catch (error) {
    if (error instanceof InputError) return error.problems;
    throw error;
  }
}

describe('a preset', () => {
  const listed = agents.flatMap((agent) =>
    Object.entries(agent.presets).map(([name, { suits }]) => ({ agent, name, suits })),
  );

  it.each(listed)(
    '$agent.id $name runs in every world that it is for, and is refused by name in others',
    (preset) => {
      const { agent, name, suits = {} } = preset;
      let offered = 0;
      for (const world of worlds) {
        const plain = { world: world.id, agent: agent.id };
        if (problemsOf({ ...plain, ...givenTo(agent, world.id) }).length > 0) continue;
        const { spec } = world.create(world.params.parse({}));
        const problems = problemsOf({ ...plain, preset: name, ...givenTo(agent, world.id) });
        if (isSuited(suits, spec)) offered++;
        expect(problems.map(({ field }) => field)).toEqual(isSuited(suits, spec) ? [] : ['preset']);
      }
      expect(offered).toBeGreaterThan(0);
    },
  );

  it('for vectors is refused where a wrapper makes them pictures', () => {
    const wrappers = { pixels: true };
    expect(() => resolveRun({ world: 'cart-pole', agent: 'dqn', preset: 'sb3-zoo', wrappers })).toThrow(
      'preset: expected one for this world (sb3-zoo is for observations that are a vector), got "sb3-zoo"',
    );
    expect(() => resolveRun({ world: 'cart-pole', agent: 'sac', preset: 'sb3-zoo' })).toThrow(
      'preset: expected one for this world (sb3-zoo is for continuous actions, observations that are a vector)',
    );
  });
});

function target(world: string, targetEntropy: number): readonly Problem[] {
  return problemsOf({ world, agent: 'sac', config: { targetEntropy } });
}

describe("SAC's target entropy", () => {
  it.each([0, 1, 1.5])('of %d times log |A| is refused: no policy keeps it', (factor) => {
    expect(target('cart-pole', factor)).toEqual([
      {
        field: 'agent.targetEntropy',
        expected: 'more than 0 and less than 1 where actions are discrete',
        got: String(factor),
      },
    ]);
  });

  it('of a box may be what a narrow policy has, but no less', () => {
    expect(target('pendulum', 4)).toMatchObject([{ field: 'agent.targetEntropy', got: '4' }]);
    for (const factor of [0, 0.5, 1, 3.5]) expect(target('pendulum', factor)).toEqual([]);
    for (const factor of [0.01, 0.5, 0.98]) expect(target('cart-pole', factor)).toEqual([]);
  });
});

/** What tabular agents say of all states at once and of their last update: the numbers of their tables, and of nothing else. */
import * as tf from '@tensorflow/tfjs';
import { describe, expect, it } from 'vitest';
import type { Agent } from '#core/agent.ts';
import { eagerCompute } from '#compile/eager.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

await tf.setBackend('cpu');

const STATES = 16;
const all = Float32Array.from({ length: STATES }, (_, state) => state);

async function play(request: Omit<RunRequest, 'world'>, steps: number): Promise<ReinforcementRun> {
  const run = await createRun(
    resolveRun({ world: 'frozen-lake', seed: 3, params: { slippery: false }, ...request }),
    eagerCompute(),
  );
  if (!(run instanceof ReinforcementRun)) throw new Error('expected a run of reinforcement learning');
  await run.advance(() => run.progress >= steps);
  return run;
}

function table(agent: Agent): number[] {
  return [...(agent.estimates!(all, STATES).actionValues ?? [])];
}

const learners = ['q-learning', 'sarsa', 'expected-sarsa', 'q-lambda', 'double-q', 'monte-carlo'];

describe.each([...learners, 'dyna-q', 'value-iteration', 'policy-iteration'])('estimates of %s', (agent) => {
  it('are those of its inspections, state by state', async () => {
    const { agent: player } = await play({ agent }, 2000);
    const { actionValues, probabilities, values } = player.estimates!(all, STATES);
    expect(new Set(actionValues).size).toBeGreaterThan(4);
    all.forEach((state) => {
      const one = player.inspect(Float32Array.of(state));
      expect(actionValues!.slice(state * 4, state * 4 + 4)).toEqual(one.actionValues);
      expect(probabilities!.slice(state * 4, state * 4 + 4)).toEqual(one.probabilities);
      expect(values![state]).toBe(one.value);
    });
  });
});

describe('visits and traces', () => {
  it('count every update of a pair', async () => {
    const { agent } = await play({ agent: 'q-learning' }, 700);
    const { visits } = agent.estimates!(all, STATES);
    expect(visits!.reduce((sum, n) => sum + n, 0)).toBe(700);
    const both = await play({ agent: 'double-q' }, 700);
    expect(both.agent.estimates!(all, STATES).visits!.reduce((sum, n) => sum + n, 0)).toBe(700);
  });

  it('are those of the running episode', async () => {
    const run = await play(
      { agent: 'q-lambda', config: { epsilonStart: 0, epsilonSchedule: 'constant' } },
      1,
    );
    for (let k = 0; k < 200; k++) {
      await run.advance(() => true);
      const { traces } = run.agent.estimates!(all, STATES);
      const alive = traces!.filter((e) => e > 0).length;
      const length = run.env.terminated[0] | run.env.truncated[0] ? 0 : run.env.episodeLength[0];
      expect(alive).toBeLessThanOrEqual(length);
      expect(alive > 0).toBe(length > 0);
    }
  });
});

describe.each([...learners.filter((id) => id !== 'double-q'), 'dyna-q'])('the last update of %s', (agent) => {
  it('is the change of its table, with the numbers that made it', async () => {
    const config = agent === 'dyna-q' ? { planningSteps: 0, initialValue: 1 } : { initialValue: 1 };
    const run = await play({ agent, config }, 1);
    let told = 0;
    for (let k = 0; k < 300; k++) {
      const before = table(run.agent);
      await run.advance(() => true);
      const after = table(run.agent);
      const update = run.agent.lastUpdate!();
      if (update?.kind !== 'table' || before.every((value, pair) => value === after[pair])) continue;
      told++;
      const pair = update.state * 4 + update.action;
      expect(update.after).toBeCloseTo(after[pair], 6);
      if (agent !== 'monte-carlo') expect(update.before).toBeCloseTo(before[pair], 6);
      // α = 0.1 of the way to the target.
      expect(update.after - update.before).toBeCloseTo(0.1 * (update.target - update.before), 6);
      expect([0, 1]).toContain(update.reward);
    }
    expect(told).toBeGreaterThan(10);
  });
});

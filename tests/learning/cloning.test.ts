/** Behaviour cloning from recorded experts: a pilot written by hand, a planner, and an agent that learned its world itself. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Agent } from '#core/agent.ts';
import type { Compute } from '#compile/step.ts';
import { createCompute } from '#host/compute.ts';
import { evaluate, type Evaluation } from '#train/runs/evaluate.ts';
import {
  parseRecording,
  recordingHeader,
  recordingLine,
  type Recording,
} from '#train/recordings/recording.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { FitRun } from '#train/runs/fit.ts';
import { ReinforcementRun } from '#train/runs/reinforcement.ts';

let compute: Compute & Disposable;
beforeAll(async () => {
  compute = await createCompute('simd');
});
afterAll(() => compute[Symbol.dispose]());

interface Shown {
  readonly recording: Recording;
  readonly evaluation: Evaluation;
}

/** Greedy episodes of an agent, through the recording's text. */
function show(request: RunRequest, agent: Pick<Agent, 'act'>, episodes: number): Shown {
  const run = resolveRun(request);
  const lines = [recordingLine(recordingHeader(run.world.create(run.params), run))];
  const evaluation = evaluate(run, agent as Agent, {
    episodes,
    seed: 100,
    record: (episode) => lines.push(recordingLine(episode)),
  });
  return { recording: parseRecording(lines.join('')), evaluation };
}

async function trained(request: RunRequest, steps: number): Promise<ReinforcementRun> {
  const trainer = await ReinforcementRun.create(resolveRun(request), compute);
  await trainer.advance(() => trainer.progress >= steps);
  return trainer;
}

/** Greedy play, in worlds of another seed than the demonstrations', of a clone that has had so many gradient steps. */
async function clone(request: Omit<RunRequest, 'agent'>, demonstrations: Recording, steps: number) {
  const fit = await FitRun.create(resolveRun({ ...request, agent: 'bc', seed: 1, demonstrations }), compute);
  await fit.advance(() => fit.finished || fit.progress >= steps * fit.agent.batchSize);
  const { columns } = fit.recorder.metricsSince(0);
  const evaluation = fit.evaluate({ episodes: 50, seed: 7 });
  fit.dispose();
  return { evaluation, columns };
}

describe('behaviour cloning', () => {
  it('balances CartPole after ten episodes of a pilot who falls with the pole and never loses it', async () => {
    const pilot: Pick<Agent, 'act'> = {
      act(obs, n, out) {
        for (let i = 0; i < n; i++) {
          const [x, speed, angle, spin] = obs.subarray(4 * i, 4 * i + 4);
          out.discrete[i] = angle + 0.4 * spin + 0.05 * x + 0.1 * speed > 0 ? 1 : 0;
        }
      },
    };
    const shown = show({ world: 'cart-pole', agent: 'reinforce' }, pilot, 10);
    expect(shown.evaluation.mean).toBe(500);
    const { evaluation, columns } = await clone({ world: 'cart-pole' }, shown.recording, 3000);
    expect(columns['train/held-out-accuracy'].findLast((x) => !Number.isNaN(x))).toBeGreaterThan(0.95);
    expect(evaluation.mean).toBeGreaterThanOrEqual(475);
  });

  it('crosses the ice exactly as the planner does that it watched', async () => {
    const planner = await trained({ world: 'frozen-lake', agent: 'value-iteration' }, 2000);
    const shown = show(planner.setup.request, planner.agent, 200);
    const optimum = evaluate(planner.setup, planner.agent, { episodes: 50, seed: 7 });
    const { evaluation } = await clone({ world: 'frozen-lake' }, shown.recording, 4000);
    expect([...evaluation.returns]).toEqual([...optimum.returns]);
    planner.dispose();
  });

  it('swings the pendulum up nearly as well as the agent that learned it', async () => {
    const expert = await trained({ world: 'pendulum', agent: 'sac', seed: 1 }, 12_000);
    const shown = show(expert.setup.request, expert.agent, 40);
    const best = evaluate(expert.setup, expert.agent, { episodes: 50, seed: 7 });
    const { evaluation, columns } = await clone({ world: 'pendulum' }, shown.recording, 8000);
    expect(best.mean).toBeGreaterThan(-200);
    expect(columns['train/held-out-error'].findLast((x) => !Number.isNaN(x))).toBeLessThan(0.1);
    expect(evaluation.mean).toBeGreaterThan(best.mean - 50);
    expert.dispose();
  });
});

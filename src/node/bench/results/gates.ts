/** What the results have to reach, by the interquartile mean over all seeds. */
import type { Interval } from '#core/bootstrap.ts';
import { probabilityOfImprovement } from '#core/improvement.ts';
import { interquartileMean } from '#core/stats.ts';
import type { SeedRecord } from './record.ts';
import { COMPARED, nameOf, suite, type Experiment } from './suite.ts';

/** `training`: mean return of the last 100 training episodes; `greedy`: mean return of the evaluation. */
export type Score = 'training' | 'greedy';

export type Gate =
  | {
      readonly kind: 'threshold';
      readonly title: string;
      readonly score: Score;
      readonly atLeast: number;
      /** One that passes is enough. */
      readonly experiments: readonly Experiment[];
    }
  | {
      readonly kind: 'comparison';
      readonly title: string;
      readonly score: Score;
      /** One pair per world. */
      readonly pairs: readonly (readonly [candidate: Experiment, baseline: Experiment])[];
      /** Number of worlds on which the candidate has to beat the baseline. */
      readonly atLeast: number;
    };

export interface Verdict {
  /** Undefined as long as seeds are missing. */
  readonly met: boolean | undefined;
  /** The scores, as text. */
  readonly reached: string;
}

type RecordsOf = (experiment: Experiment) => readonly SeedRecord[];

export const gates: readonly Gate[] = [
  threshold(
    'CartPole, DQN at 50k',
    475,
    { world: 'cart-pole', agent: 'dqn' },
    ({ preset }) => preset !== 'rainbow',
  ),
  threshold('CartPole, Rainbow at 50k', 475, { world: 'cart-pole', agent: 'dqn', preset: 'rainbow' }),
  threshold('CartPole, PPO at 100k', 475, { world: 'cart-pole', agent: 'ppo', steps: 100_000 }),
  threshold('CartPole, A2C at 500k', 475, { world: 'cart-pole', agent: 'a2c', steps: 500_000 }),
  threshold('CartPole, A3C at 500k', 475, { world: 'cart-pole', agent: 'a3c', steps: 500_000 }),
  threshold('CartPole, PQN at 500k', 475, { world: 'cart-pole', agent: 'pqn', steps: 500_000 }),
  threshold('FrozenLake, tabular: within 1 % of 0.7402', 0.99 * 0.7402, { world: 'frozen-lake' }),
  threshold('CliffWalking, tabular: within 1 % of −13', -13 * 1.01, { world: 'cliff-walking' }),
  threshold('Taxi, tabular: within 1 % of 7.93', 0.99 * 7.93, { world: 'taxi' }),
  threshold('DoorKey-5x5, PPO at 200k', 0.95, { world: 'minigrid-door-key', agent: 'ppo', steps: 200_000 }),
  threshold('DoorKey-8x8, PPO at 1.5M', 0.95, { world: 'minigrid-door-key', steps: 1_500_000 }),
  threshold('MiniGrid Memory, recurrent PPO at 1.5M', 0.9, { world: 'minigrid-memory' }),
  threshold('KeyCorridorS3R2, PPO at 40M', 0.8, { world: 'minigrid-key-corridor' }),
  threshold('Pendulum, SAC at 20k', -200, { world: 'pendulum', agent: 'sac', steps: 20_000 }),
  threshold('MountainCar, DQN at 120k', -115, { world: 'mountain-car', agent: 'dqn', steps: 120_000 }),
  threshold('MountainCar, continuous, SAC at 20k', 90, { world: 'mountain-car-continuous', agent: 'sac' }),
  threshold('LunarLander, PPO or DQN', 200, { world: 'lunar-lander' }),
  {
    ...threshold(
      'Breakout, PPO or PQN within 2M',
      10,
      { world: 'breakout' },
      ({ agent, steps }) => agent !== 'dqn' && steps <= 2_000_000,
    ),
    score: 'training',
  },
  {
    kind: 'comparison',
    title: 'Rainbow ahead of DQN at equal steps on two of three games',
    score: 'training',
    pairs: COMPARED.map((world) => [rainbowOn(world), dqnOn(world)]),
    atLeast: 2,
  },
];

function threshold(
  title: string,
  atLeast: number,
  what: Partial<Pick<Experiment, 'world' | 'agent' | 'preset' | 'steps'>>,
  accepts: (experiment: Experiment) => boolean = () => true,
): Extract<Gate, { kind: 'threshold' }> {
  const experiments = suite.filter(
    (experiment) =>
      Object.entries(what).every(([key, value]) => experiment[key as keyof typeof what] === value) &&
      accepts(experiment),
  );
  return { kind: 'threshold', title, score: 'greedy', atLeast, experiments };
}

function rainbowOn(world: string): Experiment {
  return only((each) => each.world === world && (each.preset ?? '').startsWith('rainbow'));
}

function dqnOn(world: string): Experiment {
  return only(
    (each) => each.world === world && each.agent === 'dqn' && !(each.preset ?? '').startsWith('rainbow'),
  );
}

function only(wanted: (experiment: Experiment) => boolean): Experiment {
  const [found, ...others] = suite.filter(wanted);
  if (!found || others.length > 0) throw new Error('gate: expected to match one experiment of the suite');
  return found;
}

/** A seed's score; −∞ if no training episode ended. */
export function scoreOf(record: Pick<SeedRecord, 'greedy' | 'training'>, score: Score): number {
  return score === 'greedy' ? record.greedy.mean : (record.training.mean ?? -Infinity);
}

export function judge(gate: Gate, recordsOf: RecordsOf): Verdict {
  switch (gate.kind) {
    case 'threshold':
      return judgeThreshold(gate, recordsOf);
    case 'comparison':
      return judgeComparison(gate, recordsOf);
  }
}

function judgeThreshold(
  { experiments, score, atLeast }: Extract<Gate, { kind: 'threshold' }>,
  recordsOf: RecordsOf,
): Verdict {
  const reached = experiments.flatMap((experiment) => {
    const scores = recordsOf(experiment).map((record) => scoreOf(record, score));
    if (scores.length === 0) return [];
    const iqm = interquartileMean(scores);
    const passed = scores.filter((each) => each >= atLeast).length;
    const text = `${nameOf(experiment)}: ${short(iqm)}, ${passed} of ${scores.length} seeds`;
    return [{ iqm, text, complete: scores.length >= experiment.seeds }];
  });
  const met = reached.some(({ iqm, complete }) => complete && iqm >= atLeast);
  const complete = reached.length === experiments.length && reached.every((each) => each.complete);
  const text = reached.map((each) => each.text).join('; ') || 'not run';
  return { met: met || (complete ? false : undefined), reached: text };
}

function judgeComparison(
  { pairs, score, atLeast }: Extract<Gate, { kind: 'comparison' }>,
  recordsOf: RecordsOf,
): Verdict {
  const reached = pairs.flatMap(([candidate, baseline]) => {
    const [scores, baselineScores] = [candidate, baseline].map((each) =>
      recordsOf(each).map((record) => scoreOf(record, score)),
    );
    if (scores.length < candidate.seeds || baselineScores.length < baseline.seeds) return [];
    const [iqm, baselineIqm] = [interquartileMean(scores), interquartileMean(baselineScores)];
    const chance = probabilityOfImprovement(scores, baselineScores);
    const text = `${candidate.world}: ${short(iqm)} to ${short(baselineIqm)}, probability of improvement ${chance.toFixed(2)}`;
    return [{ ahead: iqm > baselineIqm, text }];
  });
  const ahead = reached.filter((each) => each.ahead).length;
  const met = ahead >= atLeast;
  const text = reached.map((each) => each.text).join('; ') || 'not run';
  return { met: met || (reached.length === pairs.length ? false : undefined), reached: text };
}

/** A number with its interval, if it has one: `491.2 [480.1, 500]`. */
export function shortEstimate({ value, low, high }: Partial<Interval> & { readonly value: number }): string {
  return low === undefined || high === undefined
    ? short(value)
    : `${short(value)} [${short(low)}, ${short(high)}]`;
}

/** At most four significant digits, with a typographic minus. */
export function short(value: number): string {
  return (Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)))).replace('-', '−');
}

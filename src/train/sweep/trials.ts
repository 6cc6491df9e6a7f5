/**
 * Searches whose trials are points that keep their settings: grid and random search, and successive halving, which trains many
 * for a while and the best of them for longer, rung by rung (Jamieson and Talwalkar 2016) or as soon as one is among the best of
 * its rung so far (ASHA: Li et al. 2018, arXiv 1810.05934, algorithm 2).
 */
import { mean } from '#core/stats.ts';
import { rngStreams } from '#core/rng.ts';
import { scoreOf, type Job, type Results } from './job.ts';
import { FIRST_TUNING_SEED, trainedAt, type Plan } from './plan.ts';
import { rungsOf, type TrialPlan } from './rungs.ts';
import { byStanding, type Search, type Standing } from './search.ts';
import { gridPoint, gridSize, randomPoint, type Point } from './space.ts';

export function trialSearch(plan: Plan, search: TrialPlan): Search {
  const { axes, seed, tuningSeeds } = plan;
  const streams = rngStreams(seed);
  const size = search.kind === 'grid' ? gridSize(axes) : search.trials;
  const rungs = rungsOf(plan.steps, search);
  const seeds = Array.from({ length: tuningSeeds }, (_, k) => FIRST_TUNING_SEED + k);
  /** By trial; every question goes over all of them. */
  const points: Point[] = [];
  const pointOf = (trial: number): Point =>
    (points[trial] ??=
      search.kind === 'grid' ? gridPoint(axes, trial) : randomPoint(axes, streams('trial', trial)));

  const jobOf = (trial: number, rung: number, jobSeed: number): Job => ({
    ...trainedAt(plan, pointOf(trial), false),
    legs: rungs.slice(0, rung + 1).map((until) => ({ until })),
    key: keyOf(trial, rung, jobSeed),
    seed: jobSeed,
    keep: rung < rungs.length - 1,
  });

  /** Undefined until all seeds have a result. */
  const scoreIn = (results: Results, trial: number, rung: number): number | undefined => {
    const scores: number[] = [];
    for (const each of seeds) {
      const result = results.get(keyOf(trial, rung, each));
      if (!result) return undefined;
      scores.push(scoreOf(result, plan.objective));
    }
    return mean(scores);
  };
  /** The scored trials of a rung, the best first. */
  const ranked = (results: Results, rung: number): readonly Standing[] => {
    const standings: Standing[] = [];
    for (let trial = 0; trial < size; trial++) {
      const score = scoreIn(results, trial, rung);
      if (score !== undefined)
        standings.push({ trial, round: rung, steps: rungs[rung], score, point: pointOf(trial) });
    }
    return standings.toSorted(byStanding);
  };

  /** The trials that may go on from a rung, the best first. */
  const promotable = (results: Results, rung: number): readonly number[] => {
    const scored = ranked(results, rung);
    const { eta } = search as Extract<TrialPlan, { readonly eta: number }>;
    // ASHA takes of those that are there, halving waits for all of the rung.
    const whole = rung === 0 ? size : promotable(results, rung - 1).length;
    if (search.kind === 'halving' && scored.length < whole) return [];
    const best = scored.slice(0, Math.floor(scored.length / eta));
    return best.flatMap(({ trial, score }) => (score === -Infinity ? [] : [trial]));
  };

  function* open(results: Results, running: ReadonlySet<string>): Iterable<Job> {
    const isOpen = (key: string): boolean => !results.has(key) && !running.has(key);
    const jobs = function* (trial: number, rung: number): Iterable<Job> {
      for (const each of seeds) if (isOpen(keyOf(trial, rung, each))) yield jobOf(trial, rung, each);
    };
    for (let rung = rungs.length - 1; rung > 0; rung--)
      for (const trial of promotable(results, rung - 1)) yield* jobs(trial, rung);
    for (let trial = 0; trial < size; trial++) yield* jobs(trial, 0);
  }

  const rounds = (results: Results) => rungs.map((_, rung) => ranked(results, rung));

  const standings = (results: Results): readonly Standing[] => {
    const best = new Map<number, Standing>();
    for (const standing of rounds(results).flat()) best.set(standing.trial, standing);
    return [...best.values()].toSorted(byStanding);
  };

  return {
    open,
    rounds,
    standings,
    test(results, testSeeds) {
      const winner = standings(results).find(({ score }) => score > -Infinity);
      if (winner === undefined) return [];
      const trained = trainedAt(plan, pointOf(winner.trial), true);
      const legs = [{ until: plan.steps }];
      return testSeeds.map((each) => ({ ...trained, legs, keep: false, key: `test ${each}`, seed: each }));
    },
    size: seeds.length * rungs.reduce((sum, _, rung) => sum + sizeOfRung(search, size, rung), 0),
  };
}

function keyOf(trial: number, rung: number, seed: number): string {
  return `tune ${trial}/${rung}/${seed}`;
}

/** Trials on a rung of successive halving; of ASHA about as many. */
function sizeOfRung(search: TrialPlan, size: number, rung: number): number {
  return 'eta' in search ? Math.max(1, Math.floor(size / search.eta ** rung)) : size;
}

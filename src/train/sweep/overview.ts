/** All that a sweep has come to, as a picture of it needs it: every trial round by round, what it waits for, and the best. */
import { bestCommand, bestOf, scoreMeaning, testSeeds, untrainedRemark, type Best } from './best.ts';
import { placeOf, scoreOf, type Results } from './job.ts';
import { FIRST_TUNING_SEED, type Plan, type SearchPlan } from './plan.ts';
import { rungsOf } from './rungs.ts';
import type { Search, Standing } from './search.ts';
import { gridSize, type Axis } from './space.ts';
import { subjectName } from '../request/subject.ts';

/** A round of a trial, with its score. */
export interface Round extends Standing {
  /** Of its runs: that of a member's line, or those of a trial, in which order the scores are. */
  readonly seeds: readonly number[];
  readonly scores: readonly number[];
  /** Env steps, or epochs, of the whole sweep, of all trials, when the last of its results came. */
  readonly at: number;
}

/**
 * Of a trial or a member: trained to the end; no score; going on now or as soon as it is its turn; waiting for the others of its
 * round, or to be promoted yet; or left behind.
 */
export type TrialState = 'done' | 'failed' | 'open' | 'waits' | 'stopped';

export interface TrialLook {
  readonly trial: number;
  readonly state: TrialState;
  /** Those of the shown rounds that have a score, one at least. */
  readonly rounds: readonly Round[];
}

export interface SweepOverview {
  /** What is varied, a run or a fit, its name, and its preset if it has one. */
  readonly kind: Plan['kind'];
  readonly title: string;
  readonly preset?: string | undefined;
  readonly axes: readonly Axis[];
  readonly search: SearchPlan;
  /** Env steps, or epochs, of a whole run. */
  readonly steps: number;
  readonly objective: Plan['objective'];
  /** What the score of a trial is, in words. */
  readonly scores: string;
  /** Jobs with a result, those of them that failed, and about how many there will be. */
  readonly done: number;
  readonly failed: number;
  readonly size: number;
  readonly isOver: boolean;
  /** Trials with a score; the best of them are shown. */
  readonly scored: number;
  /** The same of each round. */
  readonly counts: readonly number[];
  /** The best first, by how far they came. */
  readonly trials: readonly TrialLook[];
  /** Of population-based training: the first generation that is shown. */
  readonly from: number;
  /** What is said of scores that tell nothing about learning. */
  readonly remark?: string | undefined;
  readonly best?: Best & { readonly command: string };
  /** Where the best has come from, round by round, as the numbers of trials; those of rounds that are not shown included. */
  readonly line: readonly number[];
}

/** Marks in a picture, trials in all, and generations of population-based training, at most. */
const MARKS = 1500;
const TRIALS = { least: 20, most: 200 };
const GENERATIONS = 60;

export function overviewOf(plan: Plan, search: Search, results: Results): SweepOverview {
  const standings = search.rounds(results);
  const ranking = search.standings(results);
  const best = bestOf(plan, ranking, results);
  const line = best ? lineOf(standings, best) : [];
  const pending = pendingIn(search, results);
  const from = plan.search.kind === 'pbt' ? Math.max(0, standings.length - GENERATIONS) : 0;
  const order = [...new Set(ranking.map(({ trial }) => trial))];
  const rounds = Math.max(1, standings.length - from);
  const shown = Math.min(TRIALS.most, Math.max(TRIALS.least, Math.floor(MARKS / rounds)));
  const trials = [...new Set([...order.slice(0, shown), ...line.slice(from)])];
  const looks = looksAt(plan, results, standings, new Set(trials));
  const stateOf = states(plan, standings, pending);
  return {
    kind: plan.kind,
    title: subjectName(plan),
    preset: plan.request.preset,
    axes: plan.axes,
    search: plan.search,
    steps: plan.steps,
    objective: plan.objective,
    scores: scoreMeaning(plan),
    done: results.size,
    failed: [...results.values()].filter(({ kind }) => kind === 'failed').length,
    size: search.size + plan.testSeeds,
    isOver: pending.isTuned && (!best || testSeeds(plan).every((seed) => results.has(`test ${seed}`))),
    scored: order.length,
    counts: standings.map(({ length }) => length),
    trials: trials.flatMap((trial) => {
      const all = looks.get(trial) ?? [];
      const last = all.at(-1);
      return last ? [{ trial, state: stateOf(last), rounds: all.slice(-(standings.length - from)) }] : [];
    }),
    from,
    line,
    remark: untrainedRemark(plan, results),
    ...(best && { best: { ...best, command: bestCommand(plan, best) } }),
  };
}

/** What a search still asks for. */
interface Pending {
  /** Whether that is nothing. */
  readonly isTuned: boolean;
  /** Trials that go on, by the number of their next round. */
  readonly goingOn: ReadonlyMap<number, number>;
}

/** Asks the search once, since it looks at all results to answer. */
function pendingIn(search: Search, results: Results): Pending {
  const goingOn = new Map<number, number>();
  let isTuned = true;
  for (const { key } of search.open(results, new Set())) {
    isTuned = false;
    const place = placeOf(key);
    // What stands below has no score yet.
    if (place?.kind !== 'tune' || place.round === 0) break;
    goingOn.set(place.trial, place.round);
  }
  return { isTuned, goingOn };
}

type Rounds = ReturnType<Search['rounds']>;

/** The trials that the best went on from, the first first. */
function lineOf(standings: Rounds, best: Standing): readonly number[] {
  const line: number[] = [];
  let { trial } = best;
  for (let round = best.round; round >= 0; round--) {
    line.unshift(trial);
    const own = trial;
    trial = standings[round].find((each) => each.trial === own)?.parent ?? trial;
  }
  return line;
}

/** The rounds of some trials, by trial. */
function looksAt(
  plan: Plan,
  results: Results,
  standings: Rounds,
  trials: ReadonlySet<number>,
): ReadonlyMap<number, readonly Round[]> {
  const at = progressAt(plan, results);
  const looks = new Map<number, Round[]>();
  const isPbt = plan.search.kind === 'pbt';
  /** Of the lines of members, whose first is the seed's. */
  let roots = new Map<number, number>();
  for (const [round, all] of standings.entries()) {
    const rootOf = ({ trial, parent = trial }: Standing): number =>
      round === 0 ? trial : (roots.get(parent) ?? parent);
    roots = new Map(all.map((standing) => [standing.trial, rootOf(standing)]));
    for (const standing of all) {
      const { trial } = standing;
      if (!trials.has(trial)) continue;
      const seeds = isPbt
        ? [FIRST_TUNING_SEED + (roots.get(trial) ?? trial)]
        : Array.from({ length: plan.tuningSeeds }, (_, k) => FIRST_TUNING_SEED + k);
      const place = `tune ${trial}/${round}`;
      const scores = seeds.map((seed) => {
        const result = results.get(isPbt ? place : `${place}/${seed}`);
        return result ? scoreOf(result, plan.objective) : -Infinity;
      });
      const look = { ...standing, seeds, scores, at: at.get(place) ?? 0 };
      const known = looks.get(trial);
      if (known) known.push(look);
      else looks.set(trial, [look]);
    }
  }
  return looks;
}

/** Env steps, or epochs, of the whole sweep at which each round of each trial had its last result. */
function progressAt(plan: Plan, results: Results): ReadonlyMap<string, number> {
  const at = new Map<string, number>();
  let sum = 0;
  for (const [key, result] of results) {
    const place = placeOf(key);
    if (place?.kind !== 'tune') continue;
    const { trial, round } = place;
    const before = round === 0 ? 0 : endOf(plan, round - 1);
    if (result.kind !== 'failed') sum += Math.max(0, result.steps - before);
    at.set(`tune ${trial}/${round}`, sum);
  }
  return at;
}

/** Env steps, or epochs, at the end of a round. */
function endOf({ search, steps }: Plan, round: number): number {
  if (search.kind === 'pbt') return Math.min(steps, search.interval * (round + 1));
  return rungsOf(steps, search)[round] ?? steps;
}

/** How many rounds a trial has that is trained to the end. */
function roundsIn({ search, steps }: Plan): number {
  return search.kind === 'pbt' ? Math.ceil(steps / search.interval) : rungsOf(steps, search).length;
}

/** How many trials or members there are. */
function trialsIn({ search, axes }: Plan): number {
  if (search.kind === 'grid') return gridSize(axes);
  return search.kind === 'pbt' ? search.population : search.trials;
}

/** Whether a sweep of this plan has a job of this key. */
export function hasJob(plan: Plan, key: string): boolean {
  const place = placeOf(key);
  switch (place?.kind) {
    case 'test':
      return place.seed >= 1 && place.seed <= plan.testSeeds;
    case 'tune': {
      const { trial, round, seed } = place;
      const k = (seed ?? FIRST_TUNING_SEED) - FIRST_TUNING_SEED;
      const isSeed = k >= 0 && k < plan.tuningSeeds && (seed === undefined) === (plan.search.kind === 'pbt');
      return isSeed && trial < trialsIn(plan) && round < roundsIn(plan);
    }
    case undefined:
      return false;
  }
}

/** The state of a trial by its last round. */
function states(
  plan: Plan,
  standings: Rounds,
  { isTuned, goingOn }: Pending,
): (last: Standing) => TrialState {
  const { kind } = plan.search;
  const scored = standings.findLastIndex((all) => all.length > 0);
  const furthest = [...goingOn.values()].reduce((most, round) => Math.max(most, round), scored);
  return ({ trial, round, score }) => {
    if (goingOn.has(trial)) return 'open';
    if (score === -Infinity) return 'failed';
    if (round === roundsIn(plan) - 1) return 'done';
    // Halving decides of a rung at once, the others go on deciding.
    return isTuned || (kind === 'halving' && round < furthest) ? 'stopped' : 'waits';
  };
}

/**
 * AdaStop (Mathieu et al. 2023, arXiv 2306.10882, algorithm 1) for two agents: a group-sequential permutation test. Seeds come in
 * groups; after each, the difference of the sums is compared with what it would be if the scores of every group had been dealt to
 * the two agents by chance.
 *
 * The error is α at most for any number of deals, on average over those that are drawn. If the agents do not differ, the scores as they are and as they were
 * dealt are exchangeable, and of all deals no more than the share α k/K is on the side of a difference up to group k, whichever of
 * them is the true one. A deal that would have stopped the test is left out of the groups that follow.
 */
import type { Scores } from './bootstrap.ts';
import type { Rng } from './rng.ts';

export interface AdaStopPlan {
  /** Seeds of each agent per group. */
  readonly group: number;
  /** Groups at most. */
  readonly groups: number;
  /** Probability of finding a difference where there is none, at most. */
  readonly alpha: number;
  /** Share of comparisons without a difference that stop early, at the cost of some power. */
  readonly beta: number;
}

/** Thirty seeds at most. Five of each agent are the fewest of which one group can decide: 2 / C(10, 5) < 0.05 / 6. */
export const ADASTOP: AdaStopPlan = { group: 5, groups: 6, alpha: 0.05, beta: 0.1 };

/** Deals that are followed: two groups are dealt in all 252² ways, later ones by chance. */
const MOST_DEALS = 70_000;

/** `open`: the seeds so far do not decide. `same`: no difference found. */
export type AdaStopDecision = 'better' | 'worse' | 'same' | 'open';

export interface AdaStopResult {
  /** Of X. */
  readonly decision: AdaStopDecision;
  /** Seeds of each agent that were looked at. */
  readonly seeds: number;
}

/** Deals of the scores so far, each as the difference between what X and Y get; the first is the true one. */
interface Deals {
  readonly differences: Float64Array;
  /** 1 for those that count as `same` already: they no longer stop the test early, but may still find a difference. */
  readonly settled: Uint8Array;
  /** Number of them with those that have stopped the test. */
  readonly total: number;
  /** Of the total: how many have found a difference, and how many count as the same. */
  readonly rejected: number;
  readonly accepted: number;
}

/** What the test says of the seeds so far, of which it takes whole groups until it is decided. */
export function adaStop(
  x: Scores,
  y: Scores,
  rng: Rng,
  { group, groups, alpha, beta }: AdaStopPlan = ADASTOP,
  most = MOST_DEALS,
): AdaStopResult {
  const given = Math.min(groups, Math.floor(Math.min(x.length, y.length) / group));
  const unit = unitOf(x, y);
  let deals: Deals = {
    differences: new Float64Array(1),
    settled: new Uint8Array(1),
    total: 1,
    rejected: 0,
    accepted: 0,
  };
  for (let k = 1; k <= given; k++) {
    const part = [x, y].flatMap((scores) => Array.from(scores.slice((k - 1) * group, k * group)));
    deals = deal(deals, dealsOf(part.map((score) => Math.round(score / unit))), rng, most);
    const [difference] = deals.differences;
    const left = judged(deals, (alpha * k) / groups, (beta * k) / groups);
    const seeds = k * group;
    if (left === 'different') return { decision: difference > 0 ? 'better' : 'worse', seeds };
    if (left === 'same' || k === groups) return { decision: 'same', seeds };
    deals = left;
  }
  return { decision: 'open', seeds: given * group };
}

/** Scores are reckoned in whole numbers of this, so that sums in another order are equal. */
function unitOf(...scores: readonly Scores[]): number {
  let largest = 0;
  for (const list of scores) for (const score of list) largest = Math.max(largest, Math.abs(score));
  return largest === 0 ? 1 : largest * 1e-9;
}

/** The differences of all ways in which the first half of a group's scores could have been dealt; the first is the true one. */
function dealsOf(scores: readonly number[]): readonly number[] {
  const half = scores.length / 2;
  const total = scores.reduce((sum, score) => sum + score, 0);
  const differences: number[] = [];
  const choose = (from: number, left: number, sum: number): void => {
    if (left === 0) {
      differences.push(2 * sum - total);
      return;
    }
    for (let i = from; i <= scores.length - left; i++) choose(i + 1, left - 1, sum + scores[i]);
  };
  choose(0, half, 0);
  return differences;
}

/** The deals with another group: in all ways if they are not too many, by chance otherwise. The true one stays the first. */
function deal(before: Deals, group: readonly number[], rng: Rng, most: number): Deals {
  const { differences, settled, total, rejected, accepted } = before;
  const all = differences.length * group.length <= most;
  const ways = all ? group.length : Math.max(1, Math.floor(most / differences.length));
  const next = new Float64Array(differences.length * ways);
  const nextSettled = new Uint8Array(next.length);
  for (let i = 0, at = 0; i < differences.length; i++)
    for (let way = 0; way < ways; way++, at++) {
      const dealt = all ? way : at === 0 ? 0 : rng.integer(group.length);
      next[at] = differences[i] + group[dealt];
      nextSettled[at] = settled[i];
    }
  return {
    differences: next,
    settled: nextSettled,
    total: total * ways,
    rejected: rejected * ways,
    accepted: accepted * ways,
  };
}

/** What the true deal says when these shares of all may have said so, or the deals that go on. */
function judged(deals: Deals, alpha: number, beta: number): 'different' | 'same' | Deals {
  const { differences, settled, total, rejected, accepted } = deals;
  const sizes = differences.map(Math.abs);
  const sorted = sizes.toSorted();
  // Scores that are all equal tell nothing, however many they are.
  if (sorted[sorted.length - 1] === 0) return 'same';
  // From here on a deal has found a difference: ties do so together or not at all.
  let from = Math.max(0, sorted.length - wholeOf(alpha * total - rejected));
  while (from > 0 && from < sorted.length && sorted[from - 1] === sorted[from]) from++;
  const large = from < sorted.length ? sorted[from] : Infinity;
  if (sizes[0] >= large) return 'different';
  const open = sizes.filter((_, i) => settled[i] === 0).sort();
  let to = Math.min(open.length, wholeOf(beta * total - accepted));
  while (to > 0 && to < open.length && open[to] === open[to - 1]) to--;
  const small = to > 0 ? open[to - 1] : -1;
  if (sizes[0] <= small) return 'same';
  const left = Int32Array.from(sizes.keys()).filter((i) => sizes[i] < large);
  return {
    differences: Float64Array.from(left, (i) => differences[i]),
    settled: Uint8Array.from(left, (i) => (sizes[i] <= small ? 1 : settled[i])),
    total,
    rejected: rejected + sizes.length - left.length,
    accepted: accepted + to,
  };
}

/** A share of all deals as a number of them, in spite of rounding. */
function wholeOf(count: number): number {
  return Math.floor(count + 1e-9 * Math.abs(count) + 1e-9);
}

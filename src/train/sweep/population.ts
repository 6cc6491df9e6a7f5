/**
 * Population-based training (Jaderberg et al. 2017, arXiv 1711.09846): members train side by side; after every interval the
 * worst take over the state of one of the best (truncation selection) and train on with settings near its own. All members of a
 * generation are compared at once, so that the outcome does not depend on who is faster.
 */
import { rngStreams } from '#core/rng.ts';
import { scoreOf, type Leg, type Results } from './job.ts';
import { FIRST_TUNING_SEED, trainedAt, type Plan, type SearchPlan } from './plan.ts';
import { byStanding, type Search, type Standing } from './search.ts';
import { explore, randomPoint, type Point } from './space.ts';

type PopulationPlan = Extract<SearchPlan, { readonly kind: 'pbt' }>;

interface Member {
  /** The member whose first generation its line began with. */
  readonly root: number;
  readonly point: Point;
  readonly legs: readonly Leg[];
  /** The member that it took over, if it did. */
  readonly parent?: number | undefined;
}

export function memberSearch(plan: Plan, search: PopulationPlan): Search {
  const { axes, steps, objective } = plan;
  const { population, interval, quantile } = search;
  const streams = rngStreams(plan.seed);
  const generations = Math.ceil(steps / interval);
  const chosen = Math.max(1, Math.floor(quantile * population));
  const numbers = Array.from({ length: population }, (_, k) => k);
  const founders: readonly Member[] = numbers.map((k) => ({
    root: k,
    point: randomPoint(axes, streams('trial', k)),
    legs: [{ until: Math.min(steps, interval) }],
  }));

  const standingsOf = (results: Results, members: readonly Member[], round: number): readonly Standing[] =>
    members
      .flatMap(({ point, parent, legs }, trial) => {
        const result = results.get(keyOf(trial, round));
        const { until: end } = legs[legs.length - 1];
        const score = result && scoreOf(result, objective);
        return score === undefined ? [] : [{ trial, round, steps: end, score, point, parent }];
      })
      .toSorted(byStanding);

  /** The members of the generation after one that has all its scores; none if all of it failed. */
  const nextGeneration = (members: readonly Member[], ranking: readonly Standing[], round: number) => {
    const best = ranking.slice(0, chosen).filter(({ score }) => score > -Infinity);
    const worst = new Set(
      ranking.flatMap(({ trial, score }, place) =>
        place >= population - chosen || score === -Infinity ? [trial] : [],
      ),
    );
    if (best.length === 0) return [];
    const until = Math.min(steps, interval * (round + 1));
    return members.map((own, member): Member => {
      if (!worst.has(member)) return { ...own, parent: undefined, legs: [...own.legs, { until }] };
      const rng = streams(`exploit ${round}`, member);
      const parent = best[rng.integer(best.length)].trial;
      const { root, legs, point: before } = members[parent];
      const point = explore(axes, before, rng);
      return { root, point, parent, legs: [...legs, { until, tune: point }] };
    });
  };

  /** The generations so far: all but the last have all their scores. */
  const lineage = (results: Results): readonly (readonly Member[])[] => {
    const all: (readonly Member[])[] = [founders];
    for (let round = 1; round < generations; round++) {
      const members = all[round - 1];
      const ranking = standingsOf(results, members, round - 1);
      if (ranking.length < population) break;
      const next = nextGeneration(members, ranking, round);
      if (next.length === 0) break;
      all.push(next);
    }
    return all;
  };

  const partsOf = ({ root, legs }: Member, isTest: boolean) => ({
    ...trainedAt(plan, founders[root].point, isTest),
    legs,
  });

  const rounds = (results: Results) =>
    lineage(results).map((members, round) => standingsOf(results, members, round));

  const standings = (results: Results): readonly Standing[] => rounds(results).flat().toSorted(byStanding);

  return {
    *open(results, running) {
      const all = lineage(results);
      const round = all.length - 1;
      for (const [member, each] of all[round].entries()) {
        const key = keyOf(member, round);
        if (results.has(key) || running.has(key)) continue;
        yield { ...partsOf(each, false), key, seed: FIRST_TUNING_SEED + each.root, keep: true };
      }
    },
    rounds,
    standings,
    test(results, seeds) {
      const winner = standings(results).find(({ score }) => score > -Infinity);
      if (winner === undefined) return [];
      const member = lineage(results)[winner.round][winner.trial];
      return seeds.map((seed) => ({ ...partsOf(member, true), key: `test ${seed}`, seed, keep: false }));
    },
    size: population * generations,
  };
}

function keyOf(member: number, generation: number): string {
  return `tune ${member}/${generation}`;
}

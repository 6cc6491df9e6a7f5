/** At which env steps the trials of a search are compared. */
import type { SearchPlan } from './plan.ts';

export type TrialPlan = Exclude<SearchPlan, { readonly kind: 'pbt' }>;

/** r, rη, rη², … and at last all of them; the whole run alone where nothing is halved. */
export function rungsOf(steps: number, search: TrialPlan): readonly number[] {
  if (search.kind === 'grid' || search.kind === 'random') return [steps];
  const rungs: number[] = [];
  for (let at = search.minSteps; at < steps; at *= search.eta) rungs.push(at);
  return [...rungs, steps];
}

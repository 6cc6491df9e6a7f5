/** The only place that knows every kind of search. */
import type { Plan } from './plan.ts';
import { memberSearch } from './population.ts';
import type { Search } from './search.ts';
import { trialSearch } from './trials.ts';

export function createSearch(plan: Plan): Search {
  return plan.search.kind === 'pbt' ? memberSearch(plan, plan.search) : trialSearch(plan, plan.search);
}

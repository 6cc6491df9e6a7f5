/** The examples of fits on this thread: those of the last one are kept, since the jobs of a sweep mostly have the same. */
import type { DataSet } from '#core/data-set.ts';
import { checkData, resolveFit, type FitSetup } from '#train/request/resolve-fit.ts';
import type { FitPlan } from '#train/sweep/plan.ts';
import { endPoints, requestAt } from '#train/sweep/space.ts';
import { loadData } from '../fit-options.ts';

let last: { readonly key: string; readonly data: Promise<DataSet> } | undefined;

export function fitData(setup: FitSetup): Promise<DataSet> {
  const key = JSON.stringify([setup.data.id, setup.dataConfig]);
  // The old ones go before the new ones come.
  if (last?.key !== key) last = { key, data: loadData(setup, undefined) };
  return last.data;
}

/**
 * Throws an `InputError` if a plan's data cannot be read, or if a model of its space cannot learn them: each end of each axis but
 * those of the data is tried.
 */
export async function checkFits({ request, axes }: FitPlan): Promise<void> {
  const own = axes.filter(({ part }) => part !== 'dataConfig');
  for (const point of [{}, ...endPoints(own)]) {
    const setup = resolveFit({ ...requestAt(request, axes, point), seed: 1 });
    checkData(setup, await fitData(setup));
  }
}

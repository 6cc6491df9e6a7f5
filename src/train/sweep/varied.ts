/** What a sweep varies: a run or a fit, with every value written out but its seed, which every job has its own of. */
import type { CompleteFitRequest } from '../request/resolve-fit.ts';
import type { CompleteRequest } from '../request/resolve.ts';

export type VariedRun = Omit<CompleteRequest, 'seed'>;
export type VariedFit = Omit<CompleteFitRequest, 'seed'>;

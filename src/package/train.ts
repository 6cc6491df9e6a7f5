/**
 * `ludus/train`: trains agents on worlds, in Node. The same request and seed give the same run, bit for bit, as on the command
 * line and on the page.
 */
import { resolveRun, type RunRequest, type RunSetup } from '#train/request/resolve.ts';
import { known, type OwnAgent, type OwnWorld } from './own.ts';

export { DivergenceError, type Divergence } from '#core/divergence.ts';
export { InputError, type Problem } from '#core/errors.ts';
export type { Metrics } from '#core/agent.ts';
export type { ComputeChoice } from '#host/compute.ts';
export type { EpisodeRows, MetricRows } from '#train/record/recorder.ts';
export type { CompleteRequest, RunSetup } from '#train/request/resolve.ts';
export type { Evaluation } from '#train/runs/evaluate.ts';
export type { EvaluationRequest, Run } from '#train/runs/run.ts';
export type { OwnAgent, OwnWorld } from './own.ts';
export { resumeTraining, startTraining, Training } from './training.ts';
export type { AdvanceOptions, ComputeRequest, TrainingRequest } from './training.ts';

/** A run as a user describes it; world and agent by their ids, or as definitions. */
export interface Request extends Omit<RunRequest, 'world' | 'agent'> {
  readonly world: OwnWorld;
  /** Default: the one that the world starts with. */
  readonly agent?: OwnAgent;
}

/**
 * Checks a request without starting anything, and completes it: every setting is written out in the result. Throws an
 * `InputError` that names every wrong field, what was expected and what was given.
 */
export function resolveRequest(request: Request): RunSetup {
  return resolveRun(known(request));
}

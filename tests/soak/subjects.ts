/** Who has a turn in a soak: every agent in a world of each group, and every model. */
import { loadData } from '#node/fit-options.ts';
import type { Compute } from '#compile/step.ts';
import type { Rng } from '#core/rng.ts';
import { fitFor, requestsFor } from '#tests/subjects.ts';
import { agents, type LearnerDefinition } from '#train/catalogue/agents.ts';
import { models } from '#train/catalogue/models.ts';
import { resolveFit, type FitRequest } from '#train/request/resolve-fit.ts';
import { resolveRun, type RunRequest } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { ModelRun } from '#train/runs/model.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { pick } from './half.ts';

/** What is to be trained. */
export type Subject =
  | { readonly kind: 'run'; readonly agent: LearnerDefinition; readonly request: RunRequest }
  | { readonly kind: 'fit'; readonly request: FitRequest };

/** One after another, so that all have equally many turns. */
export function subjectOf(leg: number, rng: Rng): Subject {
  const turn = leg % (agents.length + models.length);
  const seed = 1 + rng.integer(1000);
  if (turn >= agents.length)
    return { kind: 'fit', request: { ...fitFor(models[turn - agents.length].id), seed } };
  const agent = agents[turn];
  return { kind: 'run', agent, request: { ...pick(rng, requestsFor(agent)), seed } };
}

/** `dqn on cart-pole`. */
export function nameOf(subject: Subject): string {
  const { request } = subject;
  return subject.kind === 'run'
    ? `${subject.agent.id} on ${subject.request.world}`
    : `${subject.request.model} on ${String('data' in request && request.data)}`;
}

export async function create(subject: Subject, compute: Compute): Promise<TrainingRun> {
  if (subject.kind === 'run') return createRun(resolveRun(subject.request), compute);
  const setup = resolveFit(subject.request);
  return ModelRun.create(setup, await loadData(setup, undefined), compute);
}

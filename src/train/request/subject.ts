/** What a run trains, as its request describes it: an agent on a world, or a model on a data set. */
import { refusal } from '#core/errors.ts';
import type { CompleteFitRequest } from './resolve-fit.ts';
import type { CompleteRequest } from './resolve.ts';

export interface RunSubject {
  readonly kind: 'run';
  readonly request: CompleteRequest;
}

export interface FitSubject {
  readonly kind: 'fit';
  readonly request: CompleteFitRequest;
}

export type Subject = RunSubject | FitSubject;
export const SUBJECT_KINDS: readonly Subject['kind'][] = ['run', 'fit'];

/** As much of a subject as its name says. */
type Named =
  | { readonly kind: 'run'; readonly request: Pick<CompleteRequest, 'agent' | 'world'> }
  | { readonly kind: 'fit'; readonly request: Pick<CompleteFitRequest, 'model' | 'data'> };

/** `dqn on cart-pole`. */
export function subjectName({ kind, request }: Named): string {
  switch (kind) {
    case 'run':
      return `${request.agent} on ${request.world}`;
    case 'fit':
      return `${request.model} on ${request.data}`;
  }
}

/** The same, of an agent on a world. Throws an `InputError` that names the command for a fit. */
export function asRun<T extends Subject>(subject: T, command = 'fit'): Extract<T, RunSubject> {
  if (subject.kind === 'run') return subject as Extract<T, RunSubject>;
  const expected = `a run of an agent on a world (fits are for \`ludus ${command}\`)`;
  throw refusal('checkpoint', expected, `the fit of ${subjectName(subject)}`);
}

/** The same, of a model on a data set. Throws an `InputError` that names the command for a run. */
export function asFit<T extends Subject>(subject: T, command = 'train'): Extract<T, FitSubject> {
  if (subject.kind === 'fit') return subject as Extract<T, FitSubject>;
  const expected = `a fit of a model to a data set (runs are for \`ludus ${command}\`)`;
  throw refusal('checkpoint', expected, `the run of ${subjectName(subject)}`);
}

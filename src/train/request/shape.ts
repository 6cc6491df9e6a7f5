/** The shape of a request from outside, before any of its values means something. */
import { InputError, refusal, show, type Problem } from '#core/errors.ts';
import { isRecord } from '#core/json.ts';
import type { Subject } from './subject.ts';

interface Part {
  readonly expected: string;
  /** `saved`: only in files, since a user may leave it to the world. */
  readonly required?: 'always' | 'saved';
  readonly fits: (value: unknown) => boolean;
}

const id: Part = { expected: 'an id', fits: isText };
const values: Part = { expected: 'a record of values by name', fits: isRecord };
const preset: Part = { expected: 'the name of a preset', fits: isText };
const seed: Part = {
  expected: 'a whole number',
  fits: (value) => isText(value) || typeof value === 'number',
};

/** The parts of requests by kind; what is inside them is checked where it is read. */
const parts: Readonly<Record<Subject['kind'], Readonly<Record<string, Part>>>> = {
  run: {
    world: { ...id, required: 'always' },
    agent: { ...id, required: 'saved' },
    preset,
    params: values,
    rewards: values,
    wrappers: values,
    config: values,
    seed,
    demonstrations: { expected: 'a recording', fits: isRecord },
  },
  fit: {
    data: { ...id, required: 'always' },
    dataConfig: values,
    augment: values,
    model: { ...id, required: 'always' },
    preset,
    config: values,
    seed,
  },
};

/** Throws an `InputError` that names every part that is missing, unknown, or of another kind, below `where` if it is read from a file. */
export function checkShape(request: unknown, where?: string, kind: Subject['kind'] = 'run'): void {
  if (!isRecord(request)) throw refusal(where ?? 'request', 'a record', show(request));
  const problems: Problem[] = [];
  const known = parts[kind];
  const report = (name: string, expected: string, got = show(request[name])): void => {
    const named = name || show(name);
    problems.push({ field: where === undefined ? named : `${where}.${named}`, expected, got });
  };
  for (const [name, { expected, required, fits }] of Object.entries(known)) {
    const value = request[name];
    const isMissing = required === 'always' || (required === 'saved' && where !== undefined);
    if (value === undefined ? isMissing : !fits(value)) report(name, expected);
  }
  for (const name of Object.keys(request))
    if (!Object.hasOwn(known, name))
      report(name, `one of ${Object.keys(known).join(', ')}`, 'an unknown field');
  if (problems.length > 0) throw new InputError(problems);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

/** The shape of a request from outside, before any of its values means something. */
import { InputError, show, type Problem } from '#core/errors.ts';
import { isRecord } from '#core/json.ts';

interface Part {
  readonly expected: string;
  readonly isRequired?: true;
  readonly fits: (value: unknown) => boolean;
}

const id: Part = { expected: 'an id', isRequired: true, fits: isText };
const values: Part = { expected: 'a record of values by name', fits: isRecord };

/** The parts of a request; what is inside them is checked where it is read. */
const parts: Readonly<Record<string, Part>> = {
  world: id,
  agent: id,
  preset: { expected: 'the name of a preset', fits: isText },
  params: values,
  rewards: values,
  wrappers: values,
  config: values,
  seed: { expected: 'a whole number', fits: (value) => isText(value) || typeof value === 'number' },
  demonstrations: { expected: 'a recording', fits: isRecord },
};

/** Throws an `InputError` that names every part that is missing, unknown, or of another kind, below `where` if that is given. */
export function checkShape(request: unknown, where?: string): void {
  if (!isRecord(request))
    throw new InputError([{ field: where ?? 'request', expected: 'a record', got: show(request) }]);
  const problems: Problem[] = [];
  const report = (name: string, expected: string, got = show(request[name])): void => {
    problems.push({ field: where === undefined ? name : `${where}.${name}`, expected, got });
  };
  for (const [name, { expected, isRequired, fits }] of Object.entries(parts)) {
    const value = request[name];
    if (value === undefined ? isRequired : !fits(value)) report(name, expected);
  }
  for (const name of Object.keys(request))
    if (!Object.hasOwn(parts, name))
      report(name, `one of ${Object.keys(parts).join(', ')}`, 'an unknown field');
  if (problems.length > 0) throw new InputError(problems);
}

function isText(value: unknown): boolean {
  return typeof value === 'string';
}

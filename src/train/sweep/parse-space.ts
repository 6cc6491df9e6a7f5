/** Reads the space of a plan: every axis has to be a field of the run or fit that is varied. */
import { describe, type FieldDescription } from '#core/config.ts';
import { InputError, show, type Problem } from '#core/errors.ts';
import { known } from '#core/near.ts';
import { augmentationTable } from '#data/augment.ts';
import { wrapperTable } from '../catalogue/wrappers.ts';
import type { FitSetup } from '../request/resolve-fit.ts';
import type { RunSetup } from '../request/resolve.ts';
import type { Axis, GivenAxis, GivenRange, SpacePart } from './space.ts';

/** The fields that can be searched, by their part of the request, and the commands that list them. */
export interface Searchable {
  readonly parts: Readonly<Partial<Record<SpacePart, readonly FieldDescription[]>>>;
  readonly commands: string;
}

/** Of runs like `setup`; the terms of a reward are numbers that change live. */
export function fieldsOfRun({ agent, world, rewards }: RunSetup): Searchable {
  const terms = Object.entries(rewards).map(([key, weight]): FieldDescription => ({
    kind: 'number',
    key,
    label: key,
    help: '',
    live: true,
    default: weight,
    min: -Infinity,
    max: Infinity,
    integer: false,
    scale: 'linear',
  }));
  return {
    parts: {
      config: describe(agent.config),
      params: describe(world.params),
      rewards: terms,
      wrappers: describe(wrapperTable),
    },
    commands: `ludus agents ${agent.id}\` and \`ludus envs ${world.id}`,
  };
}

/** Of fits like `setup`, but how many epochs they have, which a plan says once for all. */
export function fieldsOfFit({ model, data }: FitSetup): Searchable {
  return {
    parts: {
      config: describe(model.config).filter(({ key }) => key !== 'epochs'),
      dataConfig: describe(data.config),
      augment: describe(augmentationTable),
    },
    commands: `ludus models ${model.id}\` and \`ludus data ${data.id}`,
  };
}

/** The axes of a plan's space. Throws an `InputError` that names every field that does not exist. */
export function parseSpace(
  space: Readonly<Record<string, GivenAxis>>,
  searchable: Searchable,
): readonly Axis[] {
  const problems: Problem[] = [];
  const axes = Object.entries(space).flatMap(([field, given]) => {
    const axis = parseAxis(field, given, searchable);
    if ('expected' in axis) problems.push(axis);
    return 'expected' in axis ? [] : [axis];
  });
  if (axes.length === 0 && problems.length === 0)
    problems.push({ field: 'space', expected: 'at least one field to search', got: 'none' });
  if (problems.length > 0) throw new InputError(problems);
  return axes;
}

function parseAxis(field: string, given: GivenAxis, { parts, commands }: Searchable): Axis | Problem {
  const where = `space.${field}`;
  const all = Object.entries(parts) as [SpacePart, readonly FieldDescription[]][];
  const axis = all
    .flatMap(([part, fields]) => fields.map((found) => ({ part, found })))
    .find(({ part, found }) => `${part}.${found.key}` === field);
  if (!axis) {
    const names = all.flatMap(([part, fields]) => fields.map(({ key }) => `${part}.${key}`));
    return { field: where, expected: known(field, names, commands), got: 'an unknown field' };
  }
  const { part, found } = axis;
  const place = { field, part, key: found.key, live: found.live === true };
  if (!isRange(given)) {
    const texts = given.map((value) => JSON.stringify(value));
    const twice = given.find((_, k) => texts.indexOf(texts[k]) < k);
    return twice === undefined
      ? { ...place, values: { kind: 'list', list: given } }
      : { field: where, expected: 'each value once', got: `${show(twice)} more than once` };
  }
  if (found.kind !== 'number') {
    const expected = `a list of values of ${field}, which is no number`;
    return { field: where, expected, got: show(given) };
  }
  const { scale = found.scale } = given;
  const isBounded = scale === 'linear' || (scale === 'log' ? given.from > 0 : given.to < 1);
  if (given.from >= given.to || !isBounded) {
    const bound = { linear: '', log: ', from above 0 on', complement: ', up to below 1' }[scale];
    return { field: where, expected: `from below to${bound}`, got: show(given) };
  }
  return { ...place, values: { kind: 'range', isWhole: found.integer, ...given, scale } };
}

function isRange(given: GivenAxis): given is GivenRange {
  return !Array.isArray(given);
}

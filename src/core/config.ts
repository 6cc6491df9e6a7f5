/**
 * Config tables: one zod field gives type, default, range, label and help, and from it come the form on the page, the
 * command line's flags, the permalink and the validation error. There is no second place.
 */
import { z } from 'zod';
import type { BoardFormat } from './board.ts';
import { InputError, refusal, show, type Problem } from './errors.ts';
import { parseJson, valueAt } from './json.ts';
import { known } from './near.ts';
import type { Theme } from './themes.ts';
import type { Condition } from './when.ts';

interface FieldText {
  readonly label: string;
  /** A sentence of at most 160 characters: what it does, the effect of larger or smaller values, and the paper it is from. */
  readonly help: string;
  /** Where the page folds it away among others; absent: it is always shown. */
  readonly theme?: Theme;
  readonly unit?: string;
  /** True: a change reaches the running agent or world. False (default): it needs a reset. */
  readonly live?: boolean;
  /** The number that switches off what the field sets: shown as `off`, which is also accepted as its text. */
  readonly off?: number;
  /** Former keys, which links, checkpoints and scripts may still use. */
  readonly formerly?: readonly string[];
  /** The field has an effect only while this holds; see when.ts. */
  readonly when?: Condition | undefined;
}

/** How a slider spreads a number: evenly, by its logarithm, or, for what is tuned close to 1, by that of 1 − x. */
export type NumberScale = 'linear' | 'log' | 'complement';

/** A field as the page, the command line and the docs see it: plain data, may cross to another thread. */
export type FieldDescription = FieldText & { readonly key: string } & FieldControl;

type FieldControl =
  | {
      readonly kind: 'number';
      readonly default: number;
      readonly min: number;
      readonly max: number;
      readonly integer: boolean;
      readonly scale: NumberScale;
    }
  | { readonly kind: 'choice'; readonly default: string; readonly options: readonly string[] }
  | { readonly kind: 'toggle'; readonly default: boolean }
  | {
      readonly kind: 'json';
      readonly default: unknown;
      readonly expected: string;
      /** A level that can be painted. */
      readonly board?: BoardFormat;
      /** Points [x, y] in metres of a closed line that can be drawn. */
      readonly circuit?: boolean;
    };

/** The text of a value that switches its field off. */
export const OFF = 'off';

const descriptions = z.registry<FieldText & FieldControl>();

type NumberOptions = FieldText & {
  readonly default: number;
  readonly min: number;
  readonly max: number;
  readonly scale?: NumberScale;
};

/** A number field within [min, max]. */
export function number(options: NumberOptions): z.ZodDefault<z.ZodNumber> {
  const { min, max, scale = 'linear' } = options;
  const field = z.number().min(min).max(max).default(options.default);
  descriptions.add(field, { ...options, kind: 'number', integer: false, scale });
  return field;
}

/** A whole-number field within [min, max]. */
export function integer(options: NumberOptions): z.ZodDefault<z.ZodNumber> {
  const { min, max, scale = 'linear' } = options;
  const field = z.number().int().min(min).max(max).default(options.default);
  descriptions.add(field, { ...options, kind: 'number', integer: true, scale });
  return field;
}

/** One of a few words. */
export function choice<const T extends readonly [string, ...string[]]>(
  options: FieldText & { readonly options: T; readonly default: NoInfer<T[number]> },
): z.ZodDefault<z.ZodEnum<{ [K in T[number]]: K }>> {
  const field = z.enum(options.options).default(options.default as never);
  descriptions.add(field, { ...options, kind: 'choice' });
  return field;
}

/** On or off. */
export function toggle(options: FieldText & { readonly default: boolean }): z.ZodDefault<z.ZodBoolean> {
  const field = z.boolean().default(options.default);
  descriptions.add(field, { ...options, kind: 'toggle' });
  return field;
}

/**
 * Structured data (a network, a level) with its own schema; `expected` describes it in words. The default passes through
 * the schema like any other value, so that it gets the defaults of its parts.
 */
export function json<S extends z.ZodType>(
  schema: S,
  options: FieldText & {
    readonly default: NoInfer<z.input<S>>;
    readonly expected: string;
    readonly board?: BoardFormat;
    readonly circuit?: boolean;
  },
): z.ZodPrefault<S> {
  const field = schema.prefault(options.default);
  descriptions.add(field, { ...options, kind: 'json' });
  return field;
}

/** The fields of a table in their order. */
export function describe(table: z.ZodObject): readonly FieldDescription[] {
  return Object.entries(table.shape).map(([key, field]) => {
    const description = descriptions.get(field);
    if (!description) throw new Error(`${key}: a config field must be made by src/core/config.ts`);
    return { key, ...description };
  });
}

/**
 * The values under the current keys of their fields. If a field is given under both its current and a former key, the
 * former one stays, for `parseConfig` to refuse.
 */
export function currentKeys(
  fields: readonly FieldDescription[],
  raw: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const values: Record<string, unknown> = { ...raw };
  for (const { key, formerly = [] } of fields)
    for (const former of formerly)
      if (Object.hasOwn(values, former) && !Object.hasOwn(values, key)) {
        values[key] = values[former];
        delete values[former];
      }
  return values;
}

/**
 * The values of a table from what a form, flag or link gave: texts are read as the field's kind, former keys as current
 * ones; a missing value is taken from `base`, else the default. Throws an `InputError` that names every wrong field as
 * `where.key`, with similar names for unknown ones, or where `all` of many can be seen.
 */
export function parseConfig<T extends z.ZodObject>(
  table: T,
  raw: Readonly<Record<string, unknown>>,
  where: string,
  base: Readonly<Record<string, unknown>> = {},
  all?: string,
): z.output<T> {
  const described = describe(table);
  const fields = new Map(described.map((field) => [field.key, field]));
  const problems: Problem[] = [];
  const values: Record<string, unknown> = {};
  const given = { ...currentKeys(described, base), ...currentKeys(described, raw) };
  for (const [key, text] of Object.entries(given)) {
    const field = fields.get(key);
    if (!field) {
      problems.push(unknownField(described, key, { where, all }));
      continue;
    }
    const value = fromText(field, text);
    const schema = table.shape[key] as z.ZodType;
    const parsed = schema.safeParse(value);
    if (parsed.success) values[key] = parsed.data;
    else
      for (const issue of parsed.error.issues.flatMap(innermost)) {
        const path = [where, key, ...issue.path.map(String)].join('.');
        // A check of the whole value that says more than that it failed is worth more than what the field accepts.
        const atField =
          issue.path.length === 0 && (issue.code !== 'custom' || issue.message === 'Invalid input');
        problems.push({
          field: path,
          expected: atField ? expectation(field) : expectedBy(issue),
          got: show(valueAt(value, issue.path)),
        });
      }
  }
  if (problems.length > 0) throw new InputError(problems);
  return table.parse(values);
}

/** Of data that is one of several kinds (`auto`, or a list of layers): what is wrong with an element's part, if that is all. */
function innermost(issue: z.core.$ZodIssue): readonly z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const inside = issue.errors.find((issues) =>
    issues.every(({ path, code }) => path.length > (code === 'unrecognized_keys' ? 0 : 1)),
  );
  if (!inside || inside.length === 0) return [issue];
  return inside.flatMap((each) => innermost({ ...each, path: [...issue.path, ...each.path] }));
}

/** What a part of structured data should have been; zod's own words begin with what is wrong with it. */
export function expectedBy(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'too_small':
      return issue.origin === 'array' ? `at least ${issue.minimum} of them` : `at least ${issue.minimum}`;
    case 'too_big':
      return issue.origin === 'array' ? `at most ${issue.maximum} of them` : `at most ${issue.maximum}`;
    case 'unrecognized_keys':
      return `no field ${issue.keys.join(', ')}`;
    case 'invalid_type':
      if (issue.expected === 'int') return 'a whole number';
      return `${/^[aeiou]/.test(issue.expected) ? 'an' : 'a'} ${issue.expected}`;
    default:
      return issue.message.replace(/^Invalid (input|option): expected /, '');
  }
}

/** The values of a table with another one of a live field. Throws an `InputError` if that is wrong or needs a reset. */
export function withLiveValue<T extends z.ZodObject>(
  table: T,
  values: Readonly<Record<string, unknown>>,
  { key, value }: { readonly key: string; readonly value: unknown },
  where: string,
): z.output<T> {
  const changed = parseConfig(table, { ...values, [key]: value }, where);
  if (describe(table).find((field) => field.key === key)?.live) return changed;
  const expected = 'a setting that can change during training';
  throw refusal(`${where}.${key}`, expected, 'one that needs a reset');
}

function unknownField(
  fields: readonly FieldDescription[],
  key: string,
  { where, all }: { readonly where: string; readonly all: string | undefined },
): Problem {
  const field = `${where}.${key}`;
  const present = fields.find(({ formerly }) => formerly?.includes(key));
  if (present) return { field, expected: `only ${present.key}, its current name`, got: 'both' };
  const keys = fields.map(({ key }) => key);
  const expected = keys.length === 0 ? 'no fields' : known(key, keys, all);
  return { field, expected, got: 'an unknown field' };
}

/** What a field accepts, in words: `a whole number from 1 to 64`. */
export function expectation(field: FieldDescription, { withUnit = false } = {}): string {
  switch (field.kind) {
    case 'number': {
      const { integer: isInteger, min, max, off, unit } = field;
      const range = `a ${isInteger ? 'whole ' : ''}number from ${min} to ${max}${withUnit && unit ? ` ${unit}` : ''}`;
      return off === undefined ? range : `${range}, or ${OFF}`;
    }
    case 'choice':
      return `one of ${field.options.join(', ')}`;
    case 'toggle':
      return 'true or false';
    case 'json':
      return field.expected;
  }
}

/** Whether a value, or its text, is the one that switches the field off. */
export function isOff(field: FieldDescription, value: unknown): boolean {
  return field.off !== undefined && fromText(field, value) === field.off;
}

/** Reads a text (flag, link, form) as the field's kind; anything else, and any text that does not fit, stays as it is. */
function fromText(field: FieldDescription, given: unknown): unknown {
  if (typeof given !== 'string') return given;
  switch (field.kind) {
    case 'number':
      if (field.off !== undefined && given.trim().toLowerCase() === OFF) return field.off;
      return given.trim() === '' || Number.isNaN(Number(given)) ? given : Number(given);
    case 'toggle':
      return given === 'true' ? true : given === 'false' ? false : given;
    case 'json':
      try {
        return parseJson(given, field.key);
      } catch {
        return given;
      }
    case 'choice':
      return given;
  }
}

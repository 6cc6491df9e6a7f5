/**
 * Reads a command's arguments strictly. citty describes commands and prints their help, but lets unknown flags, missing
 * values and repeated flags pass in silence, which for a long training run is the worst answer.
 */
import { parseArgs } from 'node:util';
import type { CommandDef } from 'citty';
import { InputError, show } from '#core/errors.ts';
import { known } from '#core/near.ts';

/** One argument (its name in capitals) or flag of a command; citty reads the same table for its help. */
export type Argument =
  | {
      readonly type: 'positional';
      readonly description: string;
      readonly required?: boolean;
      readonly valueHint?: string;
    }
  | { readonly type: 'boolean'; readonly description: string }
  | {
      readonly type: 'string';
      readonly description: string;
      readonly valueHint: string;
      readonly default?: string;
      /** May be given several times: `--set a=1 --set b=2`. */
      readonly repeatable?: boolean;
    };

export type ArgumentTable = Readonly<Record<string, Argument>>;

/** A command: its table, its help and what it does with its arguments. Resolves to the exit code. */
export interface Command {
  readonly name: string;
  readonly description: string;
  readonly args: ArgumentTable;
  run(given: Arguments): Promise<number>;
}

/** What was given, by name. A flag that is absent and has no default is undefined, a list or a switch empty or false. */
export interface Arguments {
  text(name: string): string | undefined;
  list(name: string): readonly string[];
  on(name: string): boolean;
}

/** The command as citty's help printer wants it. */
export function forHelp(command: Command): CommandDef {
  return {
    meta: { name: command.name, description: command.description },
    args: { ...command.args },
  };
}

/** Reads raw arguments by a table. Throws an `InputError` that names every unknown, missing or superfluous one. */
export function readArguments(table: ArgumentTable, raw: readonly string[]): Arguments {
  const flags = Object.entries(table).filter(([, argument]) => argument.type !== 'positional');
  const options = Object.fromEntries(
    flags.map(([name, argument]) => [
      name,
      { type: argument.type === 'boolean' ? 'boolean' : 'string', multiple: true } as const,
    ]),
  );
  const { tokens } = parseArgs({
    args: [...raw],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const values = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const value = flagValue(table, token);
    values.set(token.name, [...(values.get(token.name) ?? []), value]);
  }
  placePositionals(table, positionals, values);
  for (const [name, given] of values) checkRepeated(table[name], name, given);
  return {
    text: (name) => values.get(name)?.[0] ?? defaultOf(table[name]),
    list: (name) => values.get(name) ?? [],
    on: (name) => values.has(name),
  };
}

/** `key=value` texts as a record, each key once; the value may contain further equals signs. */
export function readPairs(flag: string, texts: readonly string[]): Record<string, string> {
  const pairs = new Map<string, string>();
  for (const text of texts) {
    const at = text.indexOf('=');
    if (at < 1) throw wrong(`--${flag}`, 'key=value', show(text));
    const [key, value] = [text.slice(0, at), text.slice(at + 1)];
    const before = pairs.get(key);
    if (before !== undefined)
      throw wrong(`--${flag} ${key}`, 'one value', `${show(before)} and ${show(value)}`);
    pairs.set(key, value);
  }
  return Object.fromEntries(pairs);
}

/** A whole number from `min` on; `1e6` is one. */
export function readCount(flag: string, text: string, min = 1): number {
  const count = text.trim() === '' ? NaN : Number(text);
  if (Number.isSafeInteger(count) && count >= min) return count;
  throw wrong(`--${flag}`, `a whole number from ${min}`, show(text));
}

/** The error of one wrong argument. */
export function wrong(field: string, expected: string, got: string): InputError {
  return new InputError([{ field, expected, got }]);
}

function flagValue(
  table: ArgumentTable,
  token: { name: string; rawName: string; value?: string | undefined },
): string {
  const argument = table[token.name];
  if (!argument || argument.type === 'positional') {
    const names = Object.keys(table).filter((name) => table[name].type !== 'positional');
    throw wrong(token.rawName, known(token.name, names), 'an unknown flag');
  }
  if (argument.type === 'boolean') {
    if (token.value !== undefined) throw wrong(token.rawName, 'no value', show(token.value));
    return 'true';
  }
  // Without strictness node takes `--seed --json` for a seed of "--json".
  if (token.value === undefined || token.value.startsWith('--'))
    throw wrong(token.rawName, `a value (${argument.valueHint})`, 'nothing');
  return token.value;
}

function placePositionals(
  table: ArgumentTable,
  given: readonly string[],
  values: Map<string, string[]>,
): void {
  const names = Object.keys(table).filter((name) => table[name].type === 'positional');
  names.forEach((name, i) => {
    const argument = table[name];
    if (i < given.length) values.set(name, [given[i]]);
    else if (argument.type === 'positional' && argument.required !== false)
      throw wrong(name, argument.description, 'nothing');
  });
  if (given.length > names.length) {
    const expected = names.length === 0 ? 'no arguments' : `only ${names.join(' ')}`;
    throw wrong('arguments', expected, given.slice(names.length).map(show).join(' '));
  }
}

function checkRepeated(argument: Argument, name: string, given: readonly string[]): void {
  const repeatable = argument.type === 'string' && argument.repeatable;
  if (given.length > 1 && !repeatable && argument.type !== 'boolean')
    throw wrong(`--${name}`, 'one value', given.map(show).join(' and '));
}

function defaultOf(argument: Argument | undefined): string | undefined {
  return argument?.type === 'string' ? argument.default : undefined;
}

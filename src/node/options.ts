/** Options that take a value, as commander does not make them: given once, `key=value` pairs merged, errors that name the flag. */
import { Option } from '@commander-js/extra-typings';
import { refusal, show, type InputError } from '#core/errors.ts';

/** The values of a repeatable `key=value` option. */
export type Pairs = Readonly<Record<string, string>>;

/** Episodes of an evaluation: all their returns are kept and printed. */
export const MOST_EPISODES = 1_000_000;

/** The error of an option without its value; `flags` as declared, e.g. `--seed <n>`. */
export function missingValue(flags: string): InputError {
  const [flag, value] = flags.split(' ');
  return refusal(flag, `a value ${value}`, 'nothing');
}

/** An option whose value `parse` reads; giving it twice is an error. */
export function valueOption<Flags extends string, T>(
  flags: Flags,
  description: string,
  parse: (text: string, flag: string) => T,
) {
  const [flag] = flags.split(' ');
  let earlier: string | undefined;
  return new Option(flags, description).argParser((text): T => {
    checkPresent(flags, text);
    if (earlier !== undefined) throw refusal(flag, 'one value', `${show(earlier)} and ${show(text)}`);
    earlier = text;
    return parse(text, flag);
  });
}

/** An option whose value is taken as it is. */
export function textOption<Flags extends string>(flags: Flags, description: string) {
  return valueOption(flags, description, (text) => text);
}

/** An option whose value is a whole number. */
export function countOption<Flags extends string>(flags: Flags, description: string, min = 1, max = 1e9) {
  return valueOption(flags, description, (text, flag) => parseCount(flag, text, { min, max }));
}

/** An option whose value is one of these names. */
export function choiceOption<Flags extends string, Name extends string>(
  flags: Flags,
  description: string,
  names: readonly Name[],
) {
  return valueOption(flags, description, (text, flag): Name => {
    const name = names.find((candidate) => candidate === text);
    if (name === undefined) throw refusal(flag, `one of ${names.join(', ')}`, show(text));
    return name;
  });
}

/** A repeatable `key=value` option; giving a key twice is an error. The value may contain further equals signs. */
export function pairsOption<Flags extends string>(flags: Flags, description: string) {
  const [flag] = flags.split(' ');
  return new Option(flags, `${description}; repeatable`).argParser(
    (text: string, earlier: Pairs | undefined): Pairs | undefined => {
      checkPresent(flags, text);
      const at = text.indexOf('=');
      if (at < 1) throw refusal(flag, 'key=value', show(text));
      const [key, value] = [text.slice(0, at), text.slice(at + 1)];
      if (earlier && Object.hasOwn(earlier, key))
        throw refusal(`${flag} ${key}`, 'one value', `${show(earlier[key])} and ${show(value)}`);
      return { ...earlier, [key]: value };
    },
  );
}

interface Range {
  readonly min: number;
  readonly max: number;
  /** A word that the option takes as well. */
  readonly or?: string;
}

/** A whole number within [min, max]; `1e6` is one. */
export function parseCount(flag: string, text: string, { min, max, or }: Range): number {
  const count = text.trim() === '' ? NaN : Number(text);
  if (Number.isSafeInteger(count) && count >= min && count <= max) return count;
  throw refusal(
    flag,
    `${or === undefined ? '' : `${or} or `}a whole number from ${min} to ${max}`,
    show(text),
  );
}

/** Commander takes `--seed --json` for a seed of "--json". */
function checkPresent(flags: string, text: string): void {
  if (text.startsWith('--')) throw missingValue(flags);
}

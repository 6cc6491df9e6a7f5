/** The values of a form: given and current ones, and when they are equal. */
import { isOff, OFF, type FieldDescription } from '#core/config.ts';
import type { RewardTerm } from '#core/env.ts';
import type { Problem } from '#core/errors.ts';

/** The config tables behind the forms; also the first word of their fields' names in links and errors. */
export type Section = 'world' | 'reward' | 'wrap' | 'agent';

/** The part of a request that holds a section's values. */
export const PART = { world: 'params', reward: 'rewards', wrap: 'wrappers', agent: 'config' } as const;

/** A value as text for an input or a link. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
}

/** A structured value that a form may hold as its text; undefined where that is no JSON. */
export function parsed(given: unknown): unknown {
  if (typeof given !== 'string') return given;
  try {
    return JSON.parse(given) as unknown;
  } catch {
    return undefined;
  }
}

/** A number as text that fits a field: six digits tell 1/3 well enough. What the user typed stays as it is. */
export function brief(value: unknown): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(6))) : text(value);
}

/** A field's value as text: `off` where it switches the field off. Of a part of the reward without a field, briefly. */
export function told(field: FieldDescription | undefined, value: unknown): string {
  if (field) return isOff(field, value) ? OFF : (layersIn(value) ?? brief(value));
  if (value === '' || value === undefined) return 'nothing';
  return Array.isArray(value) ? plural(value.length, 'cell') : brief(value);
}

/** A network of a form in words, `dense 120 relu → dense 84 relu`; undefined of anything else. */
export function layersIn(value: unknown): string | undefined {
  const layers = parsed(value);
  if (!Array.isArray(layers) || layers.length === 0 || !layers.every(isLayer)) return undefined;
  return layers.map((layer) => Object.entries(layer).toSorted(byPlace).map(layerWord).join(' ')).join(' → ');
}

function isLayer(value: unknown): value is object {
  return typeof (value as { readonly kind?: unknown } | null)?.kind === 'string';
}

/** What stands first in a layer's words and needs no name there. */
const PLAIN = ['kind', 'units', 'activation'];

function byPlace([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  const [left, right] = [PLAIN.indexOf(a), PLAIN.indexOf(b)];
  return (left < 0 ? PLAIN.length : left) - (right < 0 ? PLAIN.length : right);
}

function layerWord([key, value]: readonly [string, unknown]): string {
  return PLAIN.includes(key) ? brief(value) : `${key} ${brief(value)}`;
}

/** Whether two values are equal, where either may be the text of the other. */
export function same(a: unknown, b: unknown): boolean {
  const [left, right] = [text(a).trim(), text(b).trim()];
  if (left === right) return true;
  if (isStructured(left) && isStructured(right)) return canonical(left) === canonical(right);
  return left !== '' && right !== '' && Number(left) === Number(right);
}

function isStructured(given: string): boolean {
  return given.startsWith('[') || given.startsWith('{');
}

/** JSON without spaces and with sorted keys; the text itself where it is none. */
function canonical(given: string): string {
  try {
    return JSON.stringify(JSON.parse(given), (_, value: unknown) =>
      typeof value === 'object' && value !== null && !Array.isArray(value)
        ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
        : value,
    );
  } catch {
    return given;
  }
}

/** The problem of a field, or of a part of it (`agent.hidden.0` belongs to `agent.hidden`). */
export function problemAt(problems: readonly Problem[], field: string): Problem | undefined {
  return problems.find((problem) => problem.field === field || problem.field.startsWith(`${field}.`));
}

/** A reward term as a field. Weights have no bounds; the slider covers a usual range. */
export function rewardField(term: RewardTerm): FieldDescription {
  const reach = Math.max(1, 2 * Math.abs(term.weight));
  return {
    key: term.id,
    kind: 'number',
    label: term.label,
    help: `${term.help} The weight multiplies it.`,
    live: true,
    default: term.weight,
    min: -reach,
    max: reach,
    integer: false,
    scale: 'linear',
  };
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** `12,345`; from a million on `1.23 M`, from 1000 of these on `1.23e9`. */
export function count(value: number): string {
  const size = Math.abs(value);
  if (size < 1e6) return whole.format(value);
  if (size < 1e9) return `${Number((value / 1e6).toPrecision(3))} M`;
  return value.toExponential(2).replace(/\.?0*e\+/, 'e');
}

/** A number in a readable number of digits: `0.000123`, `19.5`, `1,234`. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return '–';
  const size = Math.abs(value);
  if (size >= 1000) return count(value);
  if (size !== 0 && size < 1e-3) return value.toExponential(1);
  return String(Number(value.toPrecision(3)));
}

/** With a capital letter, as words stand at the start of a line. */
export function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** `1 step`, `12 steps`. */
export function plural(number: number, noun: string): string {
  return `${count(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** A share in per cent, to a tenth: `12.3 %`, `90 %`. */
export function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}

/** `0.35 epochs`, `1 epoch`: to hundredths, of which whole ones have none. */
export function epochs(number: number): string {
  const rounded = Number(number.toFixed(2));
  return Number.isInteger(rounded) ? plural(rounded, 'epoch') : `${rounded.toFixed(2)} epochs`;
}

/** Whether a problem is one of a value in a form, which has its text beside it. */
export function isOfField({ field }: Problem): boolean {
  return field === 'seed' || field.includes('.');
}

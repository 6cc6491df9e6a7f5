/** The settings of a layer of Keras or tfjs, none of which may be left unread. */
import { refusal, show } from '#core/errors.ts';

export type Json = Readonly<Record<string, unknown>>;

/** Settings that say how weights begin and are trained. */
const TRAINING = /_(initializer|regularizer|constraint)$/;
/** Settings of every layer that change nothing; the input's shape is read elsewhere. */
const HARMLESS = new Set(['name', 'trainable', 'batch_input_shape', 'batch_shape', 'input_dtype']);

/** The settings of one layer, of which each has to be taken. */
export class Settings {
  private readonly config: Json;
  private readonly where: string;
  private readonly left: Set<string>;

  constructor(config: Json, where: string) {
    this.config = config;
    this.where = where;
    this.left = new Set(Object.keys(config).filter((key) => !HARMLESS.has(key) && !TRAINING.test(key)));
    this.type();
  }

  /** The value; undefined if it is missing or null. */
  take(key: string): unknown {
    this.left.delete(key);
    return this.config[key] ?? undefined;
  }

  /** Refuses a setting that is there and is not what is said. */
  only(key: string, allowed: unknown, expected = show(allowed)): void {
    if (show(this.take(key) ?? allowed) !== show(allowed)) this.refuse(key, expected);
  }

  /** A number that is the same in both directions. */
  square(key: string, fallback?: number): number {
    const given = this.take(key) ?? fallback;
    const [height, width] = Array.isArray(given) ? (given as unknown[]) : [given, given];
    return typeof height === 'number' && height === width
      ? height
      : this.refuse(key, 'the same in both directions');
  }

  /** A number, or a list of it. */
  single(key: string, fallback?: number): number {
    const given = this.take(key) ?? fallback;
    const [length] = Array.isArray(given) && given.length === 1 ? (given as unknown[]) : [given];
    return typeof length === 'number' ? length : this.refuse(key, 'a number');
  }

  /** The slope below 0, which Keras 3 calls otherwise than Keras 2. */
  slope(fallback: number): number {
    const names = ['negative_slope', 'alpha'].filter((name) => this.take(name) !== undefined);
    const [key = 'negative_slope', other] = names;
    const given = this.config[key] ?? fallback;
    if (other !== undefined && this.config[other] !== given)
      this.refuse(other, `${show(given)}, as ${key} says`);
    return typeof given === 'number' && given >= 0 && given <= 1
      ? given
      : this.refuse(key, 'a slope from 0 to 1', given);
  }

  refuse(key: string, expected: string, given = this.config[key]): never {
    throw refusal(`${this.where}.${key}`, expected, show(given));
  }

  /** Refuses a setting that was not taken; one that is null sets nothing. */
  end(): void {
    for (const key of this.left)
      if (this.config[key] !== null) this.refuse(key, 'no such setting, whose meaning is not known here');
  }

  /** Keras 3 writes a record where earlier versions write a name. */
  private type(): void {
    const given = this.take('dtype');
    const policy = typeof given === 'object' ? (given as { config?: { name?: unknown } | null }) : undefined;
    if (given !== undefined && (policy ? policy.config?.name : given) !== 'float32')
      this.refuse('dtype', 'float32');
  }
}

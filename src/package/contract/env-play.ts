/** Playing worlds at random, for the rules of their contract. */
import { describe as describeFields, parseConfig, type FieldDescription } from '#core/config.ts';
import type { EnvDefinition, EnvKernel } from '#core/env.ts';
import { drawActions } from '#core/random-actions.ts';
import { rngStreams, type Rng } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';

export interface Setting {
  readonly definition: EnvDefinition;
  readonly params: Readonly<Record<string, unknown>>;
  /** `breakout`, or `breakout observation=pixels`. */
  readonly name: string;
}

/** A world as it comes, and then with one switch or choice at a time set otherwise. */
export function settingsOf(definition: EnvDefinition): readonly [Setting, ...Setting[]] {
  const variants = describeFields(definition.params).flatMap((field) =>
    othersOf(field).map((value) => ({
      definition,
      params: { [field.key]: value },
      name: `${definition.id} ${field.key}=${String(value)}`,
    })),
  );
  return [{ definition, params: {}, name: definition.id }, ...variants];
}

/** The values of a switch or choice but its default. */
function othersOf(field: FieldDescription): readonly (string | boolean)[] {
  if (field.kind === 'toggle') return [!field.default];
  return field.kind === 'choice' ? field.options.filter((option) => option !== field.default) : [];
}

/** A new kernel each time, so that nothing hidden in one survives. */
export function kernelFor({ definition, params }: Setting): EnvKernel {
  return definition.create(parseConfig(definition.params, params, definition.id));
}

/** Random play of a `VectorEnv`: actions drawn from a stream of their own. */
export class RandomPlay {
  readonly env: VectorEnv;
  readonly actions: ActionBuffer;
  private readonly rng: Rng;

  constructor(kernel: EnvKernel, { n, seed, actionSeed }: { n: number; seed: number; actionSeed: number }) {
    this.env = new VectorEnv(kernel, n, rngStreams(seed));
    this.actions = actionBuffer(kernel.spec, n);
    this.rng = rngStreams(actionSeed)('actions');
  }

  /** Chooses every slot's action and steps. */
  step(): void {
    this.choose();
    this.env.step(this.actions);
  }

  choose(): void {
    drawActions(this.env, this.actions, this.rng);
  }
}

/** Everything that a step shows, mixed into one number per step. */
export function trace(play: RandomPlay, steps: number): readonly number[] {
  const { env } = play;
  return Array.from({ length: steps }, () => {
    play.step();
    let hash = 0;
    for (const column of [
      env.obs,
      env.reward,
      env.terminated,
      env.truncated,
      env.episodeReturn,
      env.episodeLength,
    ])
      hash = mixNumbers(hash, column);
    for (let i = 0; i < env.n; i++)
      if (env.terminated[i] || env.truncated[i]) hash = mixNumbers(hash, env.finalObs);
    return hash;
  });
}

const word = new Float64Array(1);
const halves = new Int32Array(word.buffer);

function mixNumbers(hash: number, numbers: ArrayLike<number>): number {
  let h = hash;
  for (let k = 0; k < numbers.length; k++) {
    word[0] = numbers[k];
    h = (Math.imul(h ^ halves[0], 0x9e3779b1) + halves[1]) | 0;
    h ^= h >>> 15;
  }
  return h;
}

/** Counts what it passes on. */
export class CountingRng implements Rng {
  draws = 0;
  private readonly inner: Rng;

  constructor(inner: Rng) {
    this.inner = inner;
  }

  uniform(): number {
    this.draws++;
    return this.inner.uniform();
  }

  integer(n: number): number {
    this.draws++;
    return this.inner.integer(n);
  }

  normal(): number {
    this.draws++;
    return this.inner.normal();
  }
}

/** Bit for bit, NaN included; much faster than `toEqual` on long arrays. */
export function expectSame(got: ArrayLike<number>, expected: ArrayLike<number>, where: string): void {
  if (got.length !== expected.length)
    throw new Error(`${where}: expected ${expected.length} numbers, got ${got.length}`);
  for (let k = 0; k < got.length; k++)
    if (!Object.is(got[k], expected[k]))
      throw new Error(`${where}[${k}]: expected ${expected[k]}, got ${got[k]}`);
}

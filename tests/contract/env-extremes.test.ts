/**
 * Every world at the ends of its settings' ranges, one at a time and two together: it is refused by field, or it starts and
 * plays, in finite numbers and within memory that many slots of it leave room for.
 */
import { describe, expect, it } from 'vitest';
import { describe as describeFields, parseConfig } from '#core/config.ts';
import { observationSize, type EnvDefinition, type EnvKernel } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { ends, meeting } from '../conditions.ts';
import { RandomPlay } from './env-play.ts';

type Params = Readonly<Record<string, unknown>>;

const STEPS = 200;
/** Bytes of one slot, state and observation together. */
const SLOT = 4 * 2 ** 20;

/**
 * All settings in which at most two fields differ from their defaults, by their ends, besides what they need to have an
 * effect.
 */
function settings({ params }: EnvDefinition): readonly Params[] {
  const fields = describeFields(params);
  const single: readonly (readonly Params[])[] = fields.map((field) =>
    ends(field).map((value) => ({ ...meeting(fields, field.key), [field.key]: value })),
  );
  const pairs = single.flatMap((of, k) =>
    single
      .slice(k + 1)
      .flatMap((others) => of.flatMap((one) => others.map((other) => ({ ...one, ...other })))),
  );
  return [...single.flat(), ...pairs];
}

/** The kernel, or undefined if its fields are refused, each by name. */
function make(world: EnvDefinition, given: Params): EnvKernel | undefined {
  try {
    return world.create(parseConfig(world.params, given, 'world'));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    const keys = describeFields(world.params).map(({ key }) => `world.${key}`);
    for (const { field } of error.problems) expect(keys, error.message).toContain(field);
    return undefined;
  }
}

function bytes(kernel: EnvKernel): number {
  const columns = Object.values(kernel.allocate(2));
  return columns.reduce((sum, column) => sum + column.byteLength, 0) / 2 + 4 * observationSize(kernel.spec);
}

describe.each(worlds)('$id', (world) => {
  it('plays at the ends of its ranges, or refuses them by field', () => {
    for (const given of settings(world)) {
      const kernel = make(world, given);
      if (!kernel) continue;
      const where = JSON.stringify(given);
      expect(bytes(kernel), where).toBeLessThan(SLOT);
      const play = new RandomPlay(kernel, { n: 1, seed: 1, actionSeed: 2 });
      for (let t = 0; t < STEPS; t++) {
        play.step();
        if (!Number.isFinite(play.env.reward[0])) expect.fail(`${where}: reward ${play.env.reward[0]}`);
      }
      const { obs } = play.env;
      for (let k = 0; k < obs.length; k++)
        if (!Number.isFinite(obs[k])) expect.fail(`${where}: observation ${obs[k]} at ${k}`);
    }
  });
});

/**
 * Every parameter of every world does something where its table says so, and nothing where it says that it has no effect:
 * seen in what the world says of itself and in random play.
 */
import { describe, expect, it } from 'vitest';
import { describe as describeFields, parseConfig } from '#core/config.ts';
import type { EnvDefinition, EnvKernel } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { ends, meeting, missing } from '../conditions.ts';
import { RandomPlay, trace } from './env-play.ts';

const REFUSED = 'refused';
const STEPS = 600;
/** What random play does not get to see: a goal on the hill, a second wave, the pipes behind the tenth. */
const RARE: ReadonlySet<string> = new Set([
  'mountain-car goalVelocity',
  'mountain-car-continuous goalVelocity',
  'space-invaders ramping',
  'flappy ramping',
]);

/** What can be seen of a world: its spec, and a hash of each step of random play in four slots; or that it is refused. */
function look(world: EnvDefinition, given: Readonly<Record<string, unknown>>): string {
  let kernel: EnvKernel;
  try {
    kernel = world.create(parseConfig(world.params, given, 'world'));
  } catch (error) {
    if (error instanceof InputError) return REFUSED;
    throw error;
  }
  return JSON.stringify([
    kernel.spec,
    trace(new RandomPlay(kernel, { n: 4, seed: 5, actionSeed: 6 }), STEPS),
  ]);
}

describe.each(worlds)('$id', (world) => {
  const fields = describeFields(world.params);

  it.each(fields.filter(({ kind }) => kind !== 'json'))('$key does what its table says', (field) => {
    const values = field.kind === 'number' ? [...ends(field), field.default + 1] : ends(field);
    if (field.when !== 'never' && !RARE.has(`${world.id} ${field.key}`)) {
      const met = meeting(fields, field.key);
      const before = look(world, met);
      const differs = values.some(
        (value) => ![before, REFUSED].includes(look(world, { ...met, [field.key]: value })),
      );
      expect(differs, `${field.key} beside ${JSON.stringify(met)}`).toBe(true);
    }
    for (const unmet of missing(fields, field.key)) {
      const before = look(world, unmet);
      for (const value of ends(field))
        expect(
          look(world, { ...unmet, [field.key]: value }) === before,
          `${field.key} beside ${JSON.stringify(unmet)}`,
        ).toBe(true);
    }
  });
});

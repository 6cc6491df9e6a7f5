/** Every parameter of every world does something where its table says so, and nothing where it says that it has no effect. */
import { describe } from 'vitest';
import { envParamRules, paramsOf } from '#package/contract/env-params-rules.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { itHolds } from './hold.ts';

/** What random play does not get to see: a goal on the hill, a second wave, the pipes behind the tenth. */
const RARE: Readonly<Record<string, readonly string[]>> = {
  'mountain-car': ['goalVelocity'],
  'mountain-car-continuous': ['goalVelocity'],
  'space-invaders': ['ramping'],
  flappy: ['ramping'],
};

describe.each(worlds)('$id', (world) => {
  describe.each(paramsOf(world, RARE[world.id]))('$key', (param) => {
    itHolds(envParamRules, param);
  });
});

/** Every world at the ends of its settings' ranges, one at a time and two together. */
import { describe } from 'vitest';
import { envRangeRules } from '#package/contract/env-params-rules.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { itHolds } from './hold.ts';

describe.each(worlds)('$id', (world) => {
  itHolds(envRangeRules, world);
});

/** Worlds with a transition model, and those that place their states on the picture. */
import { describe, expect, it } from 'vitest';
import { envModelRules } from '#package/contract/env-model-rules.ts';
import { kernelFor } from '#package/contract/env-play.ts';
import { itHolds } from './hold.ts';
import { defaults, variants } from './settings.ts';

const tabular = [...defaults, ...variants].filter((setting) => {
  const kernel = kernelFor(setting);
  return kernel.model !== undefined || kernel.place !== undefined;
});

it('places the states of the tabular grids', () => {
  const placed = defaults.filter((setting) => kernelFor(setting).place !== undefined);
  const ids = placed.map(({ definition }) => definition.id);
  expect(ids.toSorted()).toEqual(['cliff-walking', 'corridor', 'frozen-lake', 'grid-world', 'taxi']);
});

describe.each(tabular)('$name', (setting) => {
  itHolds(envModelRules, setting);
});

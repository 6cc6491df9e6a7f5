/** Every registered world, in every setting that its switches offer: what it says of itself, and how it plays. */
import { describe, expect, it } from 'vitest';
import { envSpecRules } from '#package/contract/env-spec-rules.ts';
import { envStepRules } from '#package/contract/env-step-rules.ts';
import { worlds } from '#train/catalogue/worlds.ts';
import { itHolds } from './hold.ts';
import { defaults, variants } from './settings.ts';

it('has worlds, each once', () => {
  expect(worlds.length).toBeGreaterThan(0);
  expect(new Set(worlds.map((world) => world.id)).size).toBe(worlds.length);
});

describe.each([...defaults, ...variants])('$name', (setting) => {
  itHolds([...envSpecRules, ...envStepRules], setting);
});

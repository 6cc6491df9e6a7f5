/** The picture of every world. */
import { describe } from 'vitest';
import { envDrawRules } from '#package/contract/env-draw-rules.ts';
import { itHolds } from './hold.ts';
import { defaults, variants } from './settings.ts';

describe.each([...defaults, ...variants])('$name', (setting) => {
  itHolds(envDrawRules, setting);
});

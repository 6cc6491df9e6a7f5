/** Every world in a vector, against a plain loop. */
import { describe } from 'vitest';
import { envLoopRules } from '#package/contract/env-loop-rules.ts';
import { itHolds } from './hold.ts';
import { defaults } from './settings.ts';

describe.each(defaults)('$name', (setting) => {
  itHolds(envLoopRules, setting);
});

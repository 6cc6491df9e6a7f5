/** A command that is printed to be typed again is the one that was typed. */
import { afterEach, expect, test, vi } from 'vitest';
import { examples, ludusCommand } from '#node/output.ts';

afterEach(() => void vi.unstubAllEnvs());

test.each([
  ['in the project', 'ludus', 'npm run ludus --'],
  ['by its second script', 'bench', 'npm run ludus --'],
  ['by npx', 'npx', 'npx ludus'],
  ['installed', undefined, 'ludus'],
  ['in a script of another package', 'train:all', 'ludus'],
])('%s', (_, event, typed) => {
  vi.stubEnv('npm_lifecycle_event', event);
  expect(ludusCommand()).toBe(typed);
  expect(examples('worlds')).toContain(`  ${typed} worlds`);
});

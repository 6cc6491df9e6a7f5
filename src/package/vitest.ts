/**
 * `ludus/testing/vitest`: the matcher `toReach` for vitest's `expect`. Import it once, in the test or in a setup file:
 * `expect(await benchmark({ … })).toReach({ greedy: 475 })`.
 */
import { expect } from 'vitest';
import { show } from '#core/errors.ts';
import type { BenchmarkReport } from './benchmark.ts';
import { reach, type Target } from './reach.ts';

expect.extend({
  toReach(received: BenchmarkReport, target: Target) {
    const { pass, message } = reach(received, target);
    return {
      pass,
      message: () => (this.isNot ? `not to reach ${show(target)} was expected, but:\n${message}` : message),
    };
  },
});

declare module 'vitest' {
  interface Matchers<T> {
    /** That a benchmark reached these returns; says by seed what was measured, and how far off it was. */
    toReach(target: Target): T;
  }
}

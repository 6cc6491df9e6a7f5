/** Rules of a contract as tests. */
import { it } from 'vitest';
import type { Rule } from '#package/contract/rule.ts';

/** A test for each rule that concerns the subject. */
export function itHolds<Subject>(rules: readonly Rule<Subject>[], subject: Subject): void {
  for (const { name, applies, check } of rules)
    if (applies?.(subject) ?? true) it(name, async () => check(subject));
}

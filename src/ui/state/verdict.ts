/** Whether one row of the runs table is better than another, in a sentence, by the probability of improvement of rliable. */
import { improvementOf, improvementSentence, LEAST_SEEDS, tooFewSeeds } from '#core/improvement.ts';
import { rngStreams } from '#core/rng.ts';
import { rulesDifferencesOf } from './difference.ts';
import type { AnyRow } from './ledger.ts';
import { count } from './values.ts';

/** Whether B is better than A, at the most steps that both have trained. */
export function verdictOf(a: AnyRow, b: AnyRow): string {
  const apart = rulesDifferencesOf(a.form, b.form);
  if (a.unit !== b.unit) return `Not comparable: ${told(a)} counts ${a.unit}, ${told(b)} ${b.unit}.`;
  if (apart.length > 0) return `Not comparable: ${apart.join(', ')}.`;
  const steps = Math.min(stepsOf(a), stepsOf(b));
  const [x, y] = [scoresOf(a, steps), scoresOf(b, steps)];
  const [one, other] = [told(a), told(b)];
  if (x.length < LEAST_SEEDS || y.length < LEAST_SEEDS)
    return tooFewSeeds({ x: one, y: other, seeds: [x.length, y.length] });
  return improvementSentence(improvementOf([y], [x], rngStreams(0)('verdict')), {
    x: other,
    y: one,
    seeds: [y.length, x.length],
    after: `${count(steps)} ${a.unit}`,
  });
}

function told({ name }: AnyRow): string {
  return `“${name.value}”`;
}

function stepsOf(row: AnyRow): number {
  return row.kind === 'seeds' ? row.steps : row.record.progress;
}

/** A score per seed; a single run is one, whatever its score. */
function scoresOf(row: AnyRow, steps: number): readonly number[] {
  return row.kind === 'seeds' ? row.curve.scoresAt(steps) : [row.record.returns.latestMean];
}

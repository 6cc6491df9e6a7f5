/** How well a fit predicts, as lines for a terminal and as a JSON object. */
import type { Task } from '#core/data-set.ts';
import type { Part } from '#train/runs/model.ts';
import type { ClassScores, Scores } from '#train/runs/scores.ts';
import { formatNumber, formatShare } from './output.ts';

/** Confusions that are printed. */
const SHOWN = 5;

export function scoresRow(part: Part, scores: Scores, { names }: Task): Record<string, unknown> {
  const { count, loss } = scores;
  switch (scores.kind) {
    case 'numbers':
      return { part, count, loss, error: scores.error };
    case 'classes': {
      const { accuracy, calibrationError, calibration, confusion } = scores;
      const width = names.length;
      return {
        part,
        count,
        accuracy,
        standardError: standardError(scores),
        loss,
        calibrationError,
        calibration,
        classes: names,
        // Rows are true classes, columns predicted ones.
        confusion: names.map((_, k) => [...confusion.subarray(k * width, (k + 1) * width)]),
      };
    }
  }
}

export function formatScores(part: Part, scores: Scores, task: Task): string {
  const { count, loss } = scores;
  const of = `${count} ${part} examples`;
  if (scores.kind === 'numbers')
    return `${of}: mean squared error ${formatNumber(loss)}, mean absolute error ${formatNumber(scores.error)}`;
  const { accuracy, calibrationError } = scores;
  const share = `accuracy ${formatShare(accuracy)} ± ${formatShare(standardError(scores))}`;
  const line = `${of}: ${share}, loss ${formatNumber(loss)}, calibration error ${formatShare(calibrationError)}`;
  const worst = mostFrequent(scores, task);
  return worst.length === 0 ? line : `${line}\nmost frequent confusions: ${worst.join(', ')}`;
}

/** Of an accuracy: the standard deviation of a binomial share. */
function standardError({ accuracy, count }: ClassScores): number {
  return Math.sqrt((accuracy * (1 - accuracy)) / count);
}

/** `4 for 9 (12×)`: the predicted class after the true one. */
function mostFrequent({ confusion }: ClassScores, { names }: Task): readonly string[] {
  const width = names.length;
  return [...confusion.keys()]
    .filter((k) => confusion[k] > 0 && Math.floor(k / width) !== k % width)
    .toSorted((a, b) => confusion[b] - confusion[a])
    .slice(0, SHOWN)
    .map((k) => `${names[Math.floor(k / width)]} taken for ${names[k % width]} (${confusion[k]}×)`);
}

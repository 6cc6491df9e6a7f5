/** An evaluation in words, for a terminal. */
import type { Evaluation } from '#train/runs/evaluate.ts';
import { interquartileMean } from '#core/stats.ts';
import { formatNumber } from './output.ts';

export function formatEvaluation(evaluation: Evaluation): string {
  const { returns, mean, std, min, max, meanLength, capped } = evaluation;
  const cut = capped > 0 ? `; ${capped} cut off, since they would not end` : '';
  const spread = `± ${formatNumber(std)}, middle half ${formatNumber(interquartileMean(returns))}`;
  const range = `${formatNumber(min)} to ${formatNumber(max)}`;
  return (
    `evaluation: mean return ${formatNumber(mean)} (${spread}, ${range}) ` +
    `over ${returns.length} greedy episodes of ${formatNumber(meanLength)} steps on average${cut}`
  );
}

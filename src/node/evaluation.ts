/** An evaluation as a line for a terminal and as a JSON object. */
import type { Evaluation } from '#train/runs/evaluate.ts';
import { interquartileMean } from '#core/stats.ts';
import { formatNumber } from './output.ts';

export function evaluationRow(seed: number, evaluation: Evaluation): Record<string, unknown> {
  const { returns, lengths, ...summary } = evaluation;
  return { episodes: returns.length, seed, ...summary, returns: [...returns], lengths: [...lengths] };
}

export function formatEvaluation(evaluation: Evaluation): string {
  const { returns, mean, std, min, max, meanLength, capped } = evaluation;
  const truncated = capped > 0 ? `; ${capped} cut off at the step limit of evaluations` : '';
  const spread = `IQM ${formatNumber(interquartileMean(returns))}, min ${formatNumber(min)}, max ${formatNumber(max)}`;
  const episodes = returns.length === 1 ? '1 greedy episode' : `${returns.length} greedy episodes`;
  return (
    `evaluation: mean return ${formatNumber(mean)} ± ${formatNumber(std)} (${spread}) ` +
    `over ${episodes}, mean length ${formatNumber(meanLength)} steps${truncated}`
  );
}

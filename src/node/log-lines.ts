/** The log of a run as JSON lines: one per episode and per window of updates. */
import type { EpisodeRows, MetricRows } from '#train/record/recorder.ts';

/**
 * Episodes and metrics in the order of their steps, an episode before the metrics of the same step: the order of the run, however
 * often its record is written.
 */
export function logLines(episodes: EpisodeRows, metrics: MetricRows): string[] {
  const lines: string[] = [];
  let episode = 0;
  const addEpisodes = (until: number): void => {
    for (; episode < episodes.step.length && episodes.step[episode] <= until; episode++)
      lines.push(
        JSON.stringify({
          step: episodes.step[episode],
          slot: episodes.slot[episode],
          'episode/return': episodes.return[episode],
          'episode/length': episodes.length[episode],
        }),
      );
  };
  metrics.step.forEach((step, i) => {
    addEpisodes(step);
    const row: Record<string, number> = { step };
    for (const [name, column] of Object.entries(metrics.columns))
      if (!Number.isNaN(column[i])) row[name] = column[i];
    lines.push(JSON.stringify(row));
  });
  addEpisodes(Infinity);
  return lines;
}

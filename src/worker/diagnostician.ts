/** Follows a run's record through the rows that are sent to the page, and says when its diagnosis has changed. */
import { diagnose, factsOf } from '#train/diagnosis/diagnose.ts';
import { Evidence } from '#train/diagnosis/evidence.ts';
import type { Finding } from '#core/finding.ts';
import type { EpisodeRows, MetricRows } from '#train/record/recorder.ts';
import type { Run, TrainingRun } from '#train/runs/run.ts';

export class Diagnostician {
  private evidence = new Evidence();
  private said: string | undefined;

  /** For a new or restored run. */
  rewind(): void {
    this.evidence = new Evidence();
    this.said = undefined;
  }

  set dead(dead: Evidence['dead']) {
    this.evidence.dead = dead;
  }

  /** The findings after these new rows, if they are others than before. */
  news(run: TrainingRun, episodes: EpisodeRows, metrics: MetricRows): readonly Finding[] | undefined {
    if (!isRun(run)) return undefined;
    this.evidence.take(episodes, metrics);
    const findings = diagnose(factsOf(run, this.evidence));
    const said = JSON.stringify(
      findings.map(({ id, level, fixes }) => [id, level, fixes.map(({ key }) => key)]),
    );
    if (said === this.said) return undefined;
    this.said = said;
    return findings;
  }
}

function isRun(run: TrainingRun): run is Run {
  return run.subject.kind === 'run';
}

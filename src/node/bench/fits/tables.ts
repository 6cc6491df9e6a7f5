/** What the reports of models on data sets show, in Markdown and in HTML. */
import { median } from '#core/stats.ts';
import { formatDuration, formatShare } from '../../output.ts';
import type { Table } from '../report/tables.ts';
import type { FitRecord } from './records.ts';
import { epochsOf, suite, type FitExperiment } from './suite.ts';

/** A row of the suite with its records. */
export interface Done {
  readonly experiment: FitExperiment;
  readonly records: readonly FitRecord[];
}

interface DataRows {
  readonly data: string;
  readonly rows: readonly Done[];
}

export function fitsByData(
  recordsOf: (experiment: FitExperiment) => readonly FitRecord[],
): readonly DataRows[] {
  const rows = suite.map((experiment) => ({ experiment, records: recordsOf(experiment) }));
  const sets = [...new Set(suite.map(({ data }) => data))];
  return sets.map((data) => ({ data, rows: rows.filter(({ experiment }) => experiment.data === data) }));
}

export function titleOf(experiment: FitExperiment): string {
  const { model, preset = 'default' } = experiment;
  return `${model}, ${preset}, ${epochsOf(experiment)} epochs`;
}

export function fitsTable(rows: readonly Done[]): Table {
  return {
    header: ['Model', 'Preset', 'Epochs', 'Accuracy', 'Loss', 'Calibration error', 'CPU time', 'Seeds'],
    rows: rows.map(({ experiment, records }) => {
      const middle = (of: (record: FitRecord) => number): number => median(records.map(of));
      const isEmpty = records.length === 0;
      return [
        experiment.model,
        experiment.preset ?? 'default',
        String(epochsOf(experiment)),
        isEmpty ? '–' : formatShare(middle(({ test }) => test.accuracy)),
        isEmpty ? '–' : middle(({ test }) => test.loss).toFixed(4),
        isEmpty ? '–' : formatShare(middle(({ test }) => test.calibrationError)),
        isEmpty ? '–' : formatDuration(middle(({ cpuSeconds }) => cpuSeconds)),
        `${records.length} of ${experiment.seeds}`,
      ];
    }),
  };
}

/** Where all of them come from, in a line. */
export function provenanceOf(all: readonly FitRecord[]): string {
  const of = (key: keyof FitRecord['provenance']): string =>
    [...new Set(all.map(({ provenance }) => provenance[key]))].toSorted().join('; ') || 'none yet';
  return `Commits: ${of('commit')}. Dates: ${of('date')}. Machine: ${of('machine')}. Node: ${of('node')}.`;
}

/** The report of models on data sets as HTML. */
import { formatShare } from '../../output.ts';
import { chart, htmlList, htmlPage, htmlTable, lineOf, text, tone } from '../report/document.ts';
import type { FitRecord } from './records.ts';
import type { FitExperiment } from './suite.ts';
import { fitsByData, fitsTable, provenanceOf, titleOf, type Done } from './tables.ts';

const TITLE = 'Models on data sets';

export function fitsHtml(recordsOf: (experiment: FitExperiment) => readonly FitRecord[]): string {
  const sets = fitsByData(recordsOf);
  const all = sets.flatMap(({ rows }) => rows.flatMap(({ records }) => records));
  return htmlPage(TITLE, [
    `<h1>${TITLE}</h1>`,
    htmlList([
      'Accuracy: share of the test examples that the model of the last epoch classifies correctly. Loss: cross-entropy. Calibration error: 15 bins. Medians over the seeds.',
      'CPU time: of training on one thread, median over the seeds.',
      provenanceOf(all),
    ]),
    ...sets.flatMap(({ data, rows }) => [
      `<h2>${text(data)}</h2>`,
      htmlTable(fitsTable(rows)),
      `<div class="charts">${accuracyChart(data, rows)}</div>`,
    ]),
  ]);
}

/** The accuracy of every seed: how much of a difference between models is luck. */
function accuracyChart(data: string, rows: readonly Done[]): string {
  const lines = rows.flatMap(({ experiment, records }, k) => {
    const points = records.map(({ seed, test: { accuracy } }) => ({
      at: seed,
      low: accuracy,
      high: accuracy,
      iqm: accuracy,
    }));
    return points.length < 2 ? [] : [lineOf(titleOf(experiment), tone(k), points)];
  });
  if (lines.length === 0) return '';
  return chart({
    title: `${data}: test accuracy of every seed`,
    x: 'seed',
    y: 'accuracy',
    levels: [],
    lines,
    count: String,
    figure: formatShare,
  });
}

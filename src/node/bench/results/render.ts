/** docs/results.md from the records alone: the same records give the same page. */
import { stratifiedInterval } from '#core/bootstrap.ts';
import { rngStreams } from '#core/rng.ts';
import { interquartileMean, median } from '#core/stats.ts';
import { formatAmount } from '../../output.ts';
import { gates, judge, scoreOf, short, type Score } from './gates.ts';
import { published } from './published.ts';
import type { SeedRecord } from './record.ts';
import { nameOf, suite, type Experiment } from './suite.ts';

type RecordsOf = (experiment: Experiment) => readonly SeedRecord[];

/** `folder`: where the records lie, as the page links to them. */
export function renderResults(recordsOf: RecordsOf, folder: string): string {
  const all = suite.flatMap(recordsOf);
  const worlds = [...new Set(suite.map(({ world }) => world))];
  return [
    head(all, folder),
    gateTable(recordsOf),
    ...worlds.map((world) => worldPart(world, recordsOf, folder)),
  ].join('\n');
}

function head(all: readonly SeedRecord[], folder: string): string {
  const of = (key: keyof SeedRecord['provenance']): string =>
    [...new Set(all.map((record) => record.provenance[key]))].toSorted().join('; ') || 'none yet';
  return `# Results

Made by \`npm run bench -- agents --results docs/results\`, which trains what is missing and writes this page anew; every number comes
from the lines of [${folder}](${folder}), one per seed, with all settings, curve and commit.

- **Training**: mean return of the last 100 training episodes, exploration included. **Greedy**: mean return of greedy play in fresh worlds after
  training, 100 episodes per seed (20 in the arcade, 20 000 on FrozenLake and Taxi). Nothing is the best of a run: both are taken once, at its end.
- Of the seeds: interquartile mean with its 95 % interval by the stratified bootstrap, 50 000 draws (Agarwal et al. 2021). Few seeds: read the
  interval, and every seed below.
- Settings are presets. Those that are ours were chosen on seeds 101 and up and are reported on seeds 1, 2, …; where an agent's README says that
  its defaults were chosen on some of these seeds, believe the README.
- **Steps/s**: env steps per second of processor time, training only, median of the seeds: the wall time of a seed, kept in its line too, depends
  on what else the machine was doing.
- Backend \`simd\`: the same commit and seed give the same numbers, bit for bit. Commits: ${of('commit')}. Dates: ${of('date')}. Machine: ${of('machine')}. Node: ${of('node')}.
`;
}

function gateTable(recordsOf: RecordsOf): string {
  const rows = gates.map((gate) => {
    const { met, reached } = judge(gate, recordsOf);
    const needed = gate.kind === 'threshold' ? `${gate.score} ≥ ${short(gate.atLeast)}` : gate.score;
    return [gate.title, needed, reached, met === undefined ? 'seeds missing' : met ? 'yes' : '**no**'];
  });
  return `## Gates\n\n${table(['Gate', 'By the interquartile mean', 'Reached', 'Met'], rows)}`;
}

function worldPart(world: string, recordsOf: RecordsOf, folder: string): string {
  const done = suite
    .filter((experiment) => experiment.world === world)
    .map((experiment) => ({ experiment, records: recordsOf(experiment) }));
  const params = [...new Set(done.map(({ experiment }) => JSON.stringify(experiment.params ?? {})))];
  const settings = params.filter((text) => text !== '{}').map((text) => `, \`${text}\``);
  const file = `${folder}/${world}.jsonl`;
  const measured = table(
    ['Agent', 'Preset', 'Steps', 'Seeds', 'Training', 'Greedy', 'Steps/s'],
    done.map(({ experiment, records }) => [
      experiment.agent,
      experiment.preset ?? 'default',
      formatAmount(experiment.steps),
      `${records.length} of ${experiment.seeds}`,
      summary(experiment, records, 'training'),
      summary(experiment, records, 'greedy'),
      records.length === 0
        ? '–'
        : formatAmount(median(records.map(({ steps, cpuSeconds }) => steps / cpuSeconds))),
    ]),
  );
  const seeds = done
    .filter(({ records }) => records.length > 0)
    .map(({ experiment, records }) => {
      const list = (score: Score): string =>
        records.map((record) => short(scoreOf(record, score))).join(', ');
      return `- ${nameOf(experiment)}: training ${list('training')}; greedy ${list('greedy')}`;
    });
  const others = published
    .filter((row) => row.world === world)
    .map((row) => [row.agent, row.steps, row.score, row.source]);
  return [
    `## ${world}${settings.join('')}\n`,
    measured,
    ...(seeds.length > 0 ? [`Every seed, from 1 on ([raw](${file})):\n`, `${seeds.join('\n')}\n`] : []),
    ...(others.length > 0 ? [table(['Published', 'Steps', 'Score', 'Source and protocol'], others)] : []),
  ].join('\n');
}

/** `491.2 [480.1, 500]`. The bootstrap's stream is named by what it resamples, so that a new row changes no other. */
function summary(experiment: Experiment, records: readonly SeedRecord[], score: Score): string {
  if (records.length === 0) return '–';
  const scores = records.map((record) => scoreOf(record, score));
  const rng = rngStreams(1)(`${nameOf(experiment)} ${score}`);
  const { low, high } = stratifiedInterval([scores], interquartileMean, rng);
  return `${short(interquartileMean(scores))} [${short(low)}, ${short(high)}]`;
}

/** A table of Markdown in aligned columns. */
function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = header.map((_, i) => Math.max(3, ...[header, ...rows].map((row) => row[i].length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => cell.padEnd(widths[i])).join(' | ')} |`;
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return `${[line(header), rule, ...rows.map(line)].join('\n')}\n`;
}

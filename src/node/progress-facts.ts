/** What progress displays say of a run beside how far it is: returns of episodes, or loss and accuracy of a fit. */
import type { Recorder } from '#train/record/recorder.ts';
import type { TrainingRun } from '#train/runs/run.ts';
import { formatAmount, formatNumber, formatShare } from './output.ts';

export interface Facts {
  /** The name of the speed in JSON lines. */
  readonly speed: string;
  json(): Readonly<Record<string, unknown>>;
  text(): string;
}

/** Episodes of the mean return, as in Gymnasium's RecordEpisodeStatistics. */
const RECENT = 100;

export function factsOf({ subject, recorder }: TrainingRun): Facts {
  switch (subject.kind) {
    case 'run':
      return episodeFacts(recorder);
    case 'fit':
      return fitFacts(recorder);
  }
}

function episodeFacts(recorder: Recorder): Facts {
  return {
    speed: 'stepsPerSecond',
    json: () => ({ episodes: recorder.episodes, return: recorder.recentReturn(RECENT) ?? null }),
    text() {
      const recent = recorder.recentReturn(RECENT);
      const mean = recent === undefined ? '–' : formatNumber(recent);
      return `mean return ${mean}  ${formatAmount(recorder.episodes)} episodes`;
    },
  };
}

/** Metrics of a fit by their names in JSON lines and on the bar, as far as a model reports them. */
const FIT_METRICS = [
  ['train/epoch', 'epoch', 'epoch'],
  ['train/loss', 'loss', 'loss'],
  ['train/accuracy', 'accuracy', 'accuracy'],
  ['train/error', 'error', 'error'],
  ['validation/loss', 'validationLoss', ''],
  ['validation/accuracy', 'validationAccuracy', 'validation'],
] as const;

function fitFacts(recorder: Recorder): Facts {
  const latest = new LatestMetrics(recorder);
  const values = () => {
    const known = latest.read();
    return FIT_METRICS.flatMap(([name, key, label]) => {
      const value = known.get(name);
      return value === undefined ? [] : [{ key, label, value, isShare: name.endsWith('accuracy') }];
    });
  };
  return {
    speed: 'examplesPerSecond',
    json: () => Object.fromEntries(values().map(({ key, value }) => [key, value])),
    text: () =>
      values()
        .filter(({ label }) => label !== '')
        .map(({ label, value, isShare }) => {
          const text = isShare
            ? formatShare(value)
            : formatNumber(label === 'epoch' ? Math.floor(value) : value);
          return `${label} ${text}`;
        })
        .join('  '),
  };
}

/** The last value of every metric. */
class LatestMetrics {
  private readonly recorder: Recorder;
  private readonly values = new Map<string, number>();
  private rows = 0;

  constructor(recorder: Recorder) {
    this.recorder = recorder;
  }

  read(): ReadonlyMap<string, number> {
    const { columns } = this.recorder.metricsSince(this.rows);
    this.rows = this.recorder.metricRows;
    for (const [name, column] of Object.entries(columns)) {
      const value = column.findLast((entry) => !Number.isNaN(entry));
      if (value !== undefined) this.values.set(name, value);
    }
    return this.values;
  }
}

/** Progress of a training run: a bar on a terminal, otherwise a JSON line per second. */
import { SingleBar } from 'cli-progress';
import type { TrainingRun } from '#train/runs/run.ts';
import { formatAmount, formatDuration, printJson } from './output.ts';
import { factsOf, type Facts } from './progress-facts.ts';

export interface Progress {
  /** Updates the display; cheap enough to be called after every slice. */
  show(): void;
  /** Shows the last state; further calls do nothing. */
  stop(): void;
}

/** Milliseconds between two updates. */
const INTERVAL = { json: 1000, bar: 100 };

/** Shows the progress of a run towards `target`, in its unit. */
export function createProgress(run: TrainingRun, target: number, json: boolean): Progress {
  const meter = createMeter(run, target);
  return json ? jsonLines(meter) : bar(meter, target);
}

interface Meter {
  readonly run: TrainingRun;
  readonly facts: Facts;
  readonly target: number;
  readonly started: number;
  readonly firstStep: number;
}

function createMeter(run: TrainingRun, target: number): Meter {
  return { run, facts: factsOf(run), target, started: performance.now(), firstStep: run.progress };
}

function speed({ run, started, firstStep }: Meter): number {
  return ((run.progress - firstStep) / Math.max(1, performance.now() - started)) * 1000;
}

function jsonLines(meter: Meter): Progress {
  const { run, facts, target } = meter;
  let last = performance.now();
  const line = (): void =>
    printJson({
      kind: 'progress',
      step: run.progress,
      target,
      ...facts.json(),
      [facts.speed]: Math.round(speed(meter)),
    });
  return {
    show() {
      if (performance.now() - last < INTERVAL.json) return;
      last = performance.now();
      line();
    },
    stop: once(line),
  };
}

function bar(meter: Meter, target: number): Progress {
  const { run, facts } = meter;
  const view = new SingleBar({
    format: '{bar} {percentage}%  {done} {unit}  {speed}/s  ETA {remaining}  {facts}',
    barsize: 24,
    barCompleteChar: '━',
    barIncompleteChar: '─',
    hideCursor: true,
    clearOnComplete: false,
    stopOnComplete: false,
    gracefulExit: false,
  });
  const payload = (): Record<string, string> => {
    const rate = speed(meter);
    return {
      done: formatAmount(run.progress),
      unit: run.unit,
      speed: formatAmount(rate),
      // cli-progress fills `{eta}` itself, in bare seconds.
      remaining: formatDuration(Math.max(0, target - run.progress) / rate),
      facts: facts.text(),
    };
  };
  view.start(target, Math.min(target, run.progress), payload());
  let last = 0;
  const draw = (): void => view.update(Math.min(target, run.progress), payload());
  return {
    show() {
      if (performance.now() - last < INTERVAL.bar) return;
      last = performance.now();
      draw();
    },
    stop: once(() => {
      draw();
      view.stop();
    }),
  };
}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

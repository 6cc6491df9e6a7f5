/** Progress of a training run: a bar on a terminal, otherwise a JSON line per second. */
import { SingleBar } from 'cli-progress';
import type { Trainer } from '#train/runs/trainer.ts';
import { formatAmount, formatDuration, formatNumber, printJson } from './output.ts';

export interface Progress {
  /** Updates the display; cheap enough to be called after every slice. */
  show(): void;
  stop(): void;
}

/** Milliseconds between two updates. */
const INTERVAL = { json: 1000, bar: 100 };
/** Episodes of the mean return, as in Gymnasium's RecordEpisodeStatistics. */
const RECENT = 100;

/** Shows the progress of a trainer towards `target` env steps. */
export function createProgress(trainer: Trainer, target: number, json: boolean): Progress {
  const meter = createMeter(trainer, target);
  return json ? jsonLines(meter) : bar(meter, target);
}

interface Meter {
  readonly trainer: Trainer;
  readonly target: number;
  readonly started: number;
  readonly firstStep: number;
}

function createMeter(trainer: Trainer, target: number): Meter {
  return { trainer, target, started: performance.now(), firstStep: trainer.steps };
}

function speed({ trainer, started, firstStep }: Meter): number {
  return ((trainer.steps - firstStep) / Math.max(1, performance.now() - started)) * 1000;
}

function jsonLines(meter: Meter): Progress {
  const { trainer, target } = meter;
  let last = performance.now();
  const line = (): void =>
    printJson({
      kind: 'progress',
      step: trainer.steps,
      target,
      episodes: trainer.episodes,
      return: trainer.recorder.recentReturn(RECENT) ?? null,
      stepsPerSecond: Math.round(speed(meter)),
    });
  return {
    show() {
      if (performance.now() - last < INTERVAL.json) return;
      last = performance.now();
      line();
    },
    stop: line,
  };
}

function bar(meter: Meter, target: number): Progress {
  const { trainer } = meter;
  const view = new SingleBar({
    format:
      '{bar} {percentage}%  {done} steps  {speed} steps/s  ETA {remaining}  mean return {return}  {episodes} episodes',
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
    const recent = trainer.recorder.recentReturn(RECENT);
    return {
      done: formatAmount(trainer.steps),
      speed: formatAmount(rate),
      // cli-progress fills `{eta}` itself, in bare seconds.
      remaining: formatDuration(Math.max(0, target - trainer.steps) / rate),
      return: recent === undefined ? '–' : formatNumber(recent),
      episodes: formatAmount(trainer.episodes),
    };
  };
  view.start(target, Math.min(target, trainer.steps), payload());
  let last = 0;
  const draw = (): void => view.update(Math.min(target, trainer.steps), payload());
  return {
    show() {
      if (performance.now() - last < INTERVAL.bar) return;
      last = performance.now();
      draw();
    },
    stop() {
      draw();
      view.stop();
    },
  };
}

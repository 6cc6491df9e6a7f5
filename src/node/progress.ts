/** How a training run shows that it is alive: a bar on a terminal, a JSON line a second otherwise. */
import { SingleBar } from 'cli-progress';
import type { Run } from '#train/runs/run.ts';
import { formatAmount, formatDuration, formatNumber, printJson } from './output.ts';

export interface Progress {
  /** Shows the state now; cheap enough to be called after every slice. */
  show(): void;
  stop(): void;
}

/** Milliseconds between two lines or two drawings of the bar. */
const INTERVAL = { json: 1000, bar: 100 };
/** Finished episodes of which the mean return is shown. */
const RECENT = 100;

/** Shows how far a trainer is on its way to `target` env steps. */
export function createProgress(trainer: Run, target: number, json: boolean): Progress {
  const meter = createMeter(trainer, target);
  return json ? jsonLines(meter) : bar(meter, target);
}

interface Meter {
  readonly trainer: Run;
  readonly target: number;
  readonly started: number;
  readonly firstStep: number;
}

function createMeter(trainer: Run, target: number): Meter {
  return { trainer, target, started: performance.now(), firstStep: trainer.progress };
}

function speed({ trainer, started, firstStep }: Meter): number {
  return ((trainer.progress - firstStep) / Math.max(1, performance.now() - started)) * 1000;
}

function jsonLines(meter: Meter): Progress {
  const { trainer, target } = meter;
  let last = performance.now();
  const line = (): void =>
    printJson({
      kind: 'progress',
      step: trainer.progress,
      target,
      episodes: trainer.recorder.episodes,
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
      '{bar} {percentage}%  {done} steps  {speed} steps/s  {left} left  return {return}  {episodes} episodes',
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
      done: formatAmount(trainer.progress),
      speed: formatAmount(rate),
      left: formatDuration(Math.max(0, target - trainer.progress) / rate),
      return: recent === undefined ? '–' : formatNumber(recent),
      episodes: formatAmount(trainer.recorder.episodes),
    };
  };
  view.start(target, Math.min(target, trainer.progress), payload());
  let last = 0;
  const draw = (): void => view.update(Math.min(target, trainer.progress), payload());
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

/** Trains seeds in so many processes side by side; each seed is reported when it is done. */
import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Provenance, SeedRecord } from './record.ts';
import type { Experiment } from './suite.ts';

/** A seed to be trained. */
export interface Order {
  readonly experiment: Experiment;
  readonly seed: number;
  readonly provenance: Provenance;
}

/** What became of it. */
export type Answer = { readonly record: SeedRecord } | { readonly failure: string };

export interface PoolOptions {
  readonly processes: number;
  readonly done: (order: Order, answer: Answer) => void;
  /** Asked between seeds and now and then: true ends it, and what is under way is lost. */
  readonly stopped: () => boolean;
}

/** Milliseconds between two looks at `stopped`. */
const WATCH = 200;

/** Works off the orders in their turn. Rejects where a process dies by itself; one that fails a seed takes the next. */
export async function trainAll(orders: readonly Order[], options: PoolOptions): Promise<void> {
  const queue = [...orders];
  const workers = Array.from({ length: Math.min(options.processes, queue.length) }, startProcess);
  const stopAll = (): void => workers.forEach((worker) => worker.kill());
  const watch = setInterval(() => {
    if (options.stopped()) stopAll();
  }, WATCH);
  try {
    await Promise.all(workers.map(async (worker) => workOff(worker, queue, options)));
  } finally {
    clearInterval(watch);
    stopAll();
  }
}

function startProcess(): ChildProcess {
  const path = fileURLToPath(new URL('seed-process.ts', import.meta.url));
  return fork(path, { execArgv: ['--import', 'tsx'] });
}

async function workOff(worker: ChildProcess, queue: Order[], { done, stopped }: PoolOptions): Promise<void> {
  for (let order = queue.shift(); order && !stopped(); order = queue.shift()) {
    const answer = await ask(worker, order);
    if (answer) done(order, answer);
    else if (stopped()) return;
    else throw new Error(`${order.experiment.agent} on ${order.experiment.world}: its process died`);
  }
}

/** The answer to an order; undefined where the process ended instead. */
async function ask(worker: ChildProcess, order: Order): Promise<Answer | undefined> {
  return new Promise((settle) => {
    const onMessage = (answer: Answer): void => {
      worker.off('exit', onExit);
      settle(answer);
    };
    const onExit = (): void => {
      worker.off('message', onMessage);
      settle(undefined);
    };
    worker.once('message', onMessage);
    worker.once('exit', onExit);
    worker.send(order);
  });
}

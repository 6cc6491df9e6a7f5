/** `ludus worker --queue <address>`: runs the jobs of sweeps that are in a queue, until it is stopped. */
import type { Command } from '@commander-js/extra-typings';
import { availableParallelism } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { countOption, textOption } from '../options.ts';
import { examples, printJson, printLine, wantsJson } from '../output.ts';
import { exitCode, watchSignals } from '../signals.ts';
import { queueLibrary } from '../queue/library.ts';

interface WorkerOptions {
  readonly queue: string;
  readonly jobs?: number | undefined;
  readonly lock: number;
  readonly json?: true | undefined;
}

/** Milliseconds between two looks at signals. */
const LOOK_EVERY = 100;

export function worker(command: Command): void {
  command
    .addOption(
      textOption('--queue <address>', 'Redis or Valkey server, as redis://host:6379').makeOptionMandatory(),
    )
    .addOption(countOption('--jobs <n>', 'Jobs at a time (default: one per core)', 1, 1024))
    .addOption(
      countOption('--lock <seconds>', 'Silence after which another worker takes a job over', 1, 3600).default(
        30,
      ),
    )
    .option('--json', 'Print a JSON line per job; the default when piped')
    .addHelpText('after', examples('worker --queue redis://localhost:6379'))
    .action(work);
}

async function work({ queue: address, jobs, lock, json }: WorkerOptions): Promise<void> {
  const { QueueWorker } = await queueLibrary(() => import('../queue/queue-worker.ts'));
  using interruption = watchSignals();
  await using taking = await QueueWorker.connect({
    address,
    threads: jobs ?? availableParallelism(),
    lock,
    told: (event) => (wantsJson(json) ? printJson(event) : printLine(Object.values(event).join(' '))),
  });
  if (wantsJson(json)) printJson({ kind: 'ready', queue: address });
  else printLine(`waiting for jobs of ${address}`);
  while (!interruption.signal) await sleep(LOOK_EVERY);
  taking.stop();
  process.exitCode = exitCode(interruption.signal);
}

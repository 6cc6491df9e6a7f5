/** A side in a process of its own: `SIDE TASK THREADS WARMUP SECONDS`, where SIDE is ludus or tfjs and TASK is JSON. */
import { updateExample, type ExampleNetwork } from '#compile/examples.ts';
import { usersUpdate } from '#compile/examples-tfjs.ts';
import { createCompute } from '#host/compute.ts';
import type { MaybePromise } from '#compile/step.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import { worldSteps } from '../worlds.ts';
import type { Measured, Task } from './sides.ts';

/** Does some steps and returns their number. */
type Work = () => MaybePromise<number>;

async function start(side: string, task: Task, threads: number): Promise<Work> {
  switch (task.kind) {
    case 'train':
      return startTraining(task, threads);
    case 'world':
      return worldSteps(task.world);
    case 'update':
      return side === 'tfjs' ? startTfjs(task.network) : startUpdate(task.network, threads);
  }
}

async function startTraining(
  { request, unit }: Extract<Task, { kind: 'train' }>,
  threads: number,
): Promise<Work> {
  const run = await createRun(resolveRun(request), await createCompute('simd', { threads }));
  let target = 0;
  return async () => {
    target += unit;
    await run.advance(() => run.progress >= target);
    return unit;
  };
}

async function startUpdate(network: ExampleNetwork, threads: number): Promise<Work> {
  const { step, shapes, initial, inputs } = updateExample(network);
  const compute = await createCompute('simd', { threads });
  const runner = await compute.compile('bench', step, shapes, initial);
  return repeated(() => runner.run(inputs, []));
}

/** As tfjs's users write it, on its fastest backend without a GPU. */
async function startTfjs(network: ExampleNetwork): Promise<Work> {
  await createCompute('wasm');
  return repeated(usersUpdate(network, updateExample(network)).run);
}

function repeated(update: () => unknown): Work {
  const times = 20;
  return async () => {
    for (let k = 0; k < times; k++) await update();
    return times;
  };
}

/** CPU seconds of this process. */
function cpuSeconds(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

/**
 * Works for about these CPU seconds. Asking for them takes tens of microseconds, so it does not ask before the clock says that they
 * may have passed.
 */
async function workFor(work: Work, seconds: number): Promise<Measured> {
  const [cpu, wall] = [cpuSeconds(), performance.now()];
  let steps = 0;
  for (let left = seconds; left > 0; left = seconds - (cpuSeconds() - cpu)) {
    const until = performance.now() + 1000 * left;
    do steps += await work();
    while (performance.now() < until);
  }
  return { steps, cpu: cpuSeconds() - cpu, wall: (performance.now() - wall) / 1000 };
}

const [side, task, threads, warmup, seconds] = process.argv.slice(2);
const work = await start(side, JSON.parse(task) as Task, Number(threads));
await workFor(work, Number(warmup));
process.stdout.write(`${JSON.stringify(await workFor(work, Number(seconds)))}\n`);
process.exit();

/** What the page holds of a worker is gone with it. */
import v8 from 'node:v8';
import vm from 'node:vm';
import { expect, test } from 'vitest';
import { spawn, until } from '#tests/worker-harness.ts';
import { Link, WorkerDied } from '#worker/link.ts';
import type { TrainerApi } from '#worker/protocol.ts';

v8.setFlagsFromString('--expose-gc');
const collect = vm.runInNewContext('gc') as () => void;

/** A link that has been used and closed, as far as memory still has it. */
async function ended(): Promise<readonly WeakRef<object>[]> {
  const worker = spawn();
  const silent = { onEvent: () => undefined, onDeath: () => undefined };
  const link = new Link<TrainerApi>(() => worker, { heartbeat: 1000, patience: 10_000 }, silent);
  await link.call((api) => api.ping());
  link.close(new WorkerDied('closed'));
  return [new WeakRef(link), new WeakRef(worker)];
}

test('a link and its worker that have ended are given back to memory', async () => {
  const [link, worker] = await ended();
  await until(() => {
    collect();
    return link.deref() === undefined && worker.deref() === undefined;
  });
  expect([link.deref(), worker.deref()]).toEqual([undefined, undefined]);
});

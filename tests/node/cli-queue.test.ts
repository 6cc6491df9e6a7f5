/**
 * A sweep whose jobs go through a real Redis: workers are killed at random and the server is started again, and every result is
 * there once and equal to that of a run without a queue. `LUDUS_QUEUE=1000,8` tries so many jobs and workers.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { expect, test } from 'vitest';
import { rngStreams } from '#core/rng.ts';
import { ludus, start, temporaryFolder, type RunningLudus } from './ludus.ts';
import { RedisServer } from './redis.ts';

const [JOBS, WORKERS] = (process.env['LUDUS_QUEUE'] ?? '60,3').split(',').map(Number);
/** Kills per worker, on average. */
const KILLS = 2;

const GRID = {
  run: { world: 'corridor', agent: 'q-learning' },
  steps: 2000,
  space: { 'config.stepSize': { from: 0.01, to: 1, count: JOBS } },
  search: { kind: 'grid' },
  testSeeds: 2,
  episodes: 2,
};
const SEARCHES = [
  {
    ...GRID,
    space: { 'config.stepSize': { from: 0.01, to: 1 } },
    search: { kind: 'asha', trials: 9, minSteps: 500, eta: 2 },
  },
  {
    ...GRID,
    space: { 'config.stepSize': { from: 0.01, to: 1 } },
    search: { kind: 'pbt', population: 4, interval: 500 },
  },
  {
    run: { data: 'iris', model: 'linear', config: { validation: 0.25 } },
    steps: 6,
    space: { 'config.learningRate': { from: 1e-3, to: 1e-1 } },
    search: { kind: 'pbt', population: 3, interval: 2 },
    testSeeds: 1,
  },
];

function write(plan: object): string {
  const path = join(temporaryFolder(), 'plan.json');
  writeFileSync(path, JSON.stringify(plan));
  return path;
}

interface Line {
  readonly key: string;
  readonly id: string;
  readonly result: object;
}

/** Results by key, without the time they took; each key is there once. */
function resultsIn(folder: string): ReadonlyMap<string, object> {
  const lines = readFileSync(join(folder, 'results.jsonl'), 'utf8').trim().split('\n');
  const parsed = lines.map((line) => JSON.parse(line) as Line);
  const results = new Map(parsed.map(({ key, id, result }) => [key, { id, ...result, seconds: 0 }]));
  expect(results.size).toBe(lines.length);
  return results;
}

/** How many states of runs the queue's store keeps. */
async function statesIn({ address }: RedisServer): Promise<number> {
  const redis = new Redis(address);
  const keys = await redis.keys('ludus:state:*');
  redis.disconnect();
  return keys.length;
}

/** Workers of which one is killed with -9 every now and then, and replaced. */
class Workers {
  private readonly address: string;
  private readonly running = new Set<RunningLudus>();

  constructor(address: string, count: number) {
    this.address = address;
    for (let k = 0; k < count; k++) this.add();
  }

  async kill(share: number): Promise<void> {
    const all = [...this.running];
    const worker = all[Math.floor(share * all.length)];
    this.running.delete(worker);
    worker.child.kill('SIGKILL');
    await worker.finished;
    this.add();
  }

  async end(): Promise<void> {
    for (const { child } of this.running) child.kill('SIGKILL');
    await Promise.all([...this.running].map(async ({ finished }) => finished));
  }

  private add(): void {
    this.running.add(
      start(['worker', '--queue', this.address, '--jobs', '1', '--lock', '2', '--json'], null),
    );
  }
}

test('every result of many jobs comes once, and is that of a run without a queue', async () => {
  await using server = await RedisServer.start();
  const plan = write(GRID);
  const [queued, local] = [temporaryFolder(), temporaryFolder()];
  const workers = new Workers(server.address, WORKERS);
  const rng = rngStreams(1)('kills');
  try {
    const sweep = start(['sweep', plan, '--out', queued, '--queue', server.address, '--json']);
    await sweep.saw('result');
    await server.kill();
    await sleep(500);
    await server.start();
    for (let kills = 0; kills < KILLS * WORKERS && sweep.child.exitCode === null; kills++) {
      await sleep(1000);
      await workers.kill(rng.uniform());
    }
    const { code, stderr } = await sweep.finished;
    expect(code, stderr).toBe(0);
  } finally {
    await workers.end();
  }
  expect((await ludus('sweep', plan, '--out', local, '--json')).code).toBe(0);
  const results = resultsIn(queued);
  expect(results.size).toBe(JOBS + 2);
  expect(results).toEqual(resultsIn(local));
});

test('states go through the queue: halving and population-based training', async () => {
  await using server = await RedisServer.start();
  const workers = new Workers(server.address, 2);
  try {
    for (const search of SEARCHES) {
      const plan = write(search);
      const [queued, local] = [temporaryFolder(), temporaryFolder()];
      const { code, stderr } = await ludus(
        'sweep',
        plan,
        '--out',
        queued,
        '--queue',
        server.address,
        '--json',
      );
      expect(code, stderr).toBe(0);
      await ludus('sweep', plan, '--out', local, '--json');
      expect(await statesIn(server)).toBeGreaterThan(0);
      const [one, other] = [resultsIn(queued), resultsIn(local)];
      // Which trials ASHA promotes depends on which are faster; what they give does not.
      for (const [key, result] of one)
        if (other.has(key) || search.search.kind === 'pbt') expect(result).toEqual(other.get(key));
    }
  } finally {
    await workers.end();
  }
});

test('a job of another version is refused', async () => {
  await using server = await RedisServer.start();
  const connection = new Redis(server.address, { maxRetriesPerRequest: null });
  const queue = new Queue('jobs', { connection, prefix: 'ludus' });
  await queue.add('run', { job: { key: 'old' }, version: '0.0.1/0' });
  const worker = start(['worker', '--queue', server.address, '--json'], null);
  await worker.printed('made by version 0.0.1/0');
  worker.child.kill('SIGTERM');
  expect((await worker.finished).code).toBe(143);
  await queue.close();
  connection.disconnect();
});

test('a server that cannot be reached is tried again, and then given up with a clear error', async () => {
  const plan = write(GRID);
  const nowhere = 'redis://127.0.0.1:1';
  const out = join(temporaryFolder(), 'sweep');
  const { code, stderr } = await ludus('sweep', plan, '--out', out, '--queue', nowhere);
  expect(code).toBe(1);
  expect(existsSync(out)).toBe(false);
  expect(stderr).toContain(`no server at ${nowhere} after`);
  const wrong = await ludus('worker', '--queue', 'localhost');
  expect(wrong.code).toBe(2);
  expect(wrong.stderr).toContain('--queue: expected the address of a Redis or Valkey server');
});

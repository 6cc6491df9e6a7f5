/** `ludus sweep` as users run it: to the end, killed and begun again, stopped by Ctrl-C, refused. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ludus, start, temporaryFolder, type Finished } from './ludus.ts';

const PLAN = {
  run: { world: 'cart-pole', agent: 'dqn', config: { learningStarts: 200 } },
  steps: 2700,
  space: { 'config.learningRate': { from: 1e-4, to: 1e-2 }, 'config.batchSize': [16, 32] },
  search: { kind: 'halving', trials: 9, minSteps: 300 },
  testSeeds: 2,
  episodes: 2,
};

interface Result {
  readonly key: string;
  readonly id: string;
  readonly result: Readonly<Record<string, unknown>>;
}

function write(plan: object): string {
  const path = join(temporaryFolder(), 'plan.json');
  writeFileSync(path, JSON.stringify(plan));
  return path;
}

/** The results of a sweep's folder by key, without the time they took; each key is there once. */
function resultsIn(folder: string): ReadonlyMap<string, unknown> {
  const path = join(folder, 'results.jsonl');
  if (!existsSync(path)) return new Map();
  const lines = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => (line.endsWith('}') ? [JSON.parse(line) as Result] : []));
  const results = new Map(lines.map(({ key, id, result }) => [key, { id, ...result, seconds: 0 }]));
  expect(results.size).toBe(lines.length);
  return results;
}

test('a sweep that is killed again and again gives what one gives that is left alone', async () => {
  const plan = write(PLAN);
  const [whole, killed] = [temporaryFolder(), temporaryFolder()];
  const once = await ludus('sweep', plan, '--out', whole, '--jobs', '2', '--json');
  expect(once.code, once.stderr).toBe(0);
  expect(once.lines.filter(({ kind }) => kind === 'result')).toHaveLength(15);
  expect(once.lines.at(-1)).toMatchObject({
    kind: 'best',
    steps: 2700,
    test: { scores: [expect.any(Number), expect.any(Number)] },
  });
  let seen = 0;
  for (let kills = 0; kills < 3; kills++) {
    const run = start(['sweep', plan, '--out', killed, '--jobs', '2', '--json']);
    await run.saw('result');
    run.child.kill('SIGKILL');
    await run.finished;
    const now = resultsIn(killed).size;
    expect(now).toBeGreaterThan(seen);
    seen = now;
  }
  const last = await ludus('sweep', plan, '--out', killed, '--json');
  expect(last.lines[0]).toEqual({ kind: 'resumed', results: seen });
  expect(resultsIn(killed)).toEqual(resultsIn(whole));
  expect(readFileSync(join(killed, 'best.json'), 'utf8')).toBe(
    readFileSync(join(whole, 'best.json'), 'utf8'),
  );
});

test('a result that is not whole is told of, and its job is run again', async () => {
  const plan = write({ ...PLAN, steps: 900, search: { kind: 'random', trials: 2 }, testSeeds: 1 });
  const folder = temporaryFolder();
  await ludus('sweep', plan, '--out', folder, '--json');
  const file = join(folder, 'results.jsonl');
  const [first, second, third] = readFileSync(file, 'utf8').split('\n');
  writeFileSync(file, `${first}\n${second.slice(0, 30)}\n${third}\n`);
  const again = await ludus('sweep', plan, '--out', folder, '--json');
  expect(again).toMatchObject({ code: 0, stderr: `"${file}" line 2 is not whole: its job is run again\n` });
  expect(again.lines.filter(({ kind }) => kind === 'result')).toHaveLength(1);
});

test('Ctrl-C stops it, and the same command goes on', async () => {
  const plan = write({ ...PLAN, steps: 200_000, search: { kind: 'random', trials: 1 }, testSeeds: 0 });
  const folder = temporaryFolder();
  const run = start(['sweep', plan, '--out', folder, '--json']);
  await run.saw('begun');
  run.child.kill('SIGINT');
  const { code, stderr } = await run.finished;
  expect(code, stderr).toBe(130);
  expect(stderr).toContain('the same command goes on');
});

test('population-based training tells the family of the best', async () => {
  const plan = write({
    ...PLAN,
    space: { 'config.learningRate': { from: 1e-4, to: 1e-2 } },
    search: { kind: 'pbt', population: 3, interval: 900, quantile: 0.34 },
  });
  const folder = temporaryFolder();
  const { code, stderr, lines } = await ludus('sweep', plan, '--out', folder, '--json');
  expect(code, stderr).toBe(0);
  expect(lines.filter(({ kind }) => kind === 'result')).toHaveLength(11);
  expect(readFileSync(join(folder, 'trials.txt'), 'utf8')).toMatch(/^trial +steps +score +from/);
});

const FITS = {
  run: { data: 'iris', model: 'mlp', preset: 'iris', config: { validation: 0.25 } },
  steps: 9,
  space: { 'config.learningRate': { from: 1e-4, to: 1e-1 }, 'config.optimizer': ['adam', 'sgd'] },
  search: { kind: 'halving', trials: 9, minSteps: 1 },
  testSeeds: 2,
};

test('fits: killed and begun again they give the same, and their best is what `ludus fit` fits', async () => {
  const plan = write(FITS);
  const [whole, killed] = [temporaryFolder(), temporaryFolder()];
  const once = await ludus('sweep', plan, '--out', whole, '--jobs', '2', '--json');
  expect(once.code, once.stderr).toBe(0);
  const best = once.lines.at(-1) as { readonly command: string; readonly test: { readonly scores: unknown } };
  const run = start(['sweep', plan, '--out', killed, '--json']);
  await run.saw('result');
  run.child.kill('SIGKILL');
  await run.finished;
  expect((await ludus('sweep', plan, '--out', killed, '--json')).code).toBe(0);
  expect(resultsIn(killed)).toEqual(resultsIn(whole));
  const [, ...command] = best.command.split(' ');
  const fit = await ludus(...command, '--seed', '1', '--out', temporaryFolder(), '--json');
  const { accuracy } = fit.lines.find(({ kind }) => kind === 'evaluation') ?? {};
  expect(accuracy).toBe((best.test.scores as readonly number[])[0]);
});

async function refused(plan: string): Promise<Finished> {
  return ludus('sweep', plan, '--out', temporaryFolder());
}

test('what cannot be is refused before anything runs, by its field', async () => {
  const field = await refused(write({ ...PLAN, space: { 'config.learningRte': [1] } }));
  expect(field).toMatchObject({ code: 2, stdout: '' });
  expect(field.stderr).toContain(
    'space.config.learningRte: expected a known name (near: config.learningRate',
  );
  expect((await refused(write({ ...PLAN, steps: 'many' }))).stderr).toContain('steps: expected');
  const damaged = write(PLAN);
  writeFileSync(damaged, '{"run": {},}');
  expect((await refused(damaged)).stderr).toContain(`${damaged}: expected JSON, got`);
  const inFile = await ludus('sweep', write(PLAN), '--out', join(write(PLAN), 'inside'));
  expect(inFile.stderr).toMatch(/^--out: cannot create the folder "[^"]*": ENOTDIR: not a directory\n$/);
  expect((await refused('/nowhere/plan.json')).stderr).toContain('file: expected a plan that can be read');
  const folder = temporaryFolder();
  await ludus(
    'sweep',
    write({ ...PLAN, steps: 900, search: { kind: 'random', trials: 1 }, testSeeds: 0 }),
    '--out',
    folder,
  );
  const other = await ludus('sweep', write(PLAN), '--out', folder);
  expect(other).toMatchObject({ code: 2 });
  expect(other.stderr).toContain('which holds another');
  writeFileSync(join(folder, 'plan.json'), readFileSync(join(folder, 'plan.json'), 'utf8').slice(0, 100));
  const cut = await ludus('sweep', write(PLAN), '--out', folder);
  expect(cut).toMatchObject({ code: 2 });
  expect(cut.stderr).toContain(`${join(folder, 'plan.json')}: expected JSON (delete a damaged one`);
  rmSync(join(folder, 'plan.json'));
  const without = await ludus('sweep', write(PLAN), '--out', folder);
  expect(without.stderr).toContain('which holds another');
  const own = write({ ...PLAN, steps: 900, search: { kind: 'random', trials: 1 }, testSeeds: 0 });
  const on = await ludus('sweep', own, '--out', folder, '--json');
  expect(on).toMatchObject({ code: 0, stderr: '' });
  expect(on.lines[0]).toEqual({ kind: 'resumed', results: 1 });
});

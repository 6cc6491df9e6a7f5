/**
 * Puts every fault of the list into a copy of the project, one at a time, runs the tests that are about it, and writes what
 * they noticed to docs/mutants.md: `npm run mutants -- [--only text] [--from results.jsonl] [--lanes n]`. With `--from` it goes on
 * from the results there, and adds its own; without `--only` the page is written.
 */
import { execFileSync } from 'node:child_process';
import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { Copy, type Verdict } from './copy.ts';
import { mutants } from './lists/all.ts';
import { mutate, problemsOf, testOf, type Mutant } from './mutant.ts';
import { askedDigest, digestOf, page, readResults, type Result } from './results.ts';

const PAGE = 'docs/mutants.md';
/** Seconds for one test file; tests that take longer are said to have run out of time. */
const LIMIT = 180;
const root = resolve(import.meta.dirname, '../..');

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' },
    from: { type: 'string' },
    lanes: { type: 'string', default: '2' },
  },
});

const problems = problemsOf(mutants, root);
if (problems.length > 0) throw new Error(`the list does not fit the sources:\n${problems.join('\n')}`);

const wanted = mutants.filter(({ file, why }) => `${file} ${why}`.includes(values.only));
const results = values.from === undefined ? new Map<string, Result>() : readResults(values.from);
const digests = new Map(wanted.map((mutant) => [mutant, digestOf(mutant, root)]));
/** Tests that have passed, so that a failure says something. */
const trusted = new Set<string>();
const open = wanted.filter((mutant) => {
  const result = results.get(digests.get(mutant) ?? '');
  return !result || (result.killedBy === undefined && result.asked !== askedDigest(mutant, root));
});
await tryAll(open);
if (values.only === '') writePage();

/** A few at the same time, each in a copy of its own, which go away whatever happens. */
async function tryAll(todo: readonly Mutant[]): Promise<void> {
  if (todo.length === 0) return;
  const queue = [...todo];
  const copies: Copy[] = [];
  const leave = (): void => copies.forEach((copy) => copy[Symbol.dispose]());
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => {
      leave();
      process.exit(130);
    });
  // After the handlers of signals, which wait until all are whole.
  for (let lane = 0; lane < Math.min(Number(values.lanes), todo.length); lane++) copies.push(new Copy(root));
  try {
    await Promise.all(
      copies.map(async (copy) => {
        for (let mutant = queue.shift(); mutant; mutant = queue.shift()) await tryOne(copy, mutant);
      }),
    );
  } finally {
    leave();
  }
}

async function tryOne(copy: Copy, mutant: Mutant): Promise<void> {
  const path = join(copy.root, mutant.file);
  const source = readFileSync(path, 'utf8');
  const before = process.hrtime.bigint();
  let killedBy: string | undefined;
  for (const test of mutant.tests) {
    writeFileSync(path, mutate(source, mutant));
    const verdict = await runTest(copy, test);
    writeFileSync(path, source);
    if (verdict.kind === 'passed') trusted.add(test);
    else if (!trusted.has(test)) await trust(copy, test);
    killedBy = killer(test, verdict);
    if (killedBy !== undefined) break;
  }
  const seconds = Number((Number(process.hrtime.bigint() - before) / 1e9).toFixed(1));
  const digest = digests.get(mutant) ?? '';
  const result = {
    digest,
    ...(killedBy === undefined ? { asked: askedDigest(mutant, root) } : { killedBy }),
    seconds,
  };
  results.set(digest, result);
  if (values.from !== undefined) {
    mkdirSync(dirname(values.from), { recursive: true });
    appendFileSync(values.from, `${JSON.stringify(result)}\n`);
  }
  const told = killedBy === undefined ? 'NOT NOTICED' : `noticed by ${killedBy}`;
  console.log(`${mutant.file}: ${mutant.why}\n  ${told} (${seconds} s)`);
}

async function runTest(copy: Copy, test: string): Promise<Verdict> {
  const { path, part } = testOf(test);
  const verdict = await copy.run(path, part, LIMIT);
  if (verdict.kind === 'passed' && verdict.tests === 0) throw new Error(`${test}: expected tests, got none`);
  return verdict;
}

/** A test that fails without a fault, too, would say nothing. */
async function trust(copy: Copy, test: string): Promise<void> {
  const verdict = await runTest(copy, test);
  if (verdict.kind !== 'passed')
    throw new Error(`${test}: expected it to pass without a fault, got ${JSON.stringify(verdict)}`);
  trusted.add(test);
}

function killer(test: string, verdict: Verdict): string | undefined {
  switch (verdict.kind) {
    case 'passed':
      return undefined;
    case 'failed':
      return `${testOf(test).path}: ${verdict.by}`;
    case 'timeout':
      return `${testOf(test).path}, which did not end within ${LIMIT} s`;
  }
}

function writePage(): void {
  const all = wanted.flatMap((mutant) => {
    const result = results.get(digests.get(mutant) ?? '');
    return result ? [{ mutant, result }] : [];
  });
  const date = new Date().toISOString().slice(0, 10);
  writeFileSync(PAGE, page(all, { command: 'npm run mutants', date }));
  execFileSync(join(root, 'node_modules/.bin/oxfmt'), [PAGE], { cwd: root });
  const noticed = all.filter(({ result }) => result.killedBy !== undefined).length;
  console.log(`${noticed} of ${all.length} noticed; see ${PAGE}`);
}

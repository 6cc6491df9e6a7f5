/** The guides' examples are real: taken from the READMEs, put where these say, compiled, and trained on. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './ludus.ts';

const root = resolve(import.meta.dirname, '../..');
const copy = temporaryFolder();

/** The one TypeScript example of a guide and the file it is meant for. */
function example(guide: string): { path: string; code: string } {
  const text = readFileSync(join(root, guide), 'utf8');
  const [, path, code] = /`(\S+\.ts)`:\n\n```ts\n([\s\S]*?)```/.exec(text) ?? [];
  if (path === undefined || code === undefined) throw new Error(`${guide}: no example found`);
  return { path, code };
}

function run(program: string, ...args: string[]): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: copy, encoding: 'utf8' });
  expect(`${status === 0 ? '' : stdout}${stderr}`).toBe('');
  return stdout;
}

/** Adds an import and an entry, as the guides tell. */
function register(path: string, name: string, list: 'worlds' | 'agents'): void {
  const file = join(copy, `src/train/catalogue/${list}.ts`);
  const text = readFileSync(file, 'utf8');
  const start = /(const own: .*? = \[)/;
  writeFileSync(file, `import { ${name} } from '#${path}';\n${text.replace(start, `$1${name}, `)}`);
}

beforeAll(() => {
  for (const name of ['src', 'envs', 'agents', 'package.json', 'tsconfig.json', 'oxlint.config.mjs'])
    cpSync(join(root, name), join(copy, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  for (const [guide, name, list] of [
    ['envs/README.md', 'thermostat', 'worlds'],
    ['agents/README.md', 'greedyNow', 'agents'],
  ] as const) {
    const { path, code } = example(guide);
    mkdirSync(dirname(join(copy, path)), { recursive: true });
    writeFileSync(join(copy, path), code);
    register(path, name, list);
  }
});

const ludus = ['--import', 'tsx/esm', 'src/node/cli.ts'];

describe('the guides', () => {
  it.each(['envs/README.md', 'agents/README.md'])('%s: the example passes the linter', (guide) => {
    expect(
      run(
        join(root, 'node_modules/.bin/oxlint'),
        '-c',
        'oxlint.config.mjs',
        '--deny-warnings',
        example(guide).path,
      ),
    ).toContain('0 errors');
  });

  it('compile', () => {
    const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['--pretty', 'false'], {
      cwd: copy,
      encoding: 'utf8',
    });
    const wrong = stdout.split('\n').filter((line) => /thermostat|greedy-now/.test(line));
    expect(wrong).toEqual([]);
  });

  it('make a world that can be played', () => {
    const keys = '\u001b[C\u001b[D';
    const { stdout } = spawnSync(process.execPath, [...ludus, 'play', 'thermostat'], {
      cwd: copy,
      encoding: 'utf8',
      input: keys,
    });
    expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  });

  it('make an agent that learns what it can', () => {
    // Slippery ice gives no reward before the goal, so only the step next to it is learned; a bonus on ice is at once.
    const args = [
      'train',
      'frozen-lake',
      '--agent',
      'greedy-now',
      '--steps',
      '5000',
      '--reward',
      'hole=-1',
      '--reward',
      'ice=0.1',
    ];
    const out = join(copy, 'run');
    const stdout = run(
      process.execPath,
      ...ludus,
      ...args,
      '--world',
      'slippery=false',
      '--out',
      out,
      '--json',
    );
    const evaluation = stdout.split('\n').find((line) => line.includes('"kind":"evaluation"')) ?? '{}';
    const { mean } = JSON.parse(evaluation) as { mean: number };
    // It avoids every hole and walks on the ice until the time limit: 100 steps at 0.1.
    expect(mean).toBeCloseTo(10, 5);
  });
});

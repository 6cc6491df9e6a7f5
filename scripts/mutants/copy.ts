/** A copy of the project for one lane of mutants, so that no fault ever stands in the working tree; and one test run in it. */
import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export type Verdict =
  | { readonly kind: 'passed'; readonly tests: number }
  | { readonly kind: 'failed'; readonly by: string }
  | { readonly kind: 'timeout' };

interface Report {
  readonly numPassedTests: number;
  readonly testResults: readonly {
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

export class Copy {
  readonly root: string;
  private readonly folder: string;
  /** Between two runs all but one source are as they were. */
  private readonly cache: readonly string[];
  /** Groups of processes that are running. */
  private readonly running = new Set<number>();

  /** Of the working tree as it is: what git tracks, and what it would. */
  constructor(from: string) {
    this.folder = mkdtempSync(join(tmpdir(), 'ludus-mutants-'));
    this.root = join(this.folder, 'copy');
    const transformed = join(this.folder, 'transformed');
    this.cache = ['--experimental.fsModuleCache', '--experimental.fsModuleCachePath', transformed];
    const files = execFileSync('git', ['ls-files', '-co', '--exclude-standard', '-z'], { cwd: from });
    for (const file of new Set(files.toString().split('\0')))
      if (file !== '' && existsSync(join(from, file))) {
        mkdirSync(join(this.root, dirname(file)), { recursive: true });
        cpSync(join(from, file), join(this.root, file));
      }
    symlinkSync(join(from, 'node_modules'), join(this.root, 'node_modules'));
    // What some tests read beside the project.
    const shared = resolve(from, '../shared');
    if (existsSync(shared)) symlinkSync(shared, join(this.folder, 'shared'));
  }

  /** Stops what runs in it, and takes it away. */
  [Symbol.dispose](): void {
    for (const group of this.running) stop(group);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Runs a test file, or its tests whose names have `part`, until the first failure. */
  async run(path: string, part: string | undefined, seconds: number): Promise<Verdict> {
    const output = join(this.folder, 'report.json');
    rmSync(output, { force: true });
    const vitest = join(this.root, 'node_modules/vitest/vitest.mjs');
    const options = ['--project', 'unit', '--bail', '1', '--reporter', 'json', '--outputFile', output];
    const filter = part === undefined ? [] : ['-t', part];
    const args = [vitest, 'run', ...options, ...this.cache, path, ...filter];
    const passed = await this.wait(args, seconds);
    if (passed === undefined) return { kind: 'timeout' };
    const report = existsSync(output) ? (JSON.parse(readFileSync(output, 'utf8')) as Report) : undefined;
    if (passed) return { kind: 'passed', tests: report?.numPassedTests ?? 0 };
    const results = report?.testResults ?? [];
    const first = results.flatMap((file) => file.assertionResults).find(({ status }) => status === 'failed');
    const message = results.map((file) => file.message).find((text) => text !== '');
    if (message?.startsWith('Transform failed'))
      throw new Error(`expected a fault that is a program: ${message}`);
    return {
      kind: 'failed',
      by: first?.fullName ?? `it does not load: ${message?.split('\n')[0] ?? 'no report'}`,
    };
  }

  /** Whether it succeeded; undefined where it did not end in time. */
  private wait(args: readonly string[], seconds: number): Promise<boolean | undefined> {
    return new Promise((done, fail) => {
      // A group of its own: a test that runs for ever holds the process that would end it.
      const child = spawn(process.execPath, args, { cwd: this.root, detached: true, stdio: 'ignore' });
      const group = child.pid;
      if (group === undefined) return;
      this.running.add(group);
      let late = false;
      const timer = setTimeout(() => {
        late = true;
        stop(group);
      }, 1000 * seconds);
      child.on('error', fail);
      child.on('exit', (code) => {
        clearTimeout(timer);
        this.running.delete(group);
        done(late ? undefined : code === 0);
      });
    });
  }
}

function stop(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
}

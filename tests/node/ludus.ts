/** Runs the real command line in a process of its own, as a user would. */
import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** The JSON lines of stdout. */
  readonly lines: readonly Record<string, unknown>[];
}

export interface RunningLudus {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
  /** Resolves when a JSON line of this kind has come. */
  saw(kind: string): Promise<void>;
  /** Resolves when standard output holds this text. */
  printed(text: string): Promise<void>;
}

const root = resolve(import.meta.dirname, '../..');

/** Names the compiled command line in the environment; where it is not set, the sources run. */
export const COMPILED = 'LUDUS_COMPILED';

/** What Node is given to run a command; benchmarks are one of the project alone. */
function program(command: string | undefined): readonly string[] {
  const { [COMPILED]: compiled } = process.env;
  return compiled === undefined || command === 'bench'
    ? ['--import', 'tsx/esm', 'src/node/cli.ts']
    : [compiled];
}

/** Starts `ludus` with the given arguments; `input` goes to its standard input, which stays open if it is null. */
export function start(args: readonly string[], input: string | null = ''): RunningLudus {
  return watched(spawn(process.execPath, [...program(args[0]), ...args], options()), input);
}

/** Starts it by a bash script, whose `exec "$0" "$@"` runs it; before that, `inside`: a program and its arguments that runs bash. */
export function startIn(
  script: string,
  args: readonly string[],
  inside: readonly string[] = [],
): RunningLudus {
  const [first, ...rest] = [...inside, 'bash', '-c', script, process.execPath, ...program(args[0]), ...args];
  return watched(spawn(first, rest, options()), '');
}

function options() {
  // As `npm run ludus` starts it.
  return { cwd: root, env: { ...process.env, NO_COLOR: '1', npm_lifecycle_event: 'ludus' } };
}

function watched(child: ChildProcessWithoutNullStreams, input: string | null): RunningLudus {
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => {});
  if (input !== null) child.stdin.end(input);
  const finished = new Promise<Finished>((done, fail) => {
    child.on('error', fail);
    child.on('close', (code) => done({ code, stdout, stderr, lines: jsonLines(stdout) }));
  });
  const printed = async (text: string): Promise<void> =>
    new Promise((found, fail) => {
      const look = (): void => {
        if (stdout.includes(text)) found();
      };
      child.stdout.on('data', look);
      child.on('close', () => fail(new Error(`ended without ${text}: ${stderr}`)));
      look();
    });
  return { child, finished, saw: async (kind) => printed(`"kind":"${kind}"`), printed };
}

/** Runs `ludus` to its end. */
export async function ludus(...args: readonly string[]): Promise<Finished> {
  return start(args).finished;
}

/** A new empty folder outside the project. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ludus-'));
}

function jsonLines(text: string): Record<string, unknown>[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

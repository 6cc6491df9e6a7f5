/**
 * The sides of a comparison: programs that work for given CPU seconds, warm-up apart, and print what they did. Seconds are those of
 * the process and all its threads, not of the clock, so that other work on the machine takes none of them. What several threads
 * gain is time by the clock: beside one another they are measured by that, which says something on a quiet machine only.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { messageOf } from '#core/errors.ts';
import type { ExampleNetwork } from '#compile/examples.ts';
import type { NamedRequest } from '#train/request/resolve.ts';

/** What all sides of a row do. */
export type Task =
  /** Env steps of learning, measured in whole rollouts or `unit` steps. */
  | { readonly kind: 'train'; readonly request: NamedRequest; readonly unit: number }
  /** Env steps of random play. */
  | { readonly kind: 'world'; readonly world: string }
  /** Gradient steps. */
  | { readonly kind: 'update'; readonly network: ExampleNetwork };

/** A program; it is given two arguments more, the CPU seconds of warm-up and of measurement. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** What a program prints as its last line, in JSON. */
export interface Measured {
  readonly steps: number;
  readonly cpu: number;
  readonly wall: number;
}

/** CPU seconds in which JIT compilers are done and replay memories have their first batch. */
const WARMUP = 1;

const run = promisify(execFile);

/** How long each side works, and on how many threads. */
export interface Effort {
  /** CPU seconds of a measurement. */
  readonly seconds: number;
  readonly threads: number;
}

/** Steps per CPU second, or per second where there are several threads. Throws with the last line that a program which fails has written. */
export async function rateOf({ file, args, env }: Command, { seconds, threads }: Effort): Promise<number> {
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 2 ** 20 };
  try {
    const { stdout } = await run(file, [...args, String(WARMUP), String(seconds)], options);
    const { steps, cpu, wall } = JSON.parse(lastLine(stdout)) as Measured;
    return steps / (threads > 1 ? wall : cpu);
  } catch (error) {
    const { stderr } = error as { readonly stderr?: string };
    throw new Error(stderr === undefined ? messageOf(error) : lastLine(stderr), { cause: error });
  }
}

function lastLine(text: string): string {
  return text.trim().split('\n').at(-1) ?? '';
}

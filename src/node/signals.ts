/**
 * What stops a command early, as a flag that loops check, so that they save first: Ctrl-C, `kill`, a closed terminal, and an
 * output that cannot be written. A second Ctrl-C or `kill` exits immediately.
 */

/** The shell's convention: 128 plus the number of the signal. `output` is no signal but a failure, e.g. of a full disk. */
const EXIT_CODES = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143, output: 1 } as const;
type Stop = keyof typeof EXIT_CODES;
const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

export interface Interruption extends Disposable {
  /** What has stopped the command first, if anything. */
  readonly signal: Stop | undefined;
  /** Called once, before the user is told; set it to tidy the terminal. */
  onStop: () => void;
  /** Whether there is something to save first, of which the user is told; so it is until set. */
  saves: boolean;
}

/** The exit code of a process that stopped for this reason. */
export function exitCode(signal: Stop): number {
  return EXIT_CODES[signal];
}

/** Where output fails while a command has something to save. */
let outputStops: ((stop: Stop, why: string) => void) | undefined;
let hasFailed = false;

/** Watches until disposed. */
export function watchSignals(onStop = (): void => {}): Interruption {
  let signal: Stop | undefined;
  const stop = (by: Stop, message: string): void => {
    if (signal) return;
    signal = by;
    interruption.onStop();
    process.stderr.write(`${message}\n`);
  };
  const note = (received: NodeJS.Signals): void => {
    const by = SIGNALS.find((known) => known === received) ?? 'SIGTERM';
    // A closed terminal may send its signal twice, from the shell and from the system: no second request.
    if (signal && by !== 'SIGHUP') process.exit(exitCode(by));
    stop(by, interruption.saves ? `${by}: saving; send it again to exit immediately` : by);
  };
  const interruption: Interruption = {
    saves: true,
    get signal() {
      return signal;
    },
    onStop,
    [Symbol.dispose]() {
      for (const name of SIGNALS) process.off(name, note);
      outputStops = undefined;
    },
  };
  for (const name of SIGNALS) process.on(name, note);
  outputStops = (by, why) => stop(by, `${why}: saving`);
  return interruption;
}

/**
 * Standard output cannot be written. A reader that closes the pipe early (`| head`) has what it wanted; a command with something
 * to lose saves it first. Every further write fails again.
 */
export function outputFailed(error: NodeJS.ErrnoException): void {
  if (hasFailed) return;
  hasFailed = true;
  const isClosed = error.code === 'EPIPE';
  const why = isClosed ? 'output: closed by its reader' : `output: cannot be written: ${error.message}`;
  if (outputStops) return outputStops(isClosed ? 'SIGPIPE' : 'output', why);
  if (isClosed) process.exit();
  process.stderr.write(`${why}\n`);
  process.exit(exitCode('output'));
}

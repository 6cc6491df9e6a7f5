/** Ctrl-C, `kill` and a closed pipe as a flag that loops check, so that they save first; a second signal exits immediately. */

/** The shell's convention: 128 plus the number of the signal. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 } as const;
type Stop = keyof typeof EXIT_CODES;
const STOPS = Object.keys(EXIT_CODES) as Stop[];

export interface Interruption extends Disposable {
  /** The first signal received, if any. */
  readonly signal: Stop | undefined;
}

/** The exit code of a process that stopped on a signal. */
export function exitCode(signal: Stop): number {
  return EXIT_CODES[signal];
}

/** Watches until disposed; calls `onStop` on the first signal. */
export function watchSignals(onStop?: () => void): Interruption {
  let signal: Stop | undefined;
  const note = (received: NodeJS.Signals): void => {
    const stop = STOPS.find((known) => known === received) ?? 'SIGTERM';
    // Every further write to a closed pipe raises it again: that is no second request.
    if (signal && stop === 'SIGPIPE') return;
    if (signal) process.exit(exitCode(stop));
    signal = stop;
    process.stderr.write(`\n${stop}: saving; send it again to exit immediately\n`);
    onStop?.();
  };
  for (const stop of STOPS) process.on(stop, note);
  return {
    get signal() {
      return signal;
    },
    [Symbol.dispose]() {
      for (const stop of STOPS) process.off(stop, note);
    },
  };
}

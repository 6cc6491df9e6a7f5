/**
 * Ctrl-C, `kill` and a closed pipe as a flag that loops look at, so that work is saved; a second signal ends the process
 * at once.
 */

/** Exit codes as shells have them: 128 plus the signal's number. */
const EXIT_CODES = { SIGINT: 130, SIGTERM: 143, SIGPIPE: 141 } as const;
type Stop = keyof typeof EXIT_CODES;
const STOPS = Object.keys(EXIT_CODES) as Stop[];

export interface Interruption extends Disposable {
  /** The first signal that came, if any. */
  readonly signal: Stop | undefined;
}

/** What a process that a signal stopped exits with. */
export function exitCode(signal: Stop): number {
  return EXIT_CODES[signal];
}

/** Watches until disposed; `onStop` is told of the first signal at once. */
export function watchSignals(onStop?: () => void): Interruption {
  let signal: Stop | undefined;
  const note = (received: NodeJS.Signals): void => {
    const stop = STOPS.find((known) => known === received) ?? 'SIGTERM';
    // Every further line into a closed pipe says so again: nobody has asked twice.
    if (signal && stop === 'SIGPIPE') return;
    if (signal) process.exit(exitCode(stop));
    signal = stop;
    process.stderr.write(`\n${stop}: saving; once more to stop at once\n`);
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

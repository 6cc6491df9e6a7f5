/** Ctrl-C and `kill` as a flag that loops look at, so that work is saved; a second one ends the process at once. */

export interface Interruption extends Disposable {
  /** The first signal that came, if any. */
  readonly signal: 'SIGINT' | 'SIGTERM' | undefined;
}

/** Watches until disposed. */
export function watchSignals(): Interruption {
  let signal: Interruption['signal'];
  const note = (received: NodeJS.Signals): void => {
    if (signal) process.exit(received === 'SIGINT' ? 130 : 143);
    signal = received === 'SIGINT' ? 'SIGINT' : 'SIGTERM';
    process.stderr.write(`\n${received}: saving; once more to stop at once\n`);
  };
  process.on('SIGINT', note);
  process.on('SIGTERM', note);
  return {
    get signal() {
      return signal;
    },
    [Symbol.dispose]() {
      process.off('SIGINT', note);
      process.off('SIGTERM', note);
    },
  };
}

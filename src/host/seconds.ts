/** A clock for waits that have to end some time. */

/** Milliseconds by which a look may be late. */
const SLACK = 1000;

/** See `Threads.everySecond`. */
export function everySecond(look: (late: boolean) => void): () => void {
  let last = performance.now();
  const timer = setInterval(() => {
    const now = performance.now();
    look(now - last > 1000 + SLACK);
    last = now;
  }, 1000);
  return () => clearInterval(timer);
}

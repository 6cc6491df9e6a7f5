/** A pause in which a worker handles the messages that are waiting. */

/**
 * A message to oneself arrives right after those already waiting; a timer would be throttled to 4 ms. Several may wait at once:
 * each message lets the first of them go on.
 */
export function breath(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port2.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port1.postMessage(undefined);
    });
}

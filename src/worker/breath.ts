/** A pause in which a worker handles the messages that are waiting. */

/** A message to oneself arrives right after those already waiting; a timer would be throttled to 4 ms. */
export function breath(): () => Promise<void> {
  const { port1, port2 } = new MessageChannel();
  let resume: (() => void) | undefined;
  port2.onmessage = () => resume?.();
  return () =>
    new Promise((resolve) => {
      resume = resolve;
      port1.postMessage(undefined);
    });
}

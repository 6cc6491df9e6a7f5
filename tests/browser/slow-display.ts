/** Code that runs in the page: gives it the frames of a slow display, since a fast one that the CPU draws takes a core of its own. */

/** Lets `requestAnimationFrame` call at most so often in a second. */
export function slowDisplay(hz: number): void {
  const next = requestAnimationFrame.bind(globalThis);
  const cancel = cancelAnimationFrame.bind(globalThis);
  const gap = 1000 / hz;
  type Request = { timer?: ReturnType<typeof setTimeout>; frame?: number };
  const waiting = new Map<number, Request>();
  let [number, due] = [0, 0];
  globalThis.requestAnimationFrame = (callback) => {
    const id = ++number;
    const request: Request = {};
    waiting.set(id, request);
    const draw = (time: number): void => {
      // All requests of a frame have the same time.
      due = Math.max(due, time + gap);
      waiting.delete(id);
      callback(time);
    };
    const ask = (): void => void (request.frame = next(draw));
    const wait = due - performance.now();
    if (wait <= 0) ask();
    else request.timer = setTimeout(ask, wait);
    return id;
  };
  globalThis.cancelAnimationFrame = (id) => {
    const { timer, frame } = waiting.get(id) ?? {};
    clearTimeout(timer);
    if (frame !== undefined) cancel(frame);
    waiting.delete(id);
  };
}

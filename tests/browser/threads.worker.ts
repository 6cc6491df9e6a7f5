/** Runs `runOnThreads` in a worker of a page, as the trainer's worker does. */
import { runOnThreads } from './threads-run.ts';

globalThis.addEventListener('message', ({ data }: MessageEvent<{ threads: number; steps: number }>) => {
  void runOnThreads(data.threads, data.steps).then((run) => globalThis.postMessage(run));
});

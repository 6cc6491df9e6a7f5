/** The page's state over the worker's own code in the thread of a test, with its workers counted. */
import { afterEach, beforeEach, vi } from 'vitest';
import { Page } from '#ui/state/page.ts';
import type { RunStore } from '#ui/state/run-store.ts';
import { spawn, until } from './worker-harness.ts';

type Watched = ReturnType<typeof spawn> & { ended: boolean };

/** Lets the newest worker die again and again until its run is given up. */
export async function killForGood(
  workers: readonly { die(message: string): void }[],
  { phase }: RunStore['worker'],
  why = 'out of memory',
): Promise<void> {
  for (let killed = 0; phase.value !== 'failed';) {
    await until(() => workers.length > killed || phase.value === 'failed');
    if (workers.length > killed) workers[(killed = workers.length) - 1].die(why);
  }
}

export interface PageHarness {
  readonly page: Page;
  readonly workers: readonly Watched[];
  readonly phases: () => string[];
  readonly steps: () => number[];
  /** Workers that have not been ended. */
  readonly alive: () => number;
  /** Opens a link, and compares its run with a copy. */
  readonly compared: (link: string) => Promise<void>;
}

/** A new page for every test of the file that calls it. */
export function pageHarness(): PageHarness {
  const workers: Watched[] = [];
  let page: Page;
  beforeEach(() => {
    vi.stubGlobal('requestAnimationFrame', (draw: () => void) => setTimeout(draw, 1));
    page = new Page(() => {
      const worker = spawn();
      const terminate = worker.terminate.bind(worker);
      const watched = Object.assign(worker, { ended: false });
      watched.terminate = () => {
        watched.ended = true;
        terminate();
      };
      workers.push(watched);
      return watched;
    });
  });
  afterEach(() => {
    page[Symbol.dispose]();
    workers.splice(0);
    vi.unstubAllGlobals();
  });
  const steps = (): number[] => page.runs.value.map((run) => run.worker.progress.value.done);
  return {
    get page() {
      return page;
    },
    workers,
    phases: () => page.runs.value.map((run) => run.worker.phase.value),
    steps,
    alive: () => workers.filter((worker) => !worker.ended).length,
    compared: async (link) => {
      await page.open(`#${link}`);
      await until(() => steps()[0] > 0);
      await page.compare();
    },
  };
}

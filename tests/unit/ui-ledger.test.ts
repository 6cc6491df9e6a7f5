/** The table of runs, over the worker's own code: up to four on the page, those that ended, and groups of seeds. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { spawn, until } from '#tests/worker-harness.ts';
import { Page } from '#ui/state/page.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const workers: (ReturnType<typeof spawn> & { ended: boolean })[] = [];
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

const phases = (): string[] => page.runs.value.map((run) => run.worker.phase.value);
const steps = (): number[] => page.runs.value.map((run) => run.worker.progress.value.done);
const alive = (): number => workers.filter((worker) => !worker.ended).length;

async function compared(link = LAKE): Promise<void> {
  await page.open(`#${link}`);
  await until(() => steps()[0] > 0);
  await page.compare();
}

test('four runs are the most: each is a copy of the focused one, and all start over', async () => {
  await compared();
  page.edit('agent', 'stepSize', '0.25', true);
  await until(() => page.runs.value[1].worker.info.value?.request.config['stepSize'] === 0.25);
  await page.compare();
  expect(page.runs.value.map((run) => page.letterOf(run))).toEqual(['A', 'B', 'C']);
  page.focus(page.runs.value[0]);
  await page.compare();
  const sizes = page.runs.value.map(({ worker }) => worker.info.value?.request.config['stepSize']);
  expect(sizes).toEqual([sizes[0], 0.25, 0.25, sizes[0]]);
  expect(page.differences.value).toEqual([
    [expect.stringMatching(/ 0\.25 instead of /)],
    [expect.stringMatching(/ 0\.25 instead of /)],
    [],
  ]);
  expect([phases(), page.hasRoom.value]).toEqual([['running', 'running', 'running', 'running'], false]);
  await page.compare();
  expect([page.runs.value.length, alive()]).toEqual([4, 4]);
  const { value: link } = page.link;
  expect(link).toMatch(/b\.agent=q-learning.*&c\.agent=.*&d\.agent=q-learning$/);
  page.close(page.runs.value[1]);
  expect([page.runs.value.length, alive()]).toEqual([3, 3]);
  await page.open(`#${link}`);
  expect(page.link.value).toBe(link);
  expect(alive()).toBe(4);
});

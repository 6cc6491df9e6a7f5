/** What tests of faults of computing do in either room: the run goes on from its last checkpoint, and one line says so. */
import type { Page } from 'playwright';
import { expect, test } from 'vitest';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { readFileSync } from 'node:fs';
import { FAULTY, letFault, NO_ADAPTER, type ComputeFault } from './compute-faults.ts';
import { eventually, servePage, visit, type Visit } from './page.ts';
import { stepsIn, stored, type SavedLabel } from './stored.ts';

export interface Room {
  readonly link: string;
  /** What its progress counts, and the name beside it. */
  readonly counts: string;
}

/** A number of three digits is not below this part of what it stands for. */
const ROUNDED = 0.99;

/** The number beside a name at the head of the run, to three digits where it is large. */
async function counted({ page }: Visit, name: string): Promise<number> {
  const value = page
    .locator('dl > div')
    .filter({ has: page.getByText(name, { exact: true }) })
    .getByRole('definition')
    .first();
  const [, digits, unit] = /([\d.,]+)\s*([kM]?)/.exec(await value.innerText()) ?? [];
  return Number(digits.replaceAll(',', '')) * { '': 1, k: 1e3, M: 1e6 }[unit as '' | 'k' | 'M'];
}

/**
 * Progress of the newest save that the page has been told of, after which it saved the session: that file is the checkpoint on the
 * page as well. 0 before.
 */
async function saved(page: Page): Promise<number> {
  const sessions = (await stored(page, 'sessions')) as readonly { readonly savedAt: number }[];
  const told = Math.max(...sessions.map(({ savedAt }) => savedAt));
  const labels = (await stored(page, 'labels')) as readonly SavedLabel[];
  return Math.max(0, ...labels.filter(({ savedAt }) => savedAt <= told).map(stepsIn));
}

const line = ({ page }: Visit) => page.locator('.notice');
const inUse = ({ page }: Visit) => page.getByRole('status', { name: 'Backend in use' });
const state = ({ page }: Visit): Promise<string> =>
  page.getByRole('status', { name: 'State' }).first().innerText();

/** Waits until it learns and there is a checkpoint; gives the progress of that. */
async function settled(v: Visit, { counts }: Room): Promise<number> {
  await eventually(() => counted(v, counts)).toBeGreaterThan(102);
  await eventually(() => saved(v.page)).toBeGreaterThan(0);
  return saved(v.page);
}

/** Whatever goes wrong in a room, the run goes on; `faults` are those that are let in there. */
export function testFaults(room: Room, faults: readonly ComputeFault[]): void {
  const served = servePage({ webgpu: true });

  test.each(faults)('$fault ($where), on $backend', async (row) => {
    await using v = await visit(served, `${room.link}&backend=${row.backend}`, { worker: FAULTY });
    const checkpoint = await settled(v, room);
    await letFault(v.page.workers()[0], row.fault);
    const notice = line(v);
    // Before it has stopped for sure, it may only be said to be silent; beats that a busy machine delays do not count.
    const said = eventually(() => notice.allInnerTexts(), 200_000);
    await said.toEqual([expect.stringMatching(row.said)]);
    expect(await notice.innerText()).toContain('the run goes on from its last checkpoint');
    expect(await counted(v, room.counts)).toBeGreaterThanOrEqual(ROUNDED * checkpoint);
    const before = await counted(v, room.counts);
    await eventually(() => counted(v, room.counts)).toBeGreaterThan(before);
    expect([await notice.count(), await state(v)]).toEqual([1, 'Learning']);
    expect(await inUse(v).innerText()).toMatch(row.on);
    // The choice is the user's.
    expect(await v.hash()).toContain(`backend=${row.backend}`);
  });

  test.each([
    ['without an adapter', NO_ADAPTER, /^webgpu does not work here: the run is on simd.*no GPU adapter/s],
    ['with a device that gives nothing back', `${FAULTY};letFault('map');`, /^webgpu .* on simd.*aborted/s],
  ])('%s, where WebGPU was asked for, it begins on the next backend', async (_, worker, said) => {
    await using v = await visit(served, `${room.link}&backend=webgpu`, { worker });
    await eventually(() => counted(v, room.counts)).toBeGreaterThan(102);
    expect(await line(v).innerText()).toMatch(said);
    expect(await inUse(v).innerText()).toMatch(/^simd/);
    expect(await v.hash()).toContain('backend=webgpu');
  });

  test('a worker that cannot be started once is started again; one that never can gives the run as a file', async () => {
    await using v = await visit(served, `${room.link}&backend=simd`, { worker: FAULTY });
    const checkpoint = await settled(v, room);
    const context = v.page.context();
    const script = /(trainer|classifier)\.worker/;
    await context.route(script, (route) => route.abort(), { times: 1 });
    await letFault(v.page.workers()[0], 'throw');
    await line(v).waitFor();
    expect(await line(v).innerText()).toContain('the run goes on from its last checkpoint');
    await eventually(() => counted(v, room.counts)).toBeGreaterThan(checkpoint);

    await context.route(script, (route) => route.abort());
    await letFault(v.page.workers()[0], 'throw');
    const download = v.button('Download my run');
    await download.waitFor();
    expect(await line(v).innerText()).toMatch(/did not load[^]*after 3 restarts/);
    const [file] = await Promise.all([v.page.waitForEvent('download'), download.click()]);
    expect(file.suggestedFilename()).toMatch(/\.ludus$/);
    const { steps } = await decodeCheckpoint(new Uint8Array(readFileSync(await file.path())));
    expect(steps).toBeGreaterThanOrEqual(checkpoint);

    await context.unroute(script);
    await v.button('Restart').click();
    await eventually(() => state(v)).toBe('Learning');
    expect(await counted(v, room.counts)).toBeGreaterThanOrEqual(ROUNDED * steps);
  });
}

/** Playing oneself on the built page in a real Chromium: take over, play, keep the recording, let an agent learn from it. */
import { readFileSync } from 'node:fs';
import type { Browser } from 'playwright';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launch, serve, type Site } from '#node/bench/browser.ts';
import { Playback } from '#train/recordings/playback.ts';
import { parseRecording } from '#train/recordings/recording.ts';
import { eventually, visit, type Visit } from './page.ts';

let site: Site;
let browser: Browser;

beforeAll(async () => {
  [site, browser] = await Promise.all([serve(), launch({ webgpu: false })]);
});

afterAll(async () => {
  await browser?.close();
  await site?.[Symbol.asyncDispose]();
});

const LAKE = 'world=frozen-lake&world.slippery=false&agent=q-learning&speed=4';
const TO_THE_GOAL = ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowRight'];

async function play({ page }: Visit, keys: readonly string[]): Promise<void> {
  for (const key of keys) await page.keyboard.press(key);
}

test('a user takes over, plays, gives back, keeps the recording, and an agent learns to do the same', async () => {
  await using v = await visit(browser, site, LAKE);
  await v.above('#steps', 5);
  await v.page.keyboard.press('h');
  await v.page.locator('#new-episode').waitFor();
  expect(await v.text('#watched')).toBe('You play FrozenLake; Q-learning waits.');
  expect(await v.page.locator('.play-key').allInnerTexts()).toContainEqual(
    expect.stringMatching(/→\s*right/),
  );
  await play(v, TO_THE_GOAL);
  await eventually(() => v.text('#hand-last')).toBe('1 in 6 steps, over');
  // Keys belong to a form field while it has the focus.
  await v.page.locator('#seed').focus();
  await play(v, ['ArrowDown', 'h']);
  await v.page.locator('#seed').fill('1');
  await v.page.locator('#seed').evaluate((field) => (field as HTMLElement).blur());
  await v.page.locator('[data-action="1"]').click();
  await eventually(() => v.text('#hand-steps')).toBe('1');
  await v.page.keyboard.press('Escape');
  const [steps] = [await v.number('#steps')];
  await v.above('#steps', steps);
  expect(await v.text('#recorded')).toBe('Recorded: 2 episodes, 7 steps');

  const [download] = await Promise.all([
    v.page.waitForEvent('download'),
    v.page.locator('#download').click(),
  ]);
  expect(download.suggestedFilename()).toBe('frozen-lake-by-hand.jsonl');
  const recording = parseRecording(readFileSync(await download.path(), 'utf8'));
  expect(recording.episodes).toMatchObject([
    { player: 'hand', return: 1, end: 'terminated', actions: [1, 1, 2, 1, 2, 2] },
    { player: 'hand', end: 'cut', actions: [1] },
  ]);
  const playback = new Playback(recording);
  playback.begin(0);
  while (playback.step());

  await v.page.locator('#agent').focus();
  await v.page.locator('#agent').selectOption('bc');
  expect(await v.text('#clone-card')).toContain('take over with H and play');
  // What the card says holds although the picker had the focus, which would take letters for itself.
  await v.page.keyboard.press('h');
  await v.page.locator('#new-episode').waitFor();
  await v.page.keyboard.down('ArrowDown');
  await eventually(() => v.page.locator('[data-down]').innerText()).toMatch(/↓\s*down/);
  await v.page.keyboard.up('ArrowDown');
  expect(await v.page.locator('[data-down]').count()).toBe(0);
  await v.page.locator('#clone-played').click();
  await v.page.locator('#watched', { hasText: 'Behaviour cloning is learning' }).waitFor();
  expect(await v.text('#learns-from')).toBe('Learns from 3 episodes, 8 steps');
  await v.page.keyboard.press('5');
  await v.above('#steps', 1000);
  await eventually(() => v.number('#mean-return')).toBeGreaterThan(0.9);
  expect(v.complaints).toEqual([]);
});

test('a link to a cloner asks for a recording; a wrong file is refused by its field and the run goes on', async () => {
  await using v = await visit(browser, site, 'world=frozen-lake&world.slippery=false&agent=bc&speed=4');
  await v.above('#steps', 5);
  expect(await v.page.locator('#notice').count()).toBe(0);
  expect(await v.page.evaluate(() => location.hash)).toContain('agent=bc');
  const open = (name: string, text: string): Promise<void> =>
    v.page.locator('#clone-file').setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await open('letter.txt', 'Dear Sir or Madam\n');
  await eventually(() => v.page.locator('#clone-card .error').allInnerTexts()).toEqual([
    expect.stringContaining('recording.line 1: expected JSON'),
  ]);
  await open('empty.jsonl', '');
  await eventually(() => v.page.locator('#clone-card .error').allInnerTexts()).toEqual([
    expect.stringContaining('recording: expected a header'),
  ]);
  await v.above('#steps', await v.number('#steps'));
  // The focus is on the file field, to which an H means nothing; the button takes over as well.
  await v.page.locator('#clone-play').click();
  await v.page.locator('#new-episode').waitFor();
  await play(v, TO_THE_GOAL);
  await v.page.locator('#clone').click();
  await v.page.locator('#watched', { hasText: 'Behaviour cloning is learning' }).waitFor();
  expect(v.complaints).toEqual([]);
});

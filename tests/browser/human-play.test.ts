/** Playing oneself on the built page in a real Chromium: take over, play, keep the recording, let an agent learn from it. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Playback } from '#train/recordings/playback.ts';
import { parseRecording } from '#train/recordings/recording.ts';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

const LAKE = 'world=frozen-lake&world.slippery=false&agent=q-learning&speed=4';
const TO_THE_GOAL = ['ArrowDown', 'ArrowDown', 'ArrowRight', 'ArrowDown', 'ArrowRight', 'ArrowRight'];

/** Short presses: a key is told to be up before anything waits, since one that is down for a quarter of a second is held. */
async function play({ page: { keyboard } }: Visit, keys: readonly string[]): Promise<void> {
  for (const key of keys) await Promise.all([keyboard.down(key), keyboard.up(key)]);
}

test('a user takes over, plays, gives back, keeps the recording, and an agent learns to do the same', async () => {
  await using v = await visit(served, LAKE);
  const run = v.run();
  await run.above('Steps', 5);
  await v.page.keyboard.press('h');
  const keys = run.card.getByRole('group', { name: 'Keys' });
  await keys.getByRole('button', { name: 'new episode' }).waitFor();
  expect(await run.state()).toBe('You are playing');
  expect(await keys.getByRole('button').allInnerTexts()).toContainEqual(expect.stringMatching(/→\s*right/));
  await play(v, TO_THE_GOAL);
  await eventually(() => run.value('Last episode')).toBe('1 in 6 steps, ended');
  // Keys belong to a form field while it has the focus.
  const seed = v.panel('World').getByRole('textbox', { name: 'Seed', exact: true });
  await seed.focus();
  await play(v, ['ArrowDown', 'h']);
  await seed.fill('1');
  await seed.evaluate((field) => (field as HTMLElement).blur());
  await keys.getByRole('button', { name: /down/ }).click();
  await eventually(() => run.value('Steps')).toBe('1');
  await v.page.keyboard.press('Escape');
  await eventually(() => run.state()).toBe('Learning');
  await run.above('Steps', await run.number('Steps'));
  const recorded = run.card.getByRole('group', { name: 'Recording' });
  expect(await recorded.innerText()).toMatch(/^Recorded: 2 episodes, 7 steps\s/);

  const [download] = await Promise.all([
    v.page.waitForEvent('download'),
    recorded.getByRole('button', { name: 'Download' }).click(),
  ]);
  expect(download.suggestedFilename()).toBe('frozen-lake-by-hand.jsonl');
  const recording = parseRecording(readFileSync(await download.path(), 'utf8'));
  expect(recording.episodes).toMatchObject([
    { player: 'human', return: 1, end: 'terminated', actions: [1, 1, 2, 1, 2, 2] },
    { player: 'human', end: 'cut', actions: [1] },
  ]);
  const playback = new Playback(recording);
  playback.begin(0);
  while (playback.step());

  const agent = v.page.getByRole('combobox', { name: 'Agent' });
  await agent.focus();
  await agent.selectOption('bc');
  const card = v.panel('Agent').getByRole('group', { name: 'Recording to learn from' });
  expect(await card.innerText()).toContain('press H to take over and play');
  // What the card says holds although the picker had the focus, which would take letters for itself.
  await v.page.keyboard.press('h');
  await keys.getByRole('button', { name: 'new episode' }).waitFor();
  await v.page.keyboard.down('ArrowDown');
  const down = keys.getByRole('button', { pressed: true });
  await eventually(() => down.innerText()).toMatch(/↓\s*down/);
  await v.page.keyboard.up('ArrowDown');
  await eventually(() => down.count()).toBe(0);
  await card.getByRole('button', { name: 'Learn from your play' }).click();
  await run.card.getByRole('heading', { name: 'Behaviour cloning on FrozenLake' }).waitFor();
  await eventually(() => run.state()).toBe('Learning');
  await eventually(() => v.panel('Agent').getByText('Learning from 3 episodes, 8 steps').count()).toBe(1);
  await v.page.keyboard.press('5');
  // Seven of the eight steps, a hundred times: then every epoch is over, and the policy only plays.
  await eventually(() => run.state()).toBe('Finished learning');
  expect(await run.number('Examples')).toBe(700);
  await eventually(() => run.number('Mean return')).toBeGreaterThan(0.9);
  expect(v.complaints).toEqual([]);
});

test('a link to a cloner asks for a recording; a wrong file is refused by its field and the run continues', async () => {
  await using v = await visit(served, 'world=frozen-lake&world.slippery=false&agent=bc&speed=4');
  const run = v.run();
  await run.above('Steps', 5);
  expect(await v.page.getByRole('alert').count()).toBe(0);
  await eventually(() => v.hash()).toContain('agent=bc');
  const card = v.panel('Agent').getByRole('group', { name: 'Recording to learn from' });
  const open = (name: string, text: string): Promise<void> =>
    card
      .getByLabel('Open a recording')
      .setInputFiles({ name, mimeType: 'text/plain', buffer: Buffer.from(text) });
  await open('letter.txt', 'Dear Sir or Madam\n');
  await eventually(() => card.getByRole('alert').allInnerTexts()).toEqual([
    expect.stringContaining('recording.line 1: expected JSON'),
  ]);
  await open('empty.jsonl', '');
  await eventually(() => card.getByRole('alert').allInnerTexts()).toEqual([
    expect.stringContaining('recording: expected a header'),
  ]);
  await run.above('Steps', await run.number('Steps'));
  // The focus is on the file field, to which an H means nothing; the button takes over as well.
  await card.getByRole('button', { name: 'Take over and play' }).click();
  await run.card.getByRole('button', { name: 'new episode' }).waitFor();
  await play(v, TO_THE_GOAL);
  await run.card.getByRole('button', { name: 'Clone' }).click();
  await run.card.getByRole('heading', { name: 'Behaviour cloning on FrozenLake' }).waitFor();
  await eventually(() => run.state()).toBe('Learning');
  expect(v.complaints).toEqual([]);
});

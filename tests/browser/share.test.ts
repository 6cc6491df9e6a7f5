/** What a user gives away and gets back on the built page: a link, a run as a file, to the command line and from there. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BufferSource, Input, WEBM } from 'mediabunny';
import { expect, test } from 'vitest';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { readLink } from '#ui/state/packed-link.ts';
import { ludus, temporaryFolder } from '#tests/node/ludus.ts';
import { eventually, servePage, visit, type Visit } from './page.ts';

const served = servePage();

/** What is in the menu of the Share button. */
async function share(v: Visit, item: RegExp): Promise<void> {
  await v.button('Share').click();
  await v.page.getByRole('group', { name: 'Share' }).getByRole('button', { name: item }).click();
}

/** Saves the run of the page as a file. */
async function saved(v: Visit, folder: string): Promise<{ name: string; path: string }> {
  const [download] = await Promise.all([v.page.waitForEvent('download'), share(v, /^Save run/)]);
  const name = download.suggestedFilename();
  await download.saveAs(join(folder, name));
  return { name, path: join(folder, name) };
}

const read = async (path: string) => decodeCheckpoint(new Uint8Array(await readFile(path)));

/** Holds a file over the page and lets it go there. */
async function drop({ page }: Visit, name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([name, text]) => {
      const transfer = new DataTransfer();
      const bytes = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
      transfer.items.add(new File([bytes], name));
      return transfer;
    },
    [name, content.toString('base64')],
  );
  const card = page.getByRole('article');
  await card.dispatchEvent('dragover', { dataTransfer: transfer });
  await page.getByText('Drop a .ludus file').waitFor();
  await card.dispatchEvent('drop', { dataTransfer: transfer });
  await eventually(() => page.getByText('Drop a .ludus file').count()).toBe(0);
}

test('a run goes from the page to the command line and back; a wrong file changes nothing; a long link is short', async () => {
  await using v = await visit(served, 'world=cart-pole&agent=dqn&agent.learningStarts=200&speed=64');
  const folder = temporaryFolder();
  await v.run().above('Steps', 400);
  await v.button('Pause').click();
  await eventually(() => v.run().state()).toBe('Paused');
  const file = await saved(v, folder);
  const { steps } = await read(file.path);
  await eventually(() => v.run().number('Steps')).toBe(steps);
  expect(file.name).toBe(`cart-pole-dqn-${steps}.ludus`);
  const { lines } = await ludus('evaluate', file.path, '--episodes', '3', '--json');
  expect(lines).toMatchObject([{ kind: 'evaluation', world: 'cart-pole', agent: 'dqn', step: steps }]);

  const out = join(folder, 'run');
  const more = ['--steps', String(steps + 300), '--episodes', '0', '--out', out];
  expect((await ludus('train', '--resume', file.path, ...more)).code).toBe(0);
  const checkpoint = join(out, 'checkpoint.ludus');
  await drop(v, 'checkpoint.ludus', await readFile(checkpoint));
  await eventually(() => v.run().number('Steps')).toBe(steps + 300);
  expect(await v.run().state()).toBe('Paused');
  await eventually(() => v.hash()).toContain('agent.learningStarts=200');
  const back = await read((await saved(v, folder)).path);
  const there = await read(checkpoint);
  expect(back.state['agent']).toEqual(there.state['agent']);
  expect(back.state['recorder']).toEqual(there.state['recorder']);

  const notice = v.page.getByRole('alert');
  await drop(v, 'cat.png', Buffer.from('no run'));
  await eventually(() => notice.innerText()).toMatch(
    /^Not changed; the previous run continues\s+checkpoint: expected a Ludus checkpoint [^\n]*, got something else$/,
  );
  await drop(v, 'half.ludus', (await readFile(checkpoint)).subarray(0, 5000));
  await eventually(() => notice.innerText()).toMatch(/got a file that is cut off or damaged$/);
  expect(await v.run().number('Steps')).toBe(steps + 300);
  await v.button('Play').click();
  await v.run().above('Steps', steps + 300);

  const cells = Array.from({ length: 64 }, (_, k) => [k % 8, k >> 3, k / 1000]);
  const rewards = { bonus: JSON.stringify(cells), potential: JSON.stringify(cells) };
  const own = new URLSearchParams({ world: 'frozen-lake', 'world.map': '8x8', seed: '5' });
  for (const [name, value] of Object.entries(rewards)) own.set(`reward.${name}`, value);
  expect(own.toString().length).toBeGreaterThan(2000);
  await v.page.goto(`${served.site.url}#${own}`);
  await v.run().above('Steps', 0);
  await eventually(() => v.hash()).toMatch(/^#z=[\w-]{10,600}$/);
  await v.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await share(v, /^Copy link/);
  await v.button('Copied').waitFor();
  const link = await v.page.evaluate(() => navigator.clipboard.readText());
  expect(link).toBe(`${served.site.url}${await v.hash()}`);
  await v.page.reload();
  await v.run().above('Steps', 0);
  const seed = v.page.getByRole('textbox', { name: 'Seed' });
  expect(await seed.inputValue()).toBe('5');
  await seed.fill('6');
  await seed.press('Enter');
  await eventually(async () => (await readLink(await v.hash())).setup.request).toMatchObject({
    rewards,
    seed: '6',
  });
  expect(await notice.count()).toBe(0);
  expect(v.complaints).toEqual([]);
});

const STEPS = /^Return (-?[\d.]+) in (\d+) steps; (\d+) seconds?, [\d.]+ [kM]B$/;

/** Makes a film, saves it, and gives it with the steps that it says it shows. */
async function filmed(v: Visit, format: 'gif' | 'webm') {
  const { page } = v;
  await page.getByRole('combobox', { name: 'Format' }).selectOption(format);
  await page.getByRole('button', { name: /^Make / }).click();
  await v.button('Save film').waitFor();
  const told = await page.getByRole('dialog').getByRole('status').innerText();
  const [download] = await Promise.all([page.waitForEvent('download'), v.button('Save film').click()]);
  const content = await readFile(await download.path());
  return { name: download.suggestedFilename(), content, steps: Number(STEPS.exec(told)?.[2]) };
}

/** How many pictures a GIF has as the browser sees it, how long they stay (ms), and how many differ from the one before. */
function lookAt({ page }: Visit, gif: Buffer) {
  return page.evaluate(async (text) => {
    const data = Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
    const decoder = new ImageDecoder({ data, type: 'image/gif' });
    await decoder.tracks.ready;
    await decoder.completed;
    const frames = decoder.tracks.selectedTrack?.frameCount ?? 0;
    let [changes, milliseconds, before] = [0, 0, ''];
    for (let frameIndex = 0; frameIndex < frames; frameIndex++) {
      const { image } = await decoder.decode({ frameIndex });
      const canvas = new OffscreenCanvas(image.displayWidth, image.displayHeight);
      canvas.getContext('2d')?.drawImage(image, 0, 0);
      milliseconds += (image.duration ?? 0) / 1000;
      const bytes = new Uint8Array(await (await canvas.convertToBlob()).arrayBuffer()).join();
      if (bytes !== before) changes++;
      before = bytes;
    }
    return { frames, milliseconds, changes };
  }, gif.toString('base64'));
}

test('an episode is filmed as a GIF and as a video with all its states; a film can be cancelled', async () => {
  await using v = await visit(served, 'world=taxi&agent=q-learning&speed=1');
  await v.run().above('Steps', 0);
  await share(v, /^Film an episode/);
  await v.button('Make film').click();
  await v.button('Cancel').click();
  await v.button('Make film').waitFor();
  await v.button('Close').click();
  await v.page.goto(`${served.site.url}#world=catch&agent=ppo&speed=1`);
  await eventually(() => v.run().title()).toContain('Catch');
  await v.button('Pause').click();
  await share(v, /^Film an episode/);
  const gif = await filmed(v, 'gif');
  expect(gif.name).toBe('catch-ppo.gif');
  expect(gif.steps).toBeGreaterThan(5);
  const { frames, milliseconds, changes } = await lookAt(v, gif.content);
  expect([frames, changes]).toEqual([gif.steps + 1, gif.steps + 1]);
  const seconds = gif.steps / 8 + 1;
  expect(Math.abs(milliseconds - seconds * 1000)).toBeLessThanOrEqual(10);
  const video = await filmed(v, 'webm');
  using input = new Input({ source: new BufferSource(video.content), formats: [WEBM] });
  const track = await input.getPrimaryVideoTrack();
  if (!track) throw new Error('no video');
  expect((await track.computePacketStats()).packetCount).toBe(video.steps + 2);
  expect(await input.computeDuration()).toBeCloseTo(seconds, 1);
  await v.button('Close').click();
  expect(v.complaints).toEqual([]);
});

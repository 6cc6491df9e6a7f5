/** The page's side of play by hand and of cloning, without a page: keys, recordings, files, links that lack a recording. */
import { signal } from '@preact/signals';
import { expect, test, vi } from 'vitest';
import { catalogue as makeCatalogue } from '#train/catalogue/catalogue.ts';
import { defaultAgent } from '#train/catalogue/defaults.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { InputError, type Problem } from '#core/errors.ts';
import { playable, repair } from '#ui/state/advice.ts';
import { Cloning, MOST_BYTES } from '#ui/state/cloning.ts';
import { HumanPlays, recordingText } from '#ui/state/human-play.ts';
import { playKeys } from '#ui/state/keys.ts';
import type { RemoteApi } from '#worker/client.ts';
import type { NamedRequest, TrainerApi } from '#worker/protocol.ts';

const catalogue = makeCatalogue();

/** Human play whose commands to the worker are noted. */
function noted(): { humanPlays: HumanPlays; said: unknown[][] } {
  const said: unknown[][] = [];
  const note =
    (name: string) =>
    (...args: unknown[]) => {
      said.push([name, ...args]);
      return Promise.resolve();
    };
  const api = { press: note('press'), releaseKeys: note('releaseKeys'), newEpisode: note('newEpisode') };
  const humanPlays = new HumanPlays(
    (command) => void command(api as unknown as RemoteApi<TrainerApi>),
    signal([]),
  );
  return { humanPlays, said };
}

const GAME = { header: '{"world":"taxi"}\n', world: 'taxi', realTime: false };
const episode = (header: string, line: string) => ({
  header,
  line,
  steps: 3,
  return: 1,
  end: 'terminated' as const,
});

test('a key is down once, whatever the keyboard repeats, and up only if it was down', () => {
  const { humanPlays, said } = noted();
  humanPlays.press('KeyA', 4);
  expect(said).toEqual([]);
  humanPlays.begin(GAME);
  humanPlays.press('KeyA', 4);
  humanPlays.press('KeyA', 4);
  humanPlays.press('button 4', 4);
  expect([...humanPlays.down.value.values()]).toEqual([4, 4]);
  humanPlays.release('KeyA');
  expect([...humanPlays.down.value.keys()]).toEqual(['button 4']);
  humanPlays.release('KeyA');
  humanPlays.release('ArrowUp');
  expect(said).toEqual([
    ['press', 4, true],
    ['press', 4, true],
    ['press', 4, false],
  ]);
});

test('looking away lets all keys go, and what comes up later says nothing', () => {
  const { humanPlays, said } = noted();
  humanPlays.begin(GAME);
  humanPlays.press('KeyA', 4);
  expect(humanPlays.begun.value).toBe(true);
  humanPlays.releaseKeys();
  humanPlays.release('KeyA');
  expect(humanPlays.begun.value).toBe(false);
  expect(said.slice(1)).toEqual([['releaseKeys']]);
  humanPlays.end();
  humanPlays.releaseKeys();
  humanPlays.newEpisode();
  expect(said).toHaveLength(2);
});

test('episodes under the same rules are one recording, the newest of a world is offered', () => {
  const { humanPlays } = noted();
  const [first, second] = ['{"world":"taxi"}\n', '{"world":"taxi","rewards":{}}\n'];
  humanPlays.take(episode(first, 'a\n'));
  humanPlays.take(episode(second, 'b\n'));
  humanPlays.take(episode(first, 'c\n'));
  expect(humanPlays.recordings.value.map(({ episodes, steps }) => [episodes, steps])).toEqual([
    [1, 3],
    [2, 6],
  ]);
  const recording = humanPlays.of('taxi');
  expect(recording && recordingText(recording)).toBe(`${first}a\nc\n`);
  expect(humanPlays.of('cart-pole')).toBeUndefined();
});

const label = (world: string): readonly string[] =>
  catalogue.worlds
    .filter(({ id }) => id === world)
    .flatMap(({ spec }) => playKeys(spec).map((key) => key.label));

test('every world has keys, and all of them say what they do', () => {
  for (const { id, spec } of catalogue.worlds) {
    const keys = playKeys(spec);
    expect(keys.length, id).toBeGreaterThan(0);
    expect(keys.flatMap(({ caps }) => caps).length, id).toBe(Object.keys(spec.keys).length);
    for (const { caps, label } of keys) {
      expect(label, id).toMatch(/\S/);
      expect(caps.join(), id).not.toMatch(/Arrow|Key|Digit/);
    }
  }
  expect(label('cart-pole')).toEqual(['push left', 'push right']);
  expect(label('pendulum').toSorted()).toEqual(['+2', '−2']);
  expect(label('lunar-lander-continuous')).toEqual(['a₁ = +1', 'a₂ = −1', 'a₂ = +1']);
});

test('a file that is too large is refused unread; one that cannot be read, by its reason', async () => {
  const begin = vi.fn<(request: NamedRequest) => Promise<void>>(() => Promise.resolve());
  const cloning = new Cloning(begin);
  const text = vi.fn(() => Promise.resolve('a recording'));
  await cloning.giveFile({ size: 3, text });
  cloning.ask({ world: 'taxi', agent: 'bc' });
  await cloning.giveFile({ size: MOST_BYTES + 1, text });
  expect(cloning.asked.value?.problems).toMatchObject([{ field: 'recording', got: '8.0 MiB' }]);
  expect(text).toHaveBeenCalledTimes(1);
  await cloning.giveFile({ size: 3, text: () => Promise.reject(new Error('gone')) });
  expect(cloning.asked.value?.problems).toMatchObject([{ field: 'recording', got: 'gone' }]);
  expect(begin).not.toHaveBeenCalled();
  await cloning.giveFile({ size: 3, text });
  expect(begin).toHaveBeenCalledWith({ world: 'taxi', agent: 'bc', demonstrations: 'a recording' });
});

test('a file that comes after the question was withdrawn changes nothing', async () => {
  const begin = vi.fn<(request: NamedRequest) => Promise<void>>(() => Promise.resolve());
  const cloning = new Cloning(begin);
  cloning.ask({ world: 'taxi', agent: 'bc' });
  const given = cloning.giveFile({ size: 3, text: () => Promise.resolve('a recording') });
  cloning.ask(undefined);
  await given;
  expect(begin).not.toHaveBeenCalled();
});

const check = (request: NamedRequest): Promise<readonly Problem[]> => {
  try {
    resolveRun(request);
    return Promise.resolve([]);
  } catch (error) {
    return error instanceof InputError ? Promise.resolve(error.problems) : Promise.reject(error);
  }
};

test('a link with a former name of a setting shows up in the form under its present one', async () => {
  const old: NamedRequest = { world: 'cart-pole', agent: 'ppo', config: { worlds: '8', steps: '32' } };
  expect(await repair(old, catalogue, check)).toEqual({
    request: { ...old, config: { numEnvs: '8', steps: '32' } },
    problems: [],
  });
});

test('a link to a cloner asks for a recording while another agent plays; what else is wrong is said', async () => {
  const clean = { world: 'frozen-lake', agent: 'bc', config: { epochs: '7' } };
  expect(await repair(clean, catalogue, check)).toEqual({
    request: { world: 'frozen-lake', ...defaultAgent('frozen-lake') },
    problems: [],
    asked: clean,
  });
  const broken = { ...clean, seed: '-1', config: { epochs: '7', learningRate: 'much' } };
  const advice = await repair(broken, catalogue, check);
  expect(advice.problems.map(({ field }) => field).toSorted()).toEqual(['agent.learningRate', 'seed']);
  expect(advice.asked).toEqual(clean);
});

test('an agent that cannot play a link’s world is replaced, and said once', async () => {
  const advice = await repair({ world: 'cart-pole', agent: 'q-learning' }, catalogue, check);
  expect(advice).toMatchObject({
    request: { world: 'cart-pole', agent: 'dqn' },
    problems: [{ field: 'agent' }],
  });
  expect(advice.asked).toBeUndefined();
});

test('where wrappers rule out the agent of the world, a link without one gets PPO, and nothing is said', async () => {
  const link = { world: 'taxi', wrappers: { pixels: 'true' } };
  const request = { ...link, agent: 'ppo' };
  expect(await repair(link, catalogue, check)).toEqual({ request, problems: [] });
});

test('a cloner in another world asks again; an agent that fits stays', async () => {
  const cloner = { world: 'acrobot', agent: 'bc' };
  expect(await playable(cloner, catalogue, check)).toMatchObject({
    request: { agent: 'dqn' },
    asked: cloner,
  });
  const fits = { world: 'acrobot', agent: 'ppo' };
  expect(await playable(fits, catalogue, check)).toEqual({ request: fits, problems: [] });
});

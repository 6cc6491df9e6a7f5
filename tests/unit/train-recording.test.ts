/** Recordings: what was played comes back from its file and plays again to the same end, and what is wrong is named. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { problemOf } from '#core/errors.ts';
import { randomRecording } from '#package/contract/random-recording.ts';
import { Playback } from '#train/recordings/playback.ts';
import {
  checkRecording,
  headerProblems,
  parseRecording,
  recordingLine,
  type RecordedEpisode,
  type Recording,
} from '#train/recordings/recording.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';

function lines(...parts: readonly object[]): string {
  return parts.map((part) => `${JSON.stringify(part)}\n`).join('');
}

function text({ header, episodes }: Recording): string {
  return [header, ...episodes].map(recordingLine).join('');
}

function playAll(recording: Recording): void {
  const playback = new Playback(recording);
  recording.episodes.forEach((_, index) => {
    playback.begin(index);
    while (playback.step());
  });
}

describe('a recording', () => {
  it.each(['cart-pole', 'frozen-lake', 'breakout', 'pendulum', 'lunar-lander-continuous', 'bandit'])(
    'of %s comes back from its text and plays again to the same end, in any order',
    (world) => {
      const arbitrary = fc.record({ seed: fc.nat(), steps: fc.integer({ min: 1, max: 250 }) });
      fc.assert(
        fc.property(arbitrary, ({ seed, steps }) => {
          const recording = randomRecording(world, seed, steps);
          const read = parseRecording(text(recording));
          expect(read).toEqual(recording);
          expect(checkRecording(structuredClone(recording))).toEqual(recording);
          playAll({ ...read, episodes: read.episodes.toReversed() });
        }),
        { numRuns: 8 },
      );
    },
  );

  it('keeps reward weights and gives the observations that the player saw', () => {
    const recording = randomRecording('frozen-lake', 5, 60, { ice: -0.25 });
    expect(recording.episodes.some((episode) => episode.return < 0)).toBe(true);
    const playback = new Playback(recording, {
      wrappers: wrapperTable.parse({ frameStack: 2 }),
      oneHot: true,
    });
    expect(playback.env.obs).toHaveLength(32);
    playback.begin(0);
    expect([...playback.env.obs].filter((x) => x === 1)).toHaveLength(2);
  });

  it('notices a return, an end or a length that does not come out', () => {
    const recording = randomRecording('cart-pole', 3, 120);
    const [first] = recording.episodes;
    const changed = (change: Partial<RecordedEpisode>): Recording => ({
      ...recording,
      episodes: [recording.episodes[1], { ...first, ...change }],
    });
    const problem = (change: Partial<RecordedEpisode>): unknown => problemOf(() => playAll(changed(change)));
    expect(problem({})).toBeUndefined();
    expect(problem({ return: first.return + 1 })).toMatchObject({
      field: 'recording.episode 2',
      got: String(first.return),
    });
    expect(problem({ end: 'truncated' })).toMatchObject({ got: 'terminated' });
    expect(problem({ end: 'cut' })).toMatchObject({ got: 'terminated' });
    expect(problem({ actions: [...first.actions, 0] })).toMatchObject({
      got: `an end after ${first.actions.length}`,
    });
    expect(problem({ actions: first.actions.slice(1) })).toMatchObject({ field: 'recording.episode 2' });
  });
});

describe('parseRecording', () => {
  const recording = randomRecording('cart-pole', 1, 40);
  const whole = text(recording);
  const { header } = recording;
  const episode = recording.episodes[0];

  it.each([
    ['an empty file', '', { field: 'recording', got: 'an empty file' }],
    ['a file that is cut off', whole.slice(0, -20), { got: 'one that is cut off' }],
    ['something else', 'hello\n', { field: 'recording.line 1', expected: 'JSON' }],
    ['other JSON', '{"a":1}\n', { field: 'recording.kind' }],
    ['another format', lines({ ...header, format: 9 }), { got: 'format 9, made by another version' }],
    ['an unknown world', lines({ ...header, world: 'cart-pale' }), { field: 'world' }],
    [
      'rules of before',
      lines({ ...header, version: 0 }, episode),
      { field: 'recording.version', got: 'version 0, which has different rules' },
    ],
    ['a parameter it has not', lines({ ...header, params: { mass: 3 } }), { field: 'world.mass' }],
    ['a reward it has not', lines({ ...header, rewards: { joy: 3 } }), { field: 'reward.joy' }],
    ['a wrapper that is not', lines({ ...header, wrappers: { gold: 1 } }), { field: 'wrap.gold' }],
    [
      'an action out of range',
      lines(header, episode, { ...episode, actions: [0, 1, 2] }),
      { field: 'recording.line 3.actions.2', expected: 'an action from 0 to 1', got: '2' },
    ],
    [
      'half an action',
      lines(header, { ...episode, actions: [0.5] }),
      { field: 'recording.line 2.actions.0' },
    ],
    ['no action', lines(header, { ...episode, actions: [] }), { field: 'recording.line 2.actions' }],
    ['another end', lines(header, { ...episode, end: 'won' }), { field: 'recording.line 2.end' }],
    ['no start', lines(header, { ...episode, start: [1, 2] }), { field: 'recording.line 2.start' }],
    ['half an episode', `${lines(header)}{"player"\n`, { field: 'recording.line 2', expected: 'JSON' }],
  ])('refuses %s', (_, given, problem) => {
    expect(problemOf(() => parseRecording(given))).toMatchObject(problem);
  });

  it('refuses a line whose check does not come out, and reads one without', () => {
    const [first, ...rest] = whole.split('\n');
    expect(first).toMatch(/,"check":"[0-9a-f]{8}"\}$/);
    const edited = (line: string): string =>
      [first, line.replace('"actions":[', '"actions":[1,'), ...rest.slice(1)].join('\n');
    expect(problemOf(() => parseRecording(edited(rest[0])))).toMatchObject({
      field: 'recording.line 2.check',
      got: 'another: the line is damaged, or was edited without removing this entry',
    });
    const without = rest[0].replace(/,"check":"[^"]*"/, '');
    expect(parseRecording(edited(without)).episodes[0].actions).toEqual([1, ...episode.actions]);
    expect(parseRecording(lines(header, ...recording.episodes))).toEqual(recording);
  });

  it('refuses numbers outside a box and rows that are not whole', () => {
    const { header, episodes } = randomRecording('lunar-lander-continuous', 1, 5);
    const refuse = (actions: number[]): unknown =>
      problemOf(() => parseRecording(text({ header, episodes: [{ ...episodes[0], actions }] })));
    expect(refuse([0, 1.5])).toMatchObject({ field: 'recording.line 2.actions.1', got: '1.5' });
    expect(refuse([0, 1, 0])).toMatchObject({ expected: '2 numbers per action', got: '3 numbers' });
  });

  it('says in what two headers differ', () => {
    const other = { ...header, rewards: { ...header.rewards, upright: 2 }, version: 7 };
    expect(headerProblems(other, header).map(({ field }) => field)).toEqual([
      'recording.version',
      'reward.upright',
    ]);
    expect(headerProblems(header, header)).toEqual([]);
  });
});

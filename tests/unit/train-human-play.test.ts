/** Play by hand: what keys do in every kind of world, and that what comes out replays as it was played. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HumanGame } from '#train/runs/human-play.ts';
import { Playback } from '#train/recordings/playback.ts';
import { resolveWorld } from '#train/world/setup.ts';
import { parseRecording, recordingLine, type RecordedEpisode } from '#train/recordings/recording.ts';
import { wrapperTable } from '#train/catalogue/wrappers.ts';

function taken(world: string, wrappers = {}, rewards = {}): HumanGame {
  return new HumanGame({ ...resolveWorld({ world, rewards }), wrappers: wrapperTable.parse(wrappers) }, 7);
}

/** Plays the lines of a recording again; a wrong return or end throws. */
function replay({ header }: HumanGame, episodes: readonly RecordedEpisode[]): void {
  const recording = parseRecording([header, ...episodes].map(recordingLine).join(''));
  const playback = new Playback(recording);
  recording.episodes.forEach((_, index) => {
    playback.begin(index);
    while (playback.step());
  });
}

describe('play by hand', () => {
  it.each([
    ['cart-pole', {}, {}],
    ['breakout', { actionRepeat: 3, timeLimit: 9, frameStack: 2, pixels: true }, {}],
    ['frozen-lake', { timeLimit: 6 }, { ice: -0.5 }],
    ['lunar-lander-continuous', { actionRepeat: 2, normaliseReward: true }, {}],
    ['memory', {}, {}],
  ])('in %s comes back from its recording with the same returns, whatever is pressed', (world, ...more) => {
    const { spec } = resolveWorld({ world }).kernel;
    const actions = [...new Set(Object.values(spec.keys))];
    const down = fc.subarray(actions, { minLength: spec.action.kind === 'box' ? 0 : 1 });
    fc.assert(
      fc.property(fc.array(fc.option(down, { freq: 12 }), { minLength: 1, maxLength: 80 }), (moves) => {
        const play = taken(world, ...more);
        // In place of a move sometimes: the player leaves the episode.
        const episodes = [...moves.map((move) => (move ? play.step(move) : play.leave())), play.leave()];
        const played = episodes.filter((episode) => episode !== undefined);
        if (played.length === 0) return;
        replay(play, played);
        expect(played.every(({ player }) => player === 'human')).toBe(true);
      }),
      { numRuns: 12 },
    );
  });

  it('goes on without a key only where the world has an action for nothing', () => {
    const breakout = taken('breakout');
    expect(breakout.realTime).toBe(true);
    breakout.step([]);
    breakout.step([1, 2]);
    expect(breakout.leave()?.actions).toEqual([0, 2]);
    const pole = taken('cart-pole');
    expect(pole.realTime).toBe(false);
    expect(() => pole.step([])).toThrow('action: expected one from 0 to 1, got -1');
    expect(() => pole.step([2])).toThrow('got 2');
  });

  it('sets each number of a box by its own keys and leaves the others in the middle', () => {
    const lander = taken('lunar-lander-continuous');
    lander.step([]);
    lander.step([1]);
    lander.step([1, 2]);
    expect(lander.leave()?.actions).toEqual([0, 0, 1, 0, 1, -1]);
    const pendulum = taken('pendulum');
    pendulum.step([0]);
    pendulum.step([1]);
    expect(pendulum.leave()?.actions).toEqual([-2, 2]);
  });

  it('leaves an episode as a cut one and nothing where no step was made', () => {
    const lake = taken('frozen-lake');
    expect(lake.leave()).toBeUndefined();
    lake.step([0]);
    expect(lake.leave()).toMatchObject({ end: 'cut', actions: [0] });
    expect(lake.leave()).toBeUndefined();
  });

  it('takes as many steps a second as a person would, fewer where an action is repeated', () => {
    expect(taken('breakout').rate).toBe(12);
    expect(taken('breakout', { actionRepeat: 4 }).rate).toBe(3);
  });

  it('writes down the run whose world it is', () => {
    const { header } = taken('frozen-lake', { timeLimit: 6 }, { ice: -0.5 });
    expect(header).toMatchObject({
      world: 'frozen-lake',
      rewards: { ice: -0.5 },
      wrappers: { timeLimit: 6 },
    });
    expect(header.params).toHaveProperty('map');
  });
});

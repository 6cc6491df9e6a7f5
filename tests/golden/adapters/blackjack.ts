/** Gymnasium's blackjack: the recorded cards are dealt in their order, and every observation, reward and end compared. */
import { expect } from 'vitest';
import type { Columns } from '#core/snapshot.ts';
import { camelKeys, defaultReward, kernelOf, type Adapter, type Recording } from './adapter.ts';
import { TapeRng } from '../tape.ts';

interface BlackjackRecording extends Recording {
  readonly episodes: readonly {
    /** Cards in the order in which they were dealt, ace 1, pictures 10. */
    readonly cards: readonly number[];
    readonly obs0: Triple;
    /** action, reward, terminated, observation */
    readonly steps: readonly (readonly [number, number, boolean, Triple])[];
  }[];
}

/** Sum, the dealer's open card, usable ace: the reference's observation. */
type Triple = readonly [number, number, number | boolean];

export const blackjack: Adapter = {
  claims: ({ env, gymnasium }) => /^blackjack/i.test(gymnasium ?? env ?? ''),
  replay(recording) {
    const { episodes, kwargs } = recording as BlackjackRecording;
    const kernel = kernelOf<Columns>('blackjack', camelKeys(kwargs));
    if (!kernel) return { kind: 'not built yet', world: 'blackjack' };
    const s = kernel.allocate(1);
    const observation = new Float32Array(1);
    const look = () => {
      kernel.observe(s, 0, observation, 0);
      const [index] = observation;
      return [Math.floor(index / 22), (index >> 1) % 11, index & 1];
    };
    let steps = 0;
    episodes.forEach((episode, e) => {
      const rng = new TapeRng(episode.cards.map((card) => ['i', 13, card - 1]));
      kernel.reset(s, 0, rng);
      expect(look(), `episode ${e}: first observation`).toEqual(episode.obs0.map(Number));
      episode.steps.forEach(([action, reward, terminated, seen], t) => {
        const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
        kernel.step(s, 0, action, rng, out);
        const got = [defaultReward(kernel, out.events), out.terminated, look()];
        expect(got, `episode ${e}, step ${t}`).toEqual([reward, terminated, seen.map(Number)]);
        steps++;
      });
      rng.expectPlayed(episode.cards.length, `episode ${e}`);
    });
    return { kind: 'passed', what: `${episodes.length} episodes, ${steps} steps` };
  },
};

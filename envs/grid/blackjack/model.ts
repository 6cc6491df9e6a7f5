/**
 * Blackjack without naturals as a Markov decision process. Its states are sum, the dealer's open card and a
 * usable ace.
 */
import type { Transition, TransitionModel } from '#core/env.ts';

/** Sums 0 … 31, cards 0 … 10, with or without a usable ace. */
export const STATES = 32 * 11 * 2;

/** The index of a state, as observed. */
export function stateIndex(sum: number, dealer: number, usable: number): number {
  return (sum * 11 + dealer) * 2 + usable;
}

/** Probability of a card: face cards count ten. */
function chance(card: number): number {
  return card === 10 ? 4 / 13 : 1 / 13;
}

/** A sum and whether it has an ace that counts eleven, after one more card. */
function add(sum: number, usable: number, card: number): readonly [sum: number, usable: number] {
  const hard = sum - 10 * usable + card;
  const ace = usable === 1 || card === 1;
  return ace && hard <= 11 ? [hard + 10, 1] : [hard, 0];
}

/**
 * The whole model. A finished game is left through a terminal transition from the state where it was
 * finished.
 */
export function blackjackModel(): TransitionModel {
  const finals = Array.from({ length: 11 }, (_, card) => (card > 0 ? dealerFinals(card) : []));
  const initial = Array.from({ length: STATES }, () => 0);
  for (let a = 1; a <= 10; a++)
    for (let b = 1; b <= 10; b++)
      for (let dealer = 1; dealer <= 10; dealer++) {
        const [first, ace] = add(0, 0, a);
        const [sum, usable] = add(first, ace, b);
        initial[stateIndex(sum, dealer, usable)] += chance(a) * chance(b) * chance(dealer);
      }

  function stick(state: number, sum: number, dealer: number): readonly Transition[] {
    let win = 0;
    let loss = 0;
    finals[dealer].forEach((probability, final) => {
      if (final > 21 || final < sum) win += probability;
      else if (final > sum) loss += probability;
    });
    return [
      { probability: win, next: state, reward: 1, terminated: true },
      { probability: 1 - win - loss, next: state, reward: 0, terminated: true },
      { probability: loss, next: state, reward: -1, terminated: true },
    ];
  }

  return {
    states: STATES,
    actions: 2,
    initial,
    transitions(state, action) {
      const usable = state & 1;
      const dealer = (state >> 1) % 11;
      const sum = Math.floor(state / 22);
      // No game goes through sums over 21 or a card of value 0: such states are absorbing.
      if (sum > 21 || dealer === 0) return [{ probability: 1, next: state, reward: 0, terminated: true }];
      if (action === 0) return stick(state, sum, dealer);
      return Array.from({ length: 10 }, (_, k) => {
        const [next, ace] = add(sum, usable, k + 1);
        const bust = next > 21;
        const reward = bust ? -1 : 0;
        return {
          probability: chance(k + 1),
          next: stateIndex(next, dealer, ace),
          reward,
          terminated: bust,
        };
      });
    },
  };
}

/** Probability of each final sum of the dealer (index 17 … 26), given the open card. */
function dealerFinals(open: number): readonly number[] {
  const finals = Array.from({ length: 27 }, () => 0);
  const draw = (sum: number, usable: number, probability: number, cards: number) => {
    if (cards >= 2 && sum >= 17) finals[sum] += probability;
    else
      for (let card = 1; card <= 10; card++) {
        const [next, ace] = add(sum, usable, card);
        draw(next, ace, probability * chance(card), cards + 1);
      }
  };
  const [sum, usable] = add(0, 0, open);
  draw(sum, usable, 1, 1);
  return finals;
}

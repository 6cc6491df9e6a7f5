/**
 * Blackjack against a dealer who draws up to 17, with cards from an infinite deck. The rules, and the order
 * in which cards are dealt, are those of Gymnasium's Blackjack-v1 (Sutton & Barto, 2018, example 5.1).
 */
import { z } from 'zod';
import { toggle } from '#core/config.ts';
import { defineEnv, type EnvKernel, type EnvSpec, type StepEvents } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { drawTable } from './draw.ts';
import { blackjackModel, stateIndex, STATES } from './model.ts';

const params = z.object({
  sab: toggle({
    label: 'As in Sutton & Barto',
    help: 'Lets a natural (an ace and a ten as the first two cards) beat everything except another natural.',
    default: true,
  }),
  natural: toggle({
    label: 'Naturals pay 1.5',
    help: 'Pays 1.5 for a win with a natural.',
    default: false,
    when: { field: 'sab', is: [false] },
  }),
});

/** Cards of the longest hand: twenty-one aces, and the card that busts. */
const HAND = 22;

/** Rewards are paid at the end only. */
const event = { win: 0, loss: 1, draw: 2, natural: 3 } as const;

function columns(n: number) {
  return {
    /** [n × HAND] cards as dealt, 1 (ace) to 10. */
    player: new Uint8Array(n * HAND),
    dealer: new Uint8Array(n * HAND),
    /** [n] how many cards each has. */
    playerCards: new Uint8Array(n),
    dealerCards: new Uint8Array(n),
  };
}
type Table = ColumnsOf<typeof columns>;

/** One of thirteen ranks; face cards count ten. */
function deal(rng: Rng): number {
  return Math.min(10, rng.integer(13) + 1);
}

/** Whether any of the cards from an index on is an ace. */
function hasAce(hand: Uint8Array, from: number, count: number): boolean {
  for (let k = 0; k < count; k++) if (hand[from + k] === 1) return true;
  return false;
}

/** Sum of a hand with every ace as one. */
function hardSum(hand: Uint8Array, from: number, count: number): number {
  let sum = 0;
  for (let k = 0; k < count; k++) sum += hand[from + k];
  return sum;
}

/** Sum of a hand with one ace as eleven where that does not bust. */
function bestSum(hand: Uint8Array, from: number, count: number): number {
  const sum = hardSum(hand, from, count);
  return sum <= 11 && hasAce(hand, from, count) ? sum + 10 : sum;
}

/** An ace and a ten with the first two cards. */
function isNatural(hand: Uint8Array, from: number, count: number): boolean {
  return count === 2 && bestSum(hand, from, 2) === 21;
}

function create({ sab, natural }: z.output<typeof params>): EnvKernel<Table, number> {
  const spec: EnvSpec = {
    id: 'blackjack',
    version: 1,
    title: 'Blackjack',
    observation: { kind: 'discrete', shape: [1], states: STATES },
    action: { kind: 'discrete', names: ['stick', 'hit'] },
    rewards: [
      { id: 'win', label: 'Win', weight: 1, help: '1 for a won game.' },
      { id: 'loss', label: 'Loss', weight: -1, help: '1 for a lost game.' },
      { id: 'draw', label: 'Draw', weight: 0, help: '1 for a drawn game.' },
      {
        id: 'natural',
        label: 'Natural',
        weight: 0.5,
        help: '1 for a win with a natural where that pays 1.5.',
      },
    ],
    maxSteps: 0,
    fps: 1,
    keys: { KeyS: 0, KeyH: 1 },
  };

  /** The dealer draws, then the hands are compared. */
  function settle(s: Table, i: number, rng: Rng, out: StepEvents): void {
    const at = i * HAND;
    while (bestSum(s.dealer, at, s.dealerCards[i]) < 17) s.dealer[at + s.dealerCards[i]++] = deal(rng);
    const dealer = bestSum(s.dealer, at, s.dealerCards[i]);
    const lead = bestSum(s.player, at, s.playerCards[i]) - (dealer > 21 ? 0 : dealer);
    const special = isNatural(s.player, at, s.playerCards[i]);
    const wins = lead > 0 || (sab && special && !isNatural(s.dealer, at, s.dealerCards[i]));
    out.events[wins ? event.win : lead < 0 ? event.loss : event.draw] = 1;
    if (wins && special && natural && !sab) out.events[event.natural] = 1;
  }

  return {
    spec,
    allocate: columns,
    reset(s, i, rng) {
      const at = i * HAND;
      for (let k = 0; k < 2; k++) s.dealer[at + k] = deal(rng);
      for (let k = 0; k < 2; k++) s.player[at + k] = deal(rng);
      s.dealerCards[i] = s.playerCards[i] = 2;
    },
    step(s, i, action, rng, out) {
      if (action === 0) {
        settle(s, i, rng, out);
        out.terminated = true;
        return;
      }
      s.player[i * HAND + s.playerCards[i]++] = deal(rng);
      if (bestSum(s.player, i * HAND, s.playerCards[i]) > 21) {
        out.events[event.loss] = 1;
        out.terminated = true;
      }
    },
    observe(s, i, into, offset) {
      const at = i * HAND;
      const best = bestSum(s.player, at, s.playerCards[i]);
      const usable = best > hardSum(s.player, at, s.playerCards[i]);
      into[offset] = stateIndex(best, s.dealer[at], usable ? 1 : 0);
    },
    draw(s, i, list) {
      const at = i * HAND;
      const hand = { cards: s.player, from: at, count: s.playerCards[i] };
      drawTable(list, hand, { cards: s.dealer, from: at, count: s.dealerCards[i] });
    },
    ...(sab || natural ? {} : { model: blackjackModel }),
  };
}

export const blackjack = defineEnv({
  id: 'blackjack',
  title: 'Blackjack',
  group: 'grid',
  summary: 'Get closer to 21 than the dealer without going over.',
  params,
  create,
});

/** The picture of the blackjack table: two rows of cards on dark felt, the dealer's second card face down. */
import { Colour, type DrawList } from '#core/draw-list.ts';

export interface Hand {
  readonly cards: Uint8Array;
  readonly from: number;
  readonly count: number;
}

const WIDTH = 8;
const CARD = 1.2;

/** Draws both hands, the dealer's above. */
export function drawTable(list: DrawList, player: Hand, dealer: Hand): void {
  list.begin(WIDTH, 5);
  list.rect(0.2, 0.2, WIDTH - 0.4, 4.6, Colour.goal, 0.5, 0, 0.12);
  drawHand(list, dealer, 0.55, dealer.count === 2);
  drawHand(list, player, 2.75, false);
}

function drawHand(list: DrawList, { cards, from, count }: Hand, y: number, hidden: boolean): void {
  // Long hands overlap so that they stay on the table.
  const gap = Math.min(CARD + 0.15, (WIDTH - 1 - CARD) / Math.max(1, count - 1));
  const left = (WIDTH - CARD - gap * (count - 1)) / 2;
  for (let k = 0; k < count; k++) {
    const x = left + k * gap;
    list.rect(x - 0.03, y - 0.03, CARD + 0.06, 1.76, Colour.ground, 0.16);
    if (hidden && k === 1) {
      list.rect(x, y, CARD, 1.7, Colour.blue, 0.14);
      list.rect(x + 0.14, y + 0.14, CARD - 0.28, 1.42, Colour.ice, 0.08, 0, 0.35);
      continue;
    }
    list.rect(x, y, CARD, 1.7, Colour.ink, 0.14);
    drawRank(list, cards[from + k], x + CARD / 2, y + 0.85);
  }
}

function drawRank(list: DrawList, card: number, x: number, y: number): void {
  if (card === 10) {
    list.glyph('1'.charCodeAt(0), x - 0.2, y, 0.8, Colour.ground);
    list.glyph('0'.charCodeAt(0), x + 0.2, y, 0.8, Colour.ground);
  } else list.glyph(card === 1 ? 65 : 48 + card, x, y, 0.8, card === 1 ? Colour.danger : Colour.ground);
}

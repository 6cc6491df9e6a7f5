/**
 * A 10 × 10 board of cells that are on or off, packed into bits: word j of four holds rows 3j … 3j + 2 (the
 * last one row 9 alone), bit b of it column b mod 10 of row 3j + b div 10. Moving, hitting or counting all
 * cells takes four operations instead of a hundred.
 */

const SIZE = 10;
/** Index of the word that holds row 9. */
const LAST = 3;
const WORD_BITS = 3 * SIZE;
const WORD = 2 ** WORD_BITS - 1;
const ROW = 2 ** SIZE - 1;

/**
 * The measures of a board. A slot's board begins at index `first` of an array that holds those of all slots.
 * Take them into constants of the importing module: V8 folds those into its machine code, but loads an
 * imported constant at every use.
 */
export const BOARD = { words: LAST + 1, lastWord: LAST, wordBits: WORD_BITS } as const;

/** Moves every cell one row up; those in row 0 leave the board. */
export function shiftUp(board: Int32Array, first: number): void {
  for (let k = first; k < first + LAST; k++)
    board[k] = (board[k] >> SIZE) | ((board[k + 1] & ROW) << (2 * SIZE));
  board[first + LAST] = 0;
}

/** Moves every cell one row down; those in row 9 leave the board. */
export function shiftDown(board: Int32Array, first: number): void {
  board[first + LAST] = board[first + LAST - 1] >> (2 * SIZE);
  for (let k = first + LAST - 1; k > first; k--)
    board[k] = ((board[k] << SIZE) & WORD) | (board[k - 1] >> (2 * SIZE));
  board[first] = (board[first] << SIZE) & WORD;
}

/** Which columns have any cell on, as the bits of a row. */
export function columnsOf(board: Int32Array, first: number): number {
  let any = 0;
  for (let k = first; k <= first + LAST; k++) any |= board[k];
  return (any | (any >> SIZE) | (any >> (2 * SIZE))) & ROW;
}

/** The lowest bit that is 1, of a number that is not 0; `bits & (bits - 1)` is the number without it. */
export function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

/**
 * Brings one plane of an observation up to date: of the bits in `changed`, bit b goes to `into[first + b ·
 * channels]`.
 */
export function paintBits(
  bits: number,
  changed: number,
  into: Float32Array,
  first: number,
  channels: number,
): void {
  for (let left = changed; left !== 0; left &= left - 1) {
    const bit = lowestBit(left);
    into[first + bit * channels] = (bits >> bit) & 1;
  }
}

/** How many bits of a word are 1: sums of neighbours, of pairs of them, and so on. */
export function countBits(bits: number): number {
  const pairs = bits - ((bits >> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >> 2) & 0x33333333);
  return Math.imul((fours + (fours >> 4)) & 0x0f0f0f0f, 0x01010101) >> 24;
}

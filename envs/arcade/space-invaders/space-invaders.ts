/**
 * Miniature Space Invaders on a 10 × 10 board: a block of aliens marches down, the cannon shoots up, they
 * shoot back. Behaves as MinAtar's (Young & Tian, 2019), written from its rules. Aliens and bullets are bit
 * boards, see bitboard.ts.
 */
import type { ColumnsOf } from '#core/snapshot.ts';
import { arcadeParams, defineArcade, Joystick, OVER } from '../arcade.ts';
import { BOARD, columnsOf, countBits, paintBits, shiftDown, shiftUp } from '../bitboard.ts';
import { drawSpaceInvaders } from './draw.ts';

const SIZE = 10;
const { words: WORDS, lastWord: LAST_WORD, wordBits: WORD_BITS } = BOARD;

const CHANNELS = 6;
const [CANNON, ALIEN, GOING_LEFT, OWN, ENEMY] = [0, 1, 2, 4, 5];
/** The block: columns 2 … 7 of rows 0 … 3. */
const BLOCK_ROW = 0b0011111100;
const BLOCK = Int32Array.of(BLOCK_ROW | (BLOCK_ROW << SIZE) | (BLOCK_ROW << (2 * SIZE)), BLOCK_ROW, 0, 0);
/** Columns 0 and 9, as the bits of a row. */
const LEFT_EDGE = 1;
const RIGHT_EDGE = 1 << (SIZE - 1);
/** Columns that the cannon moves, by joystick code. */
const MOVE = Int8Array.of(0, -1, 0, 1, 0, 0);
/** In steps. The interval between two moves of the block shrinks from the first to the last, one per wave. */
const SHOT_INTERVAL = 5;
const ENEMY_SHOT_INTERVAL = 10;
const FIRST_MOVE_INTERVAL = 12;
const LAST_MOVE_INTERVAL = 6;
const event = { alien: 0, wave: 1, shot: 2, lost: 3 } as const;
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

function columns(n: number) {
  return {
    executed: new Int8Array(n),
    ended: new Int8Array(n),
    /** Column of the cannon, which stays in row 9. */
    cannon: new Int8Array(n),
    /** 1 while the aliens march to the right. */
    goingRight: new Int8Array(n),
    /** Steps between two moves of the block, and until each of the three next acts. */
    interval: new Int8Array(n),
    moveTimer: new Int8Array(n),
    enemyShotTimer: new Int8Array(n),
    shotTimer: new Int8Array(n),
    /** Boards of the aliens, of the cannon's bullets and of theirs. */
    aliens: new Int32Array(n * WORDS),
    own: new Int32Array(n * WORDS),
    enemy: new Int32Array(n * WORDS),
    /** What `refresh` wrote last; `shown` has the three boards interleaved, [WORDS × 3]. */
    shownCannon: new Int8Array(n),
    shownRight: new Int8Array(n),
    shown: new Int32Array(n * WORDS * 3),
  };
}
type State = ColumnsOf<typeof columns>;

export const spaceInvaders = defineArcade({
  id: 'space-invaders',
  version: 2,
  title: 'Space Invaders',
  summary: 'Shoot down the marching aliens before they land or hit the cannon.',
  channels: ['cannon', 'alien', 'going left', 'going right', 'own bullet', 'enemy bullet'],
  minimal: [Joystick.none, Joystick.left, Joystick.right, Joystick.fire],
  rewards: [
    { id: 'alien', label: 'Alien', weight: 1, help: '1 for every alien shot down.' },
    { id: 'wave', label: 'Wave', weight: 0, help: '1 when the last alien of a wave is shot down.' },
    { id: 'shot', label: 'Shot', weight: 0, help: '1 for every bullet fired.' },
    { id: 'lost', label: 'Lost', weight: 0, help: '1 when the cannon is hit or the aliens land.' },
  ],
  maxSteps: 0,
  fps: 12,
  params: arcadeParams,
  columns,
  rules: ({ ramping }, play) => ({
    reset(s, i) {
      s.ended[i] = 0;
      s.cannon[i] = 5;
      s.goingRight[i] = 0;
      s.interval[i] = s.moveTimer[i] = FIRST_MOVE_INTERVAL;
      s.enemyShotTimer[i] = ENEMY_SHOT_INTERVAL;
      s.shotTimer[i] = 0;
      for (let k = i * WORDS; k < (i + 1) * WORDS; k++) s.own[k] = s.enemy[k] = 0;
      s.aliens.set(BLOCK, i * WORDS);
    },

    step(s, i, action, rng, out) {
      const code = play(s, i, action, rng, out);
      if (code === OVER) return;
      const { aliens, own, enemy } = s;
      const first = i * WORDS;
      const last = first + LAST_WORD;
      if (code === Joystick.fire && s.shotTimer[i] === 0) {
        own[last] |= 1 << s.cannon[i];
        s.shotTimer[i] = SHOT_INTERVAL;
        out.events[event.shot] = 1;
      }
      const cannon = Math.max(0, Math.min(SIZE - 1, s.cannon[i] + MOVE[code]));
      s.cannon[i] = cannon;
      const here = 1 << cannon;

      shiftUp(own, first);
      shiftDown(enemy, first);
      let lost = ((enemy[last] | aliens[last]) & here) !== 0;
      if (s.moveTimer[i] === 0) {
        lost = march(s, i) || lost;
        lost = (aliens[last] & here) !== 0 || lost;
      }
      if (s.enemyShotTimer[i] === 0) {
        s.enemyShotTimer[i] = ENEMY_SHOT_INTERVAL;
        shootBack(s, first, cannon);
      }

      let remaining = 0;
      for (let k = first; k <= last; k++) {
        const hit = aliens[k] & own[k];
        remaining |= aliens[k] ^ hit;
        if (hit === 0) continue;
        aliens[k] ^= hit;
        own[k] ^= hit;
        out.events[event.alien] += countBits(hit);
      }
      if (s.shotTimer[i] > 0) s.shotTimer[i]--;
      s.moveTimer[i]--;
      s.enemyShotTimer[i]--;
      if (remaining === 0) {
        if (ramping && s.interval[i] > LAST_MOVE_INTERVAL) s.interval[i]--;
        aliens.set(BLOCK, first);
        out.events[event.wave] = 1;
      }
      out.events[event.lost] = lost ? 1 : 0;
      out.terminated = lost;
      s.ended[i] = lost ? 1 : 0;
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      const heading = GOING_LEFT + s.goingRight[i];
      for (let j = 0, k = i * WORDS; j < WORDS; j++, k++) {
        const first = offset + j * WORD_BITS * CHANNELS;
        paintBits(s.aliens[k], s.aliens[k], into, first + ALIEN, CHANNELS);
        paintBits(s.aliens[k], s.aliens[k], into, first + heading, CHANNELS);
        paintBits(s.own[k], s.own[k], into, first + OWN, CHANNELS);
        paintBits(s.enemy[k], s.enemy[k], into, first + ENEMY, CHANNELS);
      }
      into[offset + cannonAt(s.cannon[i])] = 1;
    },

    refresh(s, i, into, offset) {
      const { aliens, own, enemy, shown } = s;
      const heading = GOING_LEFT + s.goingRight[i];
      const shownHeading = GOING_LEFT + s.shownRight[i];
      for (let j = 0, k = i * WORDS, at = k * 3; j < WORDS; j++, k++, at += 3) {
        const first = offset + j * WORD_BITS * CHANNELS;
        const changed = aliens[k] ^ shown[at];
        paintBits(aliens[k], changed, into, first + ALIEN, CHANNELS);
        if (heading === shownHeading) paintBits(aliens[k], changed, into, first + heading, CHANNELS);
        else {
          paintBits(0, shown[at], into, first + shownHeading, CHANNELS);
          paintBits(aliens[k], aliens[k], into, first + heading, CHANNELS);
        }
        paintBits(own[k], own[k] ^ shown[at + 1], into, first + OWN, CHANNELS);
        paintBits(enemy[k], enemy[k] ^ shown[at + 2], into, first + ENEMY, CHANNELS);
        shown[at] = aliens[k];
        shown[at + 1] = own[k];
        shown[at + 2] = enemy[k];
      }
      s.shownRight[i] = s.goingRight[i];
      into[offset + cannonAt(s.shownCannon[i])] = 0;
      into[offset + cannonAt(s.cannon[i])] = 1;
      s.shownCannon[i] = s.cannon[i];
    },

    draw: drawSpaceInvaders,
  }),
});

/**
 * Moves the block sideways or, where it meets the edge, down. True if it turns while an alien is in row 9: it
 * has landed.
 */
function march(s: State, i: number): boolean {
  const { aliens } = s;
  const first = i * WORDS;
  let count = 0;
  for (let k = first; k < first + WORDS; k++) count += countBits(aliens[k]);
  // Fewer aliens than the interval move sooner, as in the arcade's original.
  s.moveTimer[i] = Math.min(count, s.interval[i]);
  const right = s.goingRight[i] === 1;
  if ((columnsOf(aliens, first) & (right ? RIGHT_EDGE : LEFT_EDGE)) === 0) {
    // Nothing is in the edge column, so no bit moves into a neighbouring row.
    for (let k = first; k < first + WORDS; k++) aliens[k] = right ? aliens[k] << 1 : aliens[k] >> 1;
    return false;
  }
  s.goingRight[i] = right ? 0 : 1;
  // The reference wraps row 9 to row 0, although the episode is over then.
  const landed = aliens[first + LAST_WORD];
  shiftDown(aliens, first);
  aliens[first] |= landed;
  return landed !== 0;
}

/** The lowest alien of the column nearest to the cannon fires; of two equally near columns, the left one. */
function shootBack(s: State, first: number, cannon: number): void {
  const occupied = columnsOf(s.aliens, first);
  let distance = 0;
  while ((occupied & ((1 << (cannon + distance)) | ((1 << cannon) >> distance))) === 0) distance++;
  const isLeft = (occupied & ((1 << cannon) >> distance)) !== 0;
  const column = isLeft ? cannon - distance : cannon + distance;
  const inColumn = (1 << column) | (1 << (column + SIZE)) | (1 << (column + 2 * SIZE));
  let k = first + LAST_WORD;
  while ((s.aliens[k] & inColumn) === 0) k--;
  s.enemy[k] |= 1 << (31 - Math.clz32(s.aliens[k] & inColumn));
}

/** Index of the cannon in an observation. */
function cannonAt(column: number): number {
  return ((SIZE - 1) * SIZE + column) * CHANNELS + CANNON;
}

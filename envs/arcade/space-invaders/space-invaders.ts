/**
 * Miniature Space Invaders on a 10×10 board: a block of aliens marches down, the cannon shoots up, they shoot back. Behaves as
 * MinAtar's (Young & Tian, 2019), written from its rules. The hundred cells of aliens or bullets are the bits of four numbers, so that
 * marching, falling and hitting are shifts and ands.
 */
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 6;
const [CANNON, ALIEN, GOING_LEFT, OWN, ENEMY] = [0, 1, 2, 4, 5];
/** Word j holds rows 3j … 3j + 2 (the last one row 9 alone); bit b is column b mod 10 of row 3j + b div 10. */
const WORDS = 4;
const WORD_BITS = 3 * SIZE;
const WORD = 2 ** WORD_BITS - 1;
const ROW = 2 ** SIZE - 1;
const LAST = WORDS - 1;
/** Columns 2 … 7 of rows 0 … 3. */
const BLOCK_ROW = 0b0011111100;
const BLOCK = Int32Array.of(BLOCK_ROW | (BLOCK_ROW << SIZE) | (BLOCK_ROW << (2 * SIZE)), BLOCK_ROW, 0, 0);
const RIGHT_EDGE = 1 << (SIZE - 1);
/** What a joystick does to the cannon: a table, because no processor guesses the action of a learner. */
const MOVE = Int8Array.of(0, -1, 0, 1, 0, 0);
const SHOT_INTERVAL = 5;
const ENEMY_SHOT_INTERVAL = 10;
const FIRST_MOVE_INTERVAL = 12;
const LAST_MOVE_INTERVAL = 6;
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

type State = Readonly<Record<ByteColumn, Int8Array> & Record<CellColumn, Int32Array>>;
type ByteColumn =
  | 'executed'
  | 'ended'
  | 'cannon'
  | 'goingRight'
  | 'interval'
  | 'moveTimer'
  | 'enemyShotTimer'
  | 'shotTimer'
  /** What `refresh` wrote last. */
  | 'shownCannon'
  | 'shownRight';
/** [n × 4] the cells of a kind; and [n × 12] those that `refresh` wrote last: aliens, own bullets, the enemy's. */
type CellColumn = 'aliens' | 'own' | 'enemy' | 'shown';

function spec(params: ArcadeParams): { spec: EnvSpec; codes: Int8Array } {
  const minimal = [Joystick.none, Joystick.left, Joystick.right, Joystick.fire];
  const { codes, action, keys } = joystick(params, minimal);
  return {
    codes,
    spec: {
      id: 'space-invaders',
      version: 2,
      title: 'Space Invaders',
      observation: { kind: 'planes', shape: [SIZE, SIZE, CHANNELS] },
      action,
      rewards: [
        { id: 'alien', label: 'Alien', weight: 1, help: '1 for every alien shot down.' },
        { id: 'wave', label: 'Wave', weight: 0, help: '1 when the last alien of a wave is shot down.' },
        { id: 'shot', label: 'Shot', weight: 0, help: '1 for every bullet fired.' },
        { id: 'lost', label: 'Lost', weight: 0, help: '1 when the cannon is hit or the aliens land.' },
      ],
      maxSteps: 0,
      fps: 12,
      keys,
      players: 1,
    },
  };
}

function create(params: ArcadeParams): EnvKernel<State, number> {
  const { spec: description, codes } = spec(params);
  const { stickyActions, ramping } = params;
  return {
    spec: description,

    allocate(n) {
      const bytes = (): Int8Array => new Int8Array(n);
      const cells = (): Int32Array => new Int32Array(n * WORDS);
      return {
        executed: bytes(),
        ended: bytes(),
        cannon: bytes(),
        goingRight: bytes(),
        interval: bytes(),
        moveTimer: bytes(),
        enemyShotTimer: bytes(),
        shotTimer: bytes(),
        aliens: cells(),
        own: cells(),
        enemy: cells(),
        shownCannon: bytes(),
        shownRight: bytes(),
        shown: new Int32Array(n * WORDS * 3),
      };
    },

    reset(s, i) {
      s.ended[i] = 0;
      s.cannon[i] = 5;
      s.goingRight[i] = 0;
      s.interval[i] = s.moveTimer[i] = FIRST_MOVE_INTERVAL;
      s.enemyShotTimer[i] = ENEMY_SHOT_INTERVAL;
      s.shotTimer[i] = 0;
      for (let k = i * WORDS; k < (i + 1) * WORDS; k++) s.own[k] = s.enemy[k] = 0;
      deploy(s.aliens, i * WORDS);
    },

    step(s, i, action, rng, out) {
      const code = stick(s.executed, i, codes[action], stickyActions, rng);
      if (s.ended[i]) {
        out.terminated = true;
        return;
      }
      const { aliens, own, enemy } = s;
      const first = i * WORDS;
      const last = first + LAST;

      if (code === Joystick.fire && s.shotTimer[i] === 0) {
        own[last] |= 1 << s.cannon[i];
        s.shotTimer[i] = SHOT_INTERVAL;
        out.events[2] = 1;
      }
      const cannon = Math.max(0, Math.min(SIZE - 1, s.cannon[i] + MOVE[code]));
      s.cannon[i] = cannon;
      const here = 1 << cannon;

      rise(own, first);
      fall(enemy, first);
      let lost = ((enemy[last] | aliens[last]) & here) !== 0;

      if (s.moveTimer[i] === 0) {
        lost = march(s, i) || lost;
        lost = (aliens[last] & here) !== 0 || lost;
      }
      if (s.enemyShotTimer[i] === 0) {
        s.enemyShotTimer[i] = ENEMY_SHOT_INTERVAL;
        shootBack(s, first, cannon);
      }

      let hits = 0;
      let remaining = 0;
      for (let k = first; k <= last; k++) {
        const hit = aliens[k] & own[k];
        remaining |= aliens[k] ^ hit;
        if (hit === 0) continue;
        aliens[k] ^= hit;
        own[k] ^= hit;
        hits += bitCount(hit);
      }
      if (s.shotTimer[i] > 0) s.shotTimer[i]--;
      s.moveTimer[i]--;
      s.enemyShotTimer[i]--;
      if (remaining === 0) {
        if (ramping && s.interval[i] > LAST_MOVE_INTERVAL) s.interval[i]--;
        deploy(aliens, first);
        out.events[1] = 1;
      }
      out.events[0] = hits;
      out.events[3] = lost ? 1 : 0;
      out.terminated = lost;
      s.ended[i] = lost ? 1 : 0;
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      const heading = GOING_LEFT + s.goingRight[i];
      for (let j = 0, k = i * WORDS; j < WORDS; j++, k++) {
        const first = offset + j * WORD_BITS * CHANNELS;
        paint(s.aliens[k], s.aliens[k], into, first + ALIEN);
        paint(s.aliens[k], s.aliens[k], into, first + heading);
        paint(s.own[k], s.own[k], into, first + OWN);
        paint(s.enemy[k], s.enemy[k], into, first + ENEMY);
      }
      into[offset + cannonAt(s.cannon[i])] = 1;
    },

    refresh(s, i, into, offset) {
      const { aliens, own, enemy, shown, goingRight, shownRight } = s;
      const heading = GOING_LEFT + goingRight[i];
      const shownHeading = GOING_LEFT + shownRight[i];
      const turned = heading !== shownHeading;
      for (let j = 0, k = i * WORDS, at = k * 3; j < WORDS; j++, k++, at += 3) {
        const first = offset + j * WORD_BITS * CHANNELS;
        if (turned) {
          paint(0, shown[at], into, first + shownHeading);
          paint(aliens[k], aliens[k], into, first + heading);
        } else paint(aliens[k], aliens[k] ^ shown[at], into, first + heading);
        paint(aliens[k], aliens[k] ^ shown[at], into, first + ALIEN);
        paint(own[k], own[k] ^ shown[at + 1], into, first + OWN);
        paint(enemy[k], enemy[k] ^ shown[at + 2], into, first + ENEMY);
        shown[at] = aliens[k];
        shown[at + 1] = own[k];
        shown[at + 2] = enemy[k];
      }
      shownRight[i] = goingRight[i];
      into[offset + cannonAt(s.shownCannon[i])] = 0;
      into[offset + cannonAt(s.cannon[i])] = 1;
      s.shownCannon[i] = s.cannon[i];
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      const colours = [Colour.pink, Colour.purple, Colour.blue, Colour.goal];
      for (let cell = 0; cell < SIZE * SIZE; cell++) {
        const r = Math.floor(cell / SIZE);
        const c = cell % SIZE;
        const word = i * WORDS + Math.floor(cell / WORD_BITS);
        const bit = 1 << (cell % WORD_BITS);
        if (s.aliens[word] & bit) {
          const colour = colours[r % colours.length];
          list.rect(c + 0.16, r + 0.26, 0.68, 0.42, colour, 0.14);
          list.rect(c + 0.2, r + 0.62, 0.16, 0.2, colour);
          list.rect(c + 0.64, r + 0.62, 0.16, 0.2, colour);
          list.circle(c + 0.36, r + 0.45, 0.07, Colour.ground);
          list.circle(c + 0.64, r + 0.45, 0.07, Colour.ground);
        }
        if (s.own[word] & bit) list.line(c + 0.5, r + 0.25, c + 0.5, r + 0.65, 0.14, Colour.gold);
        if (s.enemy[word] & bit) list.line(c + 0.5, r + 0.3, c + 0.5, r + 0.7, 0.14, Colour.danger);
      }
      const x = s.cannon[i];
      list.rect(x + 0.06, SIZE - 0.5, 0.88, 0.38, Colour.agent, 0.12);
      list.rect(x + 0.4, SIZE - 0.82, 0.2, 0.4, Colour.agent, 0.06);
    },
  };
}

/** A new block of aliens in the top rows, and none elsewhere. */
function deploy(aliens: Int32Array, first: number): void {
  for (let j = 0; j < WORDS; j++) aliens[first + j] = BLOCK[j];
}

/** All marks one row up; those in row 0 vanish. */
function rise(cells: Int32Array, first: number): void {
  for (let k = first; k < first + LAST; k++)
    cells[k] = (cells[k] >> SIZE) | ((cells[k + 1] & ROW) << (2 * SIZE));
  cells[first + LAST] = 0;
}

/** All marks one row down; those in row 9 vanish. */
function fall(cells: Int32Array, first: number): void {
  cells[first + LAST] = cells[first + LAST - 1] >> (2 * SIZE);
  for (let k = first + LAST - 1; k > first; k--)
    cells[k] = ((cells[k] << SIZE) & WORD) | (cells[k - 1] >> (2 * SIZE));
  cells[first] = (cells[first] << SIZE) & WORD;
}

/** The columns, as bits, in which a slot has any alien. */
function columnsOf(aliens: Int32Array, first: number): number {
  let any = 0;
  for (let k = first; k < first + WORDS; k++) any |= aliens[k];
  return (any | (any >> SIZE) | (any >> (2 * SIZE))) & ROW;
}

/** Moves the aliens of slot i sideways, or down where they meet the edge. True if they turn while one has landed. */
function march(s: State, i: number): boolean {
  const { aliens } = s;
  const first = i * WORDS;
  let count = 0;
  for (let k = first; k < first + WORDS; k++) count += bitCount(aliens[k]);
  s.moveTimer[i] = Math.min(count, s.interval[i]);
  const right = s.goingRight[i] === 1;
  if ((columnsOf(aliens, first) & (right ? RIGHT_EDGE : 1)) === 0) {
    // Nothing stands in the edge column, so no bit gets from one row into the next.
    for (let k = first; k < first + WORDS; k++) aliens[k] = right ? aliens[k] << 1 : aliens[k] >> 1;
    return false;
  }
  s.goingRight[i] = right ? 0 : 1;
  const landed = aliens[first + LAST];
  fall(aliens, first);
  aliens[first] |= landed;
  return landed !== 0;
}

/** The lowest alien of the column nearest to the cannon fires; of two equally near columns the left one's. */
function shootBack(s: State, first: number, cannon: number): void {
  const columns = columnsOf(s.aliens, first);
  if (columns === 0) return;
  let distance = 0;
  while ((columns & ((1 << (cannon + distance)) | ((1 << cannon) >> distance))) === 0) distance++;
  const isLeft = (columns & ((1 << cannon) >> distance)) !== 0;
  const column = isLeft ? cannon - distance : cannon + distance;
  const inColumn = (1 << column) | (1 << (column + SIZE)) | (1 << (column + 2 * SIZE));
  let k = first + LAST;
  while ((s.aliens[k] & inColumn) === 0) k--;
  s.enemy[k] |= 1 << (31 - Math.clz32(s.aliens[k] & inColumn));
}

/** How many of thirty bits are set: sums of neighbours, of pairs of them, and so on. */
function bitCount(bits: number): number {
  const pairs = bits - ((bits >> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >> 2) & 0x33333333);
  return Math.imul((fours + (fours >> 4)) & 0x0f0f0f0f, 0x01010101) >> 24;
}

function cannonAt(column: number): number {
  return ((SIZE - 1) * SIZE + column) * CHANNELS + CANNON;
}

/** Writes those of a word's cells that `changed` has a bit of: 1 where `cells` has it too, else 0. */
function paint(cells: number, changed: number, into: Float32Array, first: number): void {
  for (let left = changed; left !== 0; left &= left - 1) {
    const bit = 31 - Math.clz32(left & -left);
    into[first + bit * CHANNELS] = (cells >> bit) & 1;
  }
}

export const spaceInvaders = defineEnv({
  id: 'space-invaders',
  title: 'Space Invaders',
  group: 'arcade',
  summary: 'Shoot the marching aliens down before they land or hit the cannon.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});

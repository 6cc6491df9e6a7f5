/**
 * Miniature Space Invaders on a 10×10 board: a block of aliens marches down, the cannon shoots up, they shoot back. Behaves as
 * MinAtar's (Young & Tian, 2019), written from its rules. Each row of aliens or bullets is one number with a bit per
 * column, so that marching, falling and hitting are shifts and ands.
 */
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 6;
const [CANNON, ALIEN, GOING_LEFT, OWN, ENEMY] = [0, 1, 2, 4, 5];
const BLOCK_ROWS = 4;
/** Columns 2 … 7. */
const BLOCK = 0b0011111100;
const RIGHT_EDGE = 1 << (SIZE - 1);
const SHOT_INTERVAL = 5;
const ENEMY_SHOT_INTERVAL = 10;
const FIRST_MOVE_INTERVAL = 12;
const LAST_MOVE_INTERVAL = 6;
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

type State = Readonly<Record<ByteColumn, Int8Array> & Record<RowColumn, Int16Array>>;
type ByteColumn =
  | 'executed'
  | 'ended'
  | 'cannon'
  | 'goingRight'
  | 'interval'
  | 'moveTimer'
  | 'enemyShotTimer'
  | 'shotTimer';
/** [n × 10] bit c of row r is the mark at column c. */
type RowColumn = 'aliens' | 'own' | 'enemy';

function spec(params: ArcadeParams): { spec: EnvSpec; codes: Int8Array } {
  const minimal = [Joystick.none, Joystick.left, Joystick.right, Joystick.fire];
  const { codes, action, keys } = joystick(params, minimal);
  return {
    codes,
    spec: {
      id: 'space-invaders',
      version: 1,
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
      const rows = (): Int16Array => new Int16Array(n * SIZE);
      return {
        executed: bytes(),
        ended: bytes(),
        cannon: bytes(),
        goingRight: bytes(),
        interval: bytes(),
        moveTimer: bytes(),
        enemyShotTimer: bytes(),
        shotTimer: bytes(),
        aliens: rows(),
        own: rows(),
        enemy: rows(),
      };
    },

    reset(s, i) {
      s.ended[i] = 0;
      s.cannon[i] = 5;
      s.goingRight[i] = 0;
      s.interval[i] = s.moveTimer[i] = FIRST_MOVE_INTERVAL;
      s.enemyShotTimer[i] = ENEMY_SHOT_INTERVAL;
      s.shotTimer[i] = 0;
      for (let k = i * SIZE; k < (i + 1) * SIZE; k++) s.aliens[k] = s.own[k] = s.enemy[k] = 0;
      deploy(s.aliens, i * SIZE);
    },

    step(s, i, action, rng, out) {
      const code = stick(s.executed, i, codes[action], stickyActions, rng);
      if (s.ended[i]) {
        out.terminated = true;
        return;
      }
      const { aliens, own, enemy } = s;
      const top = i * SIZE;
      const bottom = top + SIZE - 1;

      let cannon = s.cannon[i];
      if (code === Joystick.fire && s.shotTimer[i] === 0) {
        own[bottom] |= 1 << cannon;
        s.shotTimer[i] = SHOT_INTERVAL;
        out.events[2] = 1;
      } else if (code === Joystick.left && cannon > 0) cannon--;
      else if (code === Joystick.right && cannon < SIZE - 1) cannon++;
      s.cannon[i] = cannon;
      const here = 1 << cannon;

      for (let r = 0; r < SIZE - 1; r++) {
        own[top + r] = own[top + r + 1];
        enemy[bottom - r] = enemy[bottom - r - 1];
      }
      own[bottom] = enemy[top] = 0;
      let lost = ((enemy[bottom] | aliens[bottom]) & here) !== 0;

      if (s.moveTimer[i] === 0) {
        lost = march(s, i) || lost;
        lost = (aliens[bottom] & here) !== 0 || lost;
      }
      if (s.enemyShotTimer[i] === 0) {
        s.enemyShotTimer[i] = ENEMY_SHOT_INTERVAL;
        shootBack(s, top, cannon);
      }

      let hits = 0;
      let remaining = 0;
      for (let k = top; k <= bottom; k++) {
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
        deploy(aliens, top);
        out.events[1] = 1;
      }
      out.events[0] = hits;
      out.events[3] = lost ? 1 : 0;
      out.terminated = lost;
      s.ended[i] = lost ? 1 : 0;
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      const top = i * SIZE;
      const heading = GOING_LEFT + s.goingRight[i];
      for (let r = 0; r < SIZE; r++) {
        const row = offset + r * SIZE * CHANNELS;
        for (let left = s.aliens[top + r]; left !== 0; left &= left - 1) {
          const cell = row + (31 - Math.clz32(left & -left)) * CHANNELS;
          into[cell + ALIEN] = into[cell + heading] = 1;
        }
        // Both kinds of bullets in one loop, which mostly has nothing to do.
        for (let left = s.own[top + r] | (s.enemy[top + r] << SIZE); left !== 0; left &= left - 1) {
          const bit = 31 - Math.clz32(left & -left);
          into[row + (bit < SIZE ? bit * CHANNELS + OWN : (bit - SIZE) * CHANNELS + ENEMY)] = 1;
        }
      }
      into[offset + ((SIZE - 1) * SIZE + s.cannon[i]) * CHANNELS + CANNON] = 1;
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      const top = i * SIZE;
      const colours = [Colour.pink, Colour.purple, Colour.blue, Colour.goal];
      for (let r = 0; r < SIZE; r++)
        for (let c = 0; c < SIZE; c++) {
          const bit = 1 << c;
          if (s.aliens[top + r] & bit) {
            const colour = colours[r % colours.length];
            list.rect(c + 0.16, r + 0.26, 0.68, 0.42, colour, 0.14);
            list.rect(c + 0.2, r + 0.62, 0.16, 0.2, colour);
            list.rect(c + 0.64, r + 0.62, 0.16, 0.2, colour);
            list.circle(c + 0.36, r + 0.45, 0.07, Colour.ground);
            list.circle(c + 0.64, r + 0.45, 0.07, Colour.ground);
          }
          if (s.own[top + r] & bit) list.line(c + 0.5, r + 0.25, c + 0.5, r + 0.65, 0.14, Colour.gold);
          if (s.enemy[top + r] & bit) list.line(c + 0.5, r + 0.3, c + 0.5, r + 0.7, 0.14, Colour.danger);
        }
      const x = s.cannon[i];
      list.rect(x + 0.06, SIZE - 0.5, 0.88, 0.38, Colour.agent, 0.12);
      list.rect(x + 0.4, SIZE - 0.82, 0.2, 0.4, Colour.agent, 0.06);
    },
  };
}

/** A new block of aliens in the top rows. */
function deploy(aliens: Int16Array, top: number): void {
  for (let r = 0; r < BLOCK_ROWS; r++) aliens[top + r] = BLOCK;
}

/** Moves the aliens of slot i sideways, or down where they meet the edge. True if they turn while one has landed. */
function march(s: State, i: number): boolean {
  const { aliens } = s;
  const top = i * SIZE;
  const bottom = top + SIZE - 1;
  let count = 0;
  let columns = 0;
  for (let k = top; k <= bottom; k++) {
    count += bitCount(aliens[k]);
    columns |= aliens[k];
  }
  s.moveTimer[i] = Math.min(count, s.interval[i]);
  const right = s.goingRight[i] === 1;
  if ((columns & (right ? RIGHT_EDGE : 1)) === 0) {
    for (let k = top; k <= bottom; k++) aliens[k] = right ? aliens[k] << 1 : aliens[k] >> 1;
    return false;
  }
  s.goingRight[i] = right ? 0 : 1;
  const landed = aliens[bottom];
  for (let k = bottom; k > top; k--) aliens[k] = aliens[k - 1];
  aliens[top] = landed;
  return landed !== 0;
}

/** The lowest alien of the column nearest to the cannon fires; of two equally near columns the left one's. */
function shootBack(s: State, top: number, cannon: number): void {
  let columns = 0;
  for (let r = 0; r < SIZE; r++) columns |= s.aliens[top + r];
  for (let distance = 0; distance < SIZE; distance++)
    for (let c = cannon - distance; c <= cannon + distance; c += Math.max(1, 2 * distance)) {
      if (c < 0 || (columns & (1 << c)) === 0) continue;
      let r = SIZE - 1;
      while ((s.aliens[top + r] & (1 << c)) === 0) r--;
      s.enemy[top + r] |= 1 << c;
      return;
    }
}

/** How many of ten bits are set. */
function bitCount(bits: number): number {
  let b = bits - ((bits >> 1) & 0x155);
  b = (b & 0x333) + ((b >> 2) & 0x333);
  return (b & 0xf) + ((b >> 4) & 0xf) + (b >> 8);
}

export const spaceInvaders = defineEnv({
  id: 'space-invaders',
  title: 'Space Invaders',
  group: 'arcade',
  summary: 'Shoot the marching aliens down before they land or hit the cannon.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});

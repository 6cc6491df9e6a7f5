/**
 * Miniature Breakout on a 10 × 10 board: a paddle, a ball that moves diagonally, three rows of bricks.
 * Behaves as MinAtar's (Young & Tian, 2019), written from its rules. The bricks of a slot are the bits of one
 * number, so that refilling, counting and hitting are single operations.
 */
import { Colour } from '#core/draw-list.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { steadyParams, defineArcade, Joystick, OVER } from '../arcade.ts';
import { lowestBit, paintBits } from '../bitboard.ts';

const SIZE = 10;
const CHANNELS = 4;
const [PADDLE, BALL, TRAIL, BRICK] = [0, 1, 2, 3];
/** Bit b is the brick in row 1 + b div 10, column b mod 10; in an observation the first of them is here. */
const ALL_BRICKS = 2 ** 30 - 1;
const FIRST_BRICK = SIZE * CHANNELS + BRICK;
/** Columns that the paddle moves, by joystick code. */
const MOVE = Int8Array.of(0, -1, 0, 1, 0, 0);
const event = { brick: 0, return: 1, miss: 2 } as const;
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

function columns(n: number) {
  return {
    executed: new Int8Array(n),
    ended: new Int8Array(n),
    /** Column of the paddle, which stays in row 9. */
    paddle: new Int8Array(n),
    /** The ball's cell, where it was a step ago, and its direction (±1 along both axes). */
    x: new Int8Array(n),
    y: new Int8Array(n),
    lastX: new Int8Array(n),
    lastY: new Int8Array(n),
    dx: new Int8Array(n),
    dy: new Int8Array(n),
    /** 1 if the last step removed a brick: the ball passes over the next one in its way. */
    strike: new Int8Array(n),
    bricks: new Int32Array(n),
    /** What `refresh` wrote last: the bricks, and the indices of paddle, ball and trail. */
    shownBricks: new Int32Array(n),
    shown: new Int32Array(n * 3),
  };
}
type State = ColumnsOf<typeof columns>;

export const breakout = defineArcade({
  id: 'breakout',
  version: 2,
  title: 'Breakout',
  summary: 'Keep the ball in play and break down the wall, brick by brick.',
  channels: ['paddle', 'ball', 'trail', 'brick'],
  minimal: [Joystick.none, Joystick.left, Joystick.right],
  rewards: [
    { id: 'brick', label: 'Brick', weight: 1, help: '1 for every brick that the ball removes.' },
    { id: 'return', label: 'Return', weight: 0, help: '1 when the paddle returns the ball.' },
    { id: 'miss', label: 'Miss', weight: 0, help: '1 when the ball gets past the paddle.' },
  ],
  maxSteps: 0,
  fps: 12,
  params: steadyParams,
  columns,
  rules: (_params, play) => ({
    reset(s, i, rng) {
      s.ended[i] = 0;
      const right = rng.integer(2);
      s.x[i] = s.lastX[i] = right ? SIZE - 1 : 0;
      s.dx[i] = right ? -1 : 1;
      s.y[i] = s.lastY[i] = 3;
      s.dy[i] = 1;
      s.paddle[i] = 4;
      s.strike[i] = 0;
      s.bricks[i] = ALL_BRICKS;
    },

    step(s, i, action, rng, out) {
      const code = play(s, i, action, rng, out);
      if (code === OVER) return;
      const paddle = Math.max(0, Math.min(SIZE - 1, s.paddle[i] + MOVE[code]));
      s.paddle[i] = paddle;

      const oldX = s.x[i];
      const oldY = s.y[i];
      s.lastX[i] = oldX;
      s.lastY[i] = oldY;
      let x = oldX + s.dx[i];
      let y = oldY + s.dy[i];
      if (x < 0 || x >= SIZE) {
        x = x < 0 ? 0 : SIZE - 1;
        s.dx[i] = -s.dx[i];
      }
      // The brick in the ball's way, 0 if it has none.
      const bit = y >= 1 && y <= 3 ? 1 << ((y - 1) * SIZE + x) : 0;
      const touches = (s.bricks[i] & bit) !== 0;
      if (y < 0) {
        y = 0;
        s.dy[i] = 1;
      } else if (touches) {
        // Right after a strike the ball passes over a brick: it has nowhere to bounce to.
        if (s.strike[i] === 0) {
          out.events[event.brick] = 1;
          s.bricks[i] &= ~bit;
          s.strike[i] = 1;
          s.dy[i] = -s.dy[i];
          y = oldY;
        }
      } else if (y === SIZE - 1) {
        // A cleared wall is rebuilt only when the ball is back down.
        if (s.bricks[i] === 0) s.bricks[i] = ALL_BRICKS;
        // Straight onto the paddle the ball only turns up; onto its edge, it returns the way it came.
        if (oldX === paddle || x === paddle) {
          if (oldX !== paddle) s.dx[i] = -s.dx[i];
          s.dy[i] = -1;
          y = oldY;
          out.events[event.return] = 1;
        } else {
          out.events[event.miss] = 1;
          out.terminated = true;
          s.ended[i] = 1;
        }
      }
      if (!touches) s.strike[i] = 0;
      s.x[i] = x;
      s.y[i] = y;
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      paintBits(s.bricks[i], s.bricks[i], into, offset + FIRST_BRICK, CHANNELS);
      into[offset + paddleAt(s, i)] = 1;
      into[offset + ballAt(s, i)] = 1;
      into[offset + trailAt(s, i)] = 1;
    },

    refresh(s, i, into, offset) {
      const { shown, shownBricks } = s;
      const k = i * 3;
      paintBits(s.bricks[i], s.bricks[i] ^ shownBricks[i], into, offset + FIRST_BRICK, CHANNELS);
      shownBricks[i] = s.bricks[i];
      into[offset + shown[k]] = 0;
      into[offset + shown[k + 1]] = 0;
      into[offset + shown[k + 2]] = 0;
      into[offset + (shown[k] = paddleAt(s, i))] = 1;
      into[offset + (shown[k + 1] = ballAt(s, i))] = 1;
      into[offset + (shown[k + 2] = trailAt(s, i))] = 1;
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      const colours = [Colour.danger, Colour.orange, Colour.gold];
      for (let left = s.bricks[i]; left !== 0; left &= left - 1) {
        const b = lowestBit(left);
        const row = Math.floor(b / SIZE);
        list.rect((b % SIZE) + 0.06, row + 1.18, 0.88, 0.64, colours[row], 0.1);
      }
      list.rect(s.paddle[i] + 0.02, SIZE - 0.72, 0.96, 0.36, Colour.agent, 0.16);
      list.circle(s.lastX[i] + 0.5, s.lastY[i] + 0.5, 0.2, Colour.ink, 0.25);
      list.circle(s.x[i] + 0.5, s.y[i] + 0.5, 0.3, Colour.ink);
    },
  }),
});

/** Indices in an observation. */
function paddleAt(s: State, i: number): number {
  return ((SIZE - 1) * SIZE + s.paddle[i]) * CHANNELS + PADDLE;
}

function ballAt(s: State, i: number): number {
  return (s.y[i] * SIZE + s.x[i]) * CHANNELS + BALL;
}

function trailAt(s: State, i: number): number {
  return (s.lastY[i] * SIZE + s.lastX[i]) * CHANNELS + TRAIL;
}

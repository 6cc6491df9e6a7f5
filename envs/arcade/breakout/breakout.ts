/**
 * Miniature Breakout on a 10×10 board: a paddle, a ball that moves diagonally, three rows of bricks. Behaves as MinAtar's
 * (Young & Tian, 2019), written from its rules. The bricks of a slot are the bits of one number, so that refilling,
 * counting and hitting are single operations.
 */
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 4;
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);
const [PADDLE, BALL, TRAIL, BRICK] = [0, 1, 2, 3];
/** Bit b is the brick at row 1 + b div 10, column b mod 10. */
const ALL_BRICKS = 2 ** 30 - 1;

/** What a joystick does to the paddle: a table, because no processor guesses the action of a learner. */
const MOVE = Int8Array.of(0, -1, 0, 1, 0, 0);

interface State extends Readonly<Record<string, Int8Array | Int32Array>> {
  /** The last executed action; survives a reset, as in the reference. */
  readonly executed: Int8Array;
  /** 1: the episode is over and the board is frozen. */
  readonly ended: Int8Array;
  readonly paddle: Int8Array;
  readonly x: Int8Array;
  readonly y: Int8Array;
  readonly lastX: Int8Array;
  readonly lastY: Int8Array;
  readonly dx: Int8Array;
  readonly dy: Int8Array;
  /** 1: the step before took a brick, the next one in the way is passed over. */
  readonly strike: Int8Array;
  readonly bricks: Int32Array;
  /** What `refresh` wrote last: the bricks, and [n × 3] where the paddle's, the ball's and the trail's numbers are. */
  readonly shownBricks: Int32Array;
  readonly shown: Int32Array;
}

function create(params: ArcadeParams): EnvKernel<State, number> {
  const { codes, action, keys } = joystick(params, [Joystick.none, Joystick.left, Joystick.right]);
  const sticky = params.stickyActions;
  const spec: EnvSpec = {
    id: 'breakout',
    version: 2,
    title: 'Breakout',
    observation: { kind: 'planes', shape: [SIZE, SIZE, CHANNELS] },
    action,
    rewards: [
      { id: 'brick', label: 'Brick', weight: 1, help: '1 for every brick that the ball removes.' },
      { id: 'return', label: 'Return', weight: 0, help: '1 when the paddle sends the ball back.' },
      { id: 'miss', label: 'Miss', weight: 0, help: '1 when the ball gets past the paddle.' },
    ],
    maxSteps: 0,
    fps: 12,
    keys,
    players: 1,
  };
  return {
    spec,

    allocate(n) {
      const column = (): Int8Array => new Int8Array(n);
      return {
        executed: column(),
        ended: column(),
        paddle: column(),
        x: column(),
        y: column(),
        lastX: column(),
        lastY: column(),
        dx: column(),
        dy: column(),
        strike: column(),
        bricks: new Int32Array(n),
        shownBricks: new Int32Array(n),
        shown: new Int32Array(n * 3),
      };
    },

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
      const code = stick(s.executed, i, codes[action], sticky, rng);
      if (s.ended[i]) {
        out.terminated = true;
        return;
      }
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
      const bit = y >= 1 && y <= 3 ? 1 << ((y - 1) * SIZE + x) : 0;
      const touches = (s.bricks[i] & bit) !== 0;
      if (y < 0) {
        y = 0;
        s.dy[i] = 1;
      } else if (touches) {
        // Right after a strike the ball passes over a brick: it has nowhere to bounce to.
        if (s.strike[i] === 0) {
          out.events[0] = 1;
          s.bricks[i] &= ~bit;
          s.strike[i] = 1;
          s.dy[i] = -s.dy[i];
          y = oldY;
        }
      } else if (y === SIZE - 1) {
        if (s.bricks[i] === 0) s.bricks[i] = ALL_BRICKS;
        if (oldX === paddle || x === paddle) {
          if (oldX !== paddle) s.dx[i] = -s.dx[i];
          s.dy[i] = -1;
          y = oldY;
          out.events[1] = 1;
        } else {
          out.events[2] = 1;
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
      paintBricks(s.bricks[i], s.bricks[i], into, offset);
      into[offset + paddleAt(s, i)] = 1;
      into[offset + ballAt(s, i)] = 1;
      into[offset + trailAt(s, i)] = 1;
    },

    refresh(s, i, into, offset) {
      const { shown, shownBricks } = s;
      const k = i * 3;
      paintBricks(s.bricks[i], s.bricks[i] ^ shownBricks[i], into, offset);
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
        const b = 31 - Math.clz32(left & -left);
        const row = Math.floor(b / SIZE);
        list.rect((b % SIZE) + 0.06, row + 1.18, 0.88, 0.64, colours[row], 0.1);
      }
      list.rect(s.paddle[i] + 0.02, SIZE - 0.72, 0.96, 0.36, Colour.agent, 0.16);
      list.circle(s.lastX[i] + 0.5, s.lastY[i] + 0.5, 0.2, Colour.ink, 0.25);
      list.circle(s.x[i] + 0.5, s.y[i] + 0.5, 0.3, Colour.ink);
    },
  };
}

function paddleAt(s: State, i: number): number {
  return ((SIZE - 1) * SIZE + s.paddle[i]) * CHANNELS + PADDLE;
}

function ballAt(s: State, i: number): number {
  return (s.y[i] * SIZE + s.x[i]) * CHANNELS + BALL;
}

function trailAt(s: State, i: number): number {
  return (s.lastY[i] * SIZE + s.lastX[i]) * CHANNELS + TRAIL;
}

/** Writes those of the thirty bricks that `changed` has a bit of: 1 where `bricks` has it too, else 0. */
function paintBricks(bricks: number, changed: number, into: Float32Array, offset: number): void {
  const first = offset + SIZE * CHANNELS + BRICK;
  for (let left = changed; left !== 0; left &= left - 1) {
    const b = 31 - Math.clz32(left & -left);
    into[first + b * CHANNELS] = (bricks >> b) & 1;
  }
}

export const breakout = defineEnv({
  id: 'breakout',
  title: 'Breakout',
  group: 'arcade',
  summary: 'Keep the ball in play and take the wall down, brick by brick.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});

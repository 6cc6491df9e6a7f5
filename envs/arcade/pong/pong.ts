/**
 * Miniature Pong on a 10 × 10 board: two paddles, a ball that moves diagonally, and an opponent that follows
 * the ball but is not always quick enough. Not part of MinAtar, but made in its manner.
 */
import { z } from 'zod';
import { integer, number } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { arcadeParams, defineArcade, Joystick, OVER } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 4;
const [OWN, OPPONENT, BALL, TRAIL] = [0, 1, 2, 3];
/** Cells of a paddle; its row is that of its upper cell. */
const PADDLE = 2;
const LOWEST = SIZE - PADDLE;
const OWN_COLUMN = SIZE - 1;
/**
 * With ramping: how much every point that the player scores adds to the opponent's skill, and the most that
 * it can have.
 */
const RAMP = 0.04;
const BEST = 0.96;
const event = { won: 0, lost: 1, return: 2 } as const;
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

const params = z.object({
  ...arcadeParams.shape,
  points: integer({
    label: 'Points',
    help: 'Points to win, at which the episode ends for either side.',
    min: 1,
    max: 21,
    default: 5,
  }),
  skill: number({
    label: "Opponent's skill",
    help: 'Probability that the opponent moves when the ball calls for it.',
    min: 0,
    max: 1,
    default: 0.7,
  }),
});

function columns(n: number) {
  return {
    executed: new Int8Array(n),
    ended: new Int8Array(n),
    /** Rows of the two paddles. */
    own: new Int8Array(n),
    opponent: new Int8Array(n),
    /** The ball's cell, where it was a step ago, and its direction (±1 along both axes). */
    x: new Int8Array(n),
    y: new Int8Array(n),
    lastX: new Int8Array(n),
    lastY: new Int8Array(n),
    dx: new Int8Array(n),
    dy: new Int8Array(n),
    /** The score. */
    won: new Int8Array(n),
    lost: new Int8Array(n),
  };
}
type State = ColumnsOf<typeof columns>;

export const pong = defineArcade({
  id: 'pong',
  version: 1,
  title: 'Pong',
  summary: 'Return the ball until the opponent misses it.',
  channels: ['own paddle', 'opponent', 'ball', 'trail'],
  minimal: [Joystick.none, Joystick.up, Joystick.down],
  rewards: [
    { id: 'won', label: 'Point won', weight: 1, help: '1 when the opponent misses.' },
    { id: 'lost', label: 'Point lost', weight: -1, help: '1 when the player misses.' },
    { id: 'return', label: 'Return', weight: 0, help: '1 when the player returns the ball.' },
  ],
  maxSteps: 2000,
  fps: 12,
  params,
  columns,
  rules({ ramping, points, skill }, play) {
    // How likely the opponent moves in a step, by the points it has lost.
    const quickness = Float64Array.from({ length: points + 1 }, (_, won) =>
      ramping ? Math.max(skill, Math.min(BEST, skill + RAMP * won)) : skill,
    );
    return {
      reset(s, i, rng) {
        s.ended[i] = 0;
        s.won[i] = s.lost[i] = 0;
        s.own[i] = s.opponent[i] = LOWEST / 2;
        serve(s, i, rng.integer(2) === 0 ? -1 : 1, rng);
      },

      step(s, i, action, rng, out) {
        const code = play(s, i, action, rng, out);
        if (code === OVER) return;
        if (code === Joystick.up && s.own[i] > 0) s.own[i]--;
        else if (code === Joystick.down && s.own[i] < LOWEST) s.own[i]++;
        s.lastX[i] = s.x[i];
        s.lastY[i] = s.y[i];
        let y = s.y[i] + s.dy[i];
        if (y < 0 || y >= SIZE) {
          s.dy[i] = -s.dy[i];
          y = s.y[i] + s.dy[i];
        }
        if (isQuick(quickness, s.won[i], rng)) s.opponent[i] = follow(s.opponent[i], y);

        const x = s.x[i] + s.dx[i];
        s.y[i] = y;
        const atOwn = x === OWN_COLUMN;
        if (!atOwn && x !== 0) {
          s.x[i] = x;
          return;
        }
        const paddle = atOwn ? s.own[i] : s.opponent[i];
        if (y === paddle || y === paddle + 1) {
          // The upper cell returns the ball upwards, the lower one downwards: shots can be aimed.
          s.dx[i] = -s.dx[i];
          s.dy[i] = y === paddle ? -1 : 1;
          out.events[event.return] = atOwn ? 1 : 0;
          return;
        }
        const score = atOwn ? s.lost : s.won;
        score[i]++;
        out.events[atOwn ? event.lost : event.won] = 1;
        if (score[i] === points) {
          s.x[i] = x;
          out.terminated = true;
          s.ended[i] = 1;
        } else serve(s, i, atOwn ? 1 : -1, rng);
      },

      observe(s, i, into, offset) {
        into.set(BLANK, offset);
        for (let k = 0; k < PADDLE; k++) {
          into[offset + ((s.own[i] + k) * SIZE + OWN_COLUMN) * CHANNELS + OWN] = 1;
          into[offset + (s.opponent[i] + k) * SIZE * CHANNELS + OPPONENT] = 1;
        }
        into[offset + (s.lastY[i] * SIZE + s.lastX[i]) * CHANNELS + TRAIL] = 1;
        into[offset + (s.y[i] * SIZE + s.x[i]) * CHANNELS + BALL] = 1;
      },

      draw(s, i, list) {
        list.begin(SIZE, SIZE);
        for (let y = 0.3; y < SIZE; y += 1) list.line(SIZE / 2, y, SIZE / 2, y + 0.4, 0.06, Colour.grid);
        const digit = '0'.charCodeAt(0);
        list.glyph(digit + (s.lost[i] % 10), SIZE / 2 - 1, 0.9, 1, Colour.dim);
        list.glyph(digit + (s.won[i] % 10), SIZE / 2 + 1, 0.9, 1, Colour.dim);
        list.rect(0.3, s.opponent[i] + 0.06, 0.4, PADDLE - 0.12, Colour.danger, 0.14);
        list.rect(OWN_COLUMN + 0.3, s.own[i] + 0.06, 0.4, PADDLE - 0.12, Colour.agent, 0.14);
        list.circle(s.lastX[i] + 0.5, s.lastY[i] + 0.5, 0.18, Colour.ink, 0.25);
        list.circle(s.x[i] + 0.5, s.y[i] + 0.5, 0.28, Colour.ink);
      },
    };
  },
});

/** One row towards where the ball is about to be, if that is not in front of the paddle already. */
function follow(paddle: number, ball: number): number {
  if (ball < paddle) return paddle - 1;
  return ball > paddle + PADDLE - 1 ? paddle + 1 : paddle;
}

/** The ball starts beside the middle line in a random row, towards the side `dx`, up or down. */
function serve(s: State, i: number, dx: number, rng: Rng): void {
  s.x[i] = s.lastX[i] = dx > 0 ? SIZE / 2 - 1 : SIZE / 2;
  s.y[i] = s.lastY[i] = 1 + rng.integer(SIZE - 2);
  s.dx[i] = dx;
  s.dy[i] = rng.integer(2) === 0 ? -1 : 1;
}

/**
 * A function of its own, so that the number drawn is compared where it is made: handed on, it might be
 * allocated.
 */
function isQuick(quickness: Float64Array, won: number, rng: Rng): boolean {
  return rng.uniform() < quickness[won];
}

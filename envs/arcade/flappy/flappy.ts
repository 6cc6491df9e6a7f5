/**
 * Miniature Flappy Bird on a 10×10 board: pipes come in from the right, the bird falls unless it flaps. A game of our own in the
 * manner of MinAtar.
 */
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel, type EnvSpec } from '#core/env.ts';
import type { Rng } from '#core/rng.ts';
import { arcadeParams, joystick, Joystick, observed, stick, type ArcadeParams } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 3;
const [BIRD, TRAIL, PIPE] = [0, 1, 2];
const BIRD_COLUMN = 2;
/** Columns from pipe to pipe, and how many rows a gap may lie above or below the last one: what a bird can do in that time. */
const SPACING = 5;
const SHIFT = 3;
/** Rows of a gap, and of one after so many pipes where the game ramps. */
const GAP = 4;
const NARROW_GAP = 3;
const NARROW_AFTER = 10;
/** Copying nothing is quicker than filling with it. */
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

interface State extends Readonly<Record<string, Int8Array | Int32Array>> {
  readonly executed: Int8Array;
  readonly ended: Int8Array;
  readonly y: Int8Array;
  readonly lastY: Int8Array;
  /** Rows per step, −1 to 1; positive falls. */
  readonly speed: Int8Array;
  /** [n × 10] of each column: 0 free, else 1 + the first row of the gap in its pipe. */
  readonly pipes: Int8Array;
  /** [n × 10] rows of that gap. */
  readonly gaps: Int8Array;
  /** First row of the last gap that came in. */
  readonly gap: Int8Array;
  /** Steps until the next pipe comes in. */
  readonly next: Int8Array;
  readonly passed: Int32Array;
}

function create(params: ArcadeParams): EnvKernel<State, number> {
  const { codes, action, keys } = joystick(params, [Joystick.none, Joystick.fire]);
  const { stickyActions, ramping } = params;
  const spec: EnvSpec = {
    id: 'flappy',
    version: 1,
    title: 'Flappy',
    observation: { kind: 'planes', shape: [SIZE, SIZE, CHANNELS] },
    action,
    rewards: [
      { id: 'pipe', label: 'Pipe', weight: 1, help: '1 for every pipe passed.' },
      { id: 'step', label: 'Step', weight: 0, help: '1 for every step in the air.' },
      { id: 'crash', label: 'Crash', weight: 0, help: '1 when the bird hits a pipe or the ground.' },
    ],
    maxSteps: 1000,
    fps: 8,
    keys,
    players: 1,
  };
  return {
    spec,

    allocate: (n) => ({
      executed: new Int8Array(n),
      ended: new Int8Array(n),
      y: new Int8Array(n),
      lastY: new Int8Array(n),
      speed: new Int8Array(n),
      pipes: new Int8Array(n * SIZE),
      gaps: new Int8Array(n * SIZE),
      gap: new Int8Array(n),
      next: new Int8Array(n),
      passed: new Int32Array(n),
    }),

    reset(s, i) {
      s.ended[i] = s.speed[i] = s.passed[i] = s.next[i] = 0;
      s.y[i] = s.lastY[i] = SIZE / 2 - 1;
      s.gap[i] = (SIZE - GAP) / 2;
      for (let k = i * SIZE; k < (i + 1) * SIZE; k++) s.pipes[k] = s.gaps[k] = 0;
    },

    step(s, i, action, rng, out) {
      const code = stick(s.executed, i, codes[action], stickyActions, rng);
      if (s.ended[i]) {
        out.terminated = true;
        return;
      }
      scroll(s, i, ramping, rng);
      s.speed[i] = code === Joystick.fire ? -1 : Math.min(1, s.speed[i] + 1);
      s.lastY[i] = s.y[i];
      // The top stops the bird, the ground does not let it go.
      const y = Math.max(0, s.y[i] + s.speed[i]);
      s.y[i] = Math.min(SIZE - 1, y);
      const here = i * SIZE + BIRD_COLUMN;
      const row = y - (s.pipes[here] - 1);
      const inPipe = s.pipes[here] > 0 && (row < 0 || row >= s.gaps[here]);
      const crashed = y >= SIZE || inPipe;
      if (!crashed && s.pipes[here] > 0) {
        s.passed[i]++;
        out.events[0] = 1;
      }
      out.events[1] = crashed ? 0 : 1;
      out.events[2] = crashed ? 1 : 0;
      out.terminated = crashed;
      s.ended[i] = crashed ? 1 : 0;
    },

    observe(s, i, into, offset) {
      into.set(BLANK, offset);
      into[offset + (s.y[i] * SIZE + BIRD_COLUMN) * CHANNELS + BIRD] = 1;
      into[offset + (s.lastY[i] * SIZE + BIRD_COLUMN - 1) * CHANNELS + TRAIL] = 1;
      for (let x = 0, k = i * SIZE; x < SIZE; x++, k++) {
        if (s.pipes[k] === 0) continue;
        const gap = s.pipes[k] - 1;
        for (let y = 0; y < SIZE; y++)
          if (y < gap || y >= gap + s.gaps[k]) into[offset + (y * SIZE + x) * CHANNELS + PIPE] = 1;
      }
    },

    draw(s, i, list) {
      list.begin(SIZE, SIZE);
      for (let x = 0, k = i * SIZE; x < SIZE; x++, k++) {
        if (s.pipes[k] === 0) continue;
        const top = s.pipes[k] - 1;
        const bottom = top + s.gaps[k];
        if (top > 0) list.rect(x + 0.14, 0, 0.72, top - 0.3, Colour.goal);
        if (top > 0) list.rect(x + 0.02, top - 0.4, 0.96, 0.4, Colour.goal, 0.08);
        if (bottom < SIZE) list.rect(x + 0.14, bottom + 0.3, 0.72, SIZE - bottom - 0.3, Colour.goal);
        if (bottom < SIZE) list.rect(x + 0.02, bottom, 0.96, 0.4, Colour.goal, 0.08);
      }
      list.line(0, SIZE - 0.04, SIZE, SIZE - 0.04, 0.08, Colour.wall);
      const [x, y] = [BIRD_COLUMN + 0.5, s.y[i] + 0.5];
      const tilt = 0.12 * s.speed[i];
      list.triangle(x - 0.1, y + tilt, x - 0.5, y - 0.2 - tilt, x - 0.45, y + 0.15 - tilt, Colour.orange);
      list.circle(x, y, 0.32, Colour.gold);
      list.triangle(
        x + 0.26,
        y - 0.1 + tilt,
        x + 0.26,
        y + 0.14 + tilt,
        x + 0.5,
        y + 0.04 + tilt,
        Colour.danger,
      );
      list.circle(x + 0.1, y - 0.1, 0.07, Colour.ground);
    },
  };
}

/** Moves the pipes one column to the left and lets one in when it is time. */
function scroll(s: State, i: number, ramping: boolean, rng: Rng): void {
  const first = i * SIZE;
  for (let k = first; k < first + SIZE - 1; k++) {
    s.pipes[k] = s.pipes[k + 1];
    s.gaps[k] = s.gaps[k + 1];
  }
  const last = first + SIZE - 1;
  s.pipes[last] = s.gaps[last] = 0;
  if (s.next[i]-- > 0) return;
  s.next[i] = SPACING - 1;
  const gap = ramping && s.passed[i] >= NARROW_AFTER ? NARROW_GAP : GAP;
  s.gaps[last] = gap;
  const lowest = Math.max(0, s.gap[i] - SHIFT);
  const highest = Math.min(SIZE - gap, s.gap[i] + SHIFT);
  s.gap[i] = lowest + rng.integer(highest - lowest + 1);
  s.pipes[last] = 1 + s.gap[i];
}

export const flappy = defineEnv({
  id: 'flappy',
  title: 'Flappy',
  group: 'arcade',
  summary: 'Flap at the right moments to get through the gaps.',
  params: arcadeParams,
  create: (params) => observed(create(params), params),
});

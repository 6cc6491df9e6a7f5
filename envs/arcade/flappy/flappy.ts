/**
 * Miniature Flappy Bird on a 10 × 10 board: pipes come in from the right, and the bird falls unless it flaps.
 * Not part of MinAtar, but made in its manner.
 */
import { Colour } from '#core/draw-list.ts';
import type { Rng } from '#core/rng.ts';
import type { ColumnsOf } from '#core/snapshot.ts';
import { arcadeParams, defineArcade, Joystick, OVER } from '../arcade.ts';

const SIZE = 10;
const CHANNELS = 3;
const [BIRD, TRAIL, PIPE] = [0, 1, 2];
const BIRD_COLUMN = 2;
/**
 * Columns from pipe to pipe, and how many rows a gap may lie above or below the previous one. A bird moves
 * one row per step at most, so this much shift always leaves a way through.
 */
const SPACING = 5;
const SHIFT = 3;
/** Rows of a gap, and of one after so many pipes where the game ramps. */
const GAP = 4;
const NARROW_GAP = 3;
const NARROW_AFTER = 10;
const event = { pipe: 0, step: 1, crash: 2 } as const;
const BLANK = new Float32Array(SIZE * SIZE * CHANNELS);

function columns(n: number) {
  return {
    executed: new Int8Array(n),
    ended: new Int8Array(n),
    /** Row of the bird, and where it was a step ago. */
    y: new Int8Array(n),
    lastY: new Int8Array(n),
    /** Rows per step, −1 to 1; positive falls. */
    speed: new Int8Array(n),
    /**
     * Per column of the board: 0 free, else 1 + the first row of the gap in its pipe; and the rows of that
     * gap.
     */
    pipes: new Int8Array(n * SIZE),
    gaps: new Int8Array(n * SIZE),
    /** First row of the newest gap. */
    gap: new Int8Array(n),
    /** Steps until the next pipe comes in. */
    next: new Int8Array(n),
    /** Pipes passed in this episode. */
    passed: new Int32Array(n),
  };
}
type State = ColumnsOf<typeof columns>;

export const flappy = defineArcade({
  id: 'flappy',
  version: 1,
  title: 'Flappy',
  summary: 'Flap at the right moments to get through the gaps.',
  channels: ['bird', 'trail', 'pipe'],
  minimal: [Joystick.none, Joystick.fire],
  rewards: [
    { id: 'pipe', label: 'Pipe', weight: 1, help: '1 for every pipe passed.' },
    { id: 'step', label: 'Step', weight: 0, help: '1 for every step in the air.' },
    { id: 'crash', label: 'Crash', weight: 0, help: '1 when the bird hits a pipe or the ground.' },
  ],
  maxSteps: 1000,
  fps: 8,
  params: arcadeParams,
  columns,
  rules: ({ ramping }, play) => ({
    reset(s, i) {
      s.ended[i] = 0;
      s.speed[i] = s.passed[i] = s.next[i] = 0;
      s.y[i] = s.lastY[i] = SIZE / 2 - 1;
      s.gap[i] = (SIZE - GAP) / 2;
      for (let k = i * SIZE; k < (i + 1) * SIZE; k++) s.pipes[k] = s.gaps[k] = 0;
    },

    step(s, i, action, rng, out) {
      const code = play(s, i, action, rng, out);
      if (code === OVER) return;
      scroll(s, i, ramping, rng);
      s.speed[i] = code === Joystick.fire ? -1 : Math.min(1, s.speed[i] + 1);
      s.lastY[i] = s.y[i];
      // The top merely stops the bird, the ground ends the episode.
      const y = Math.max(0, s.y[i] + s.speed[i]);
      s.y[i] = Math.min(SIZE - 1, y);
      const here = i * SIZE + BIRD_COLUMN;
      const pipe = s.pipes[here];
      const row = y - (pipe - 1);
      const inPipe = pipe > 0 && (row < 0 || row >= s.gaps[here]);
      const crashed = y >= SIZE || inPipe;
      if (!crashed && pipe > 0) {
        s.passed[i]++;
        out.events[event.pipe] = 1;
      }
      out.events[event.step] = crashed ? 0 : 1;
      out.events[event.crash] = crashed ? 1 : 0;
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
  }),
});

/** Moves the pipes one column to the left and lets one in when it is time. */
function scroll(s: State, i: number, ramping: boolean, rng: Rng): void {
  const first = i * SIZE;
  for (let k = first; k < first + SIZE - 1; k++) {
    s.pipes[k] = s.pipes[k + 1];
    s.gaps[k] = s.gaps[k + 1];
  }
  const last = first + SIZE - 1;
  s.pipes[last] = s.gaps[last] = 0;
  if (s.next[i]-- <= 0) letIn(s, i, last, ramping, rng);
}

/** Puts a pipe into a column. Apart from the step, into which V8 then has room to inline its draws: a draw that is called allocates. */
function letIn(s: State, i: number, column: number, ramping: boolean, rng: Rng): void {
  s.next[i] = SPACING - 1;
  const gap = ramping && s.passed[i] >= NARROW_AFTER ? NARROW_GAP : GAP;
  s.gaps[column] = gap;
  const lowest = Math.max(0, s.gap[i] - SHIFT);
  const highest = Math.min(SIZE - gap, s.gap[i] + SHIFT);
  s.gap[i] = lowest + rng.integer(highest - lowest + 1);
  s.pipes[column] = 1 + s.gap[i];
}

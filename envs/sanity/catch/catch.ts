/**
 * Catch: a ball falls one row per step, and a paddle at the bottom must be under it. As bsuite's (Osband et
 * al., 2019, arXiv:1908.03568), except that ball and paddle have a plane each.
 */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';

const params = z.object({
  rows: integer({
    label: 'Rows',
    help: 'Height of the board: a higher one gives more time to catch the ball.',
    min: 3,
    max: 30,
    default: 10,
  }),
  columns: integer({
    label: 'Columns',
    help: 'Width of the board: a wider one takes longer to cross.',
    min: 2,
    max: 30,
    default: 5,
  }),
});

/** The ball's cell and the paddle's column. */
function columns(n: number) {
  return { x: new Int8Array(n), y: new Int8Array(n), paddle: new Int8Array(n) };
}
type State = ColumnsOf<typeof columns>;

const CHANNELS = 2;
const [BALL, PADDLE] = [0, 1];

function create(height: number, width: number): EnvKernel<State, number> {
  return {
    spec: {
      id: 'catch',
      version: 1,
      title: 'Catch',
      observation: {
        kind: 'planes',
        shape: [height, width, CHANNELS],
        names: ['ball', 'paddle'],
        overPicture: true,
      },
      action: { kind: 'discrete', names: ['left', 'stay', 'right'] },
      rewards: [
        { id: 'catch', label: 'Catch', weight: 1, help: '1 when the ball is caught.' },
        { id: 'miss', label: 'Miss', weight: -1, help: '1 when the ball is missed.' },
      ],
      maxSteps: 0,
      fps: 8,
      keys: { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2 },
    },
    allocate: columns,
    reset(s, i, rng) {
      s.x[i] = rng.integer(width);
      s.y[i] = 0;
      s.paddle[i] = width >> 1;
    },
    step(s, i, action, _rng, out) {
      s.paddle[i] = Math.min(width - 1, Math.max(0, s.paddle[i] + action - 1));
      if (++s.y[i] < height - 1) return;
      const caught = s.x[i] === s.paddle[i];
      out.events[0] = caught ? 1 : 0;
      out.events[1] = caught ? 0 : 1;
      out.terminated = true;
    },
    // [rows, columns, 2]
    observe(s, i, into, offset) {
      into.fill(0, offset, offset + height * width * CHANNELS);
      into[offset + (s.y[i] * width + s.x[i]) * CHANNELS + BALL] = 1;
      into[offset + ((height - 1) * width + s.paddle[i]) * CHANNELS + PADDLE] = 1;
    },
    draw(s, i, list) {
      list.begin(width, height);
      list.rect(s.paddle[i] + 0.04, height - 0.62, 0.92, 0.34, Colour.agent, 0.14);
      list.circle(s.x[i] + 0.5, s.y[i] + (s.y[i] === height - 1 ? 0.16 : 0.5), 0.28, Colour.gold);
    },
  };
}

export const catchBall = defineEnv({
  id: 'catch',
  title: 'Catch',
  group: 'sanity',
  summary: 'Move the paddle under the falling ball.',
  params,
  create: ({ rows, columns }) => create(rows, columns),
});

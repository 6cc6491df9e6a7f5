/** Catch: a ball falls down a small board, a paddle at the bottom must be under it. As in bsuite (Osband et al., 2019), in two planes. */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel } from '#core/env.ts';

const params = z.object({
  rows: integer({ label: 'Rows', help: 'Height of the board.', min: 3, max: 30, default: 10 }),
  columns: integer({ label: 'Columns', help: 'Width of the board.', min: 2, max: 30, default: 5 }),
});

type State = Readonly<Record<'x' | 'y' | 'paddle', Int8Array>>;

const CHANNELS = 2;
const [BALL, PADDLE] = [0, 1];

function create(rows: number, columns: number): EnvKernel<State, number> {
  return {
    spec: {
      id: 'catch',
      version: 1,
      title: 'Catch',
      observation: { kind: 'planes', shape: [rows, columns, CHANNELS] },
      action: { kind: 'discrete', names: ['left', 'stay', 'right'] },
      rewards: [
        { id: 'catch', label: 'Catch', weight: 1, help: '1 when the ball is caught.' },
        { id: 'miss', label: 'Miss', weight: -1, help: '1 when the ball is missed.' },
      ],
      maxSteps: 0,
      fps: 8,
      keys: { ArrowLeft: 0, ArrowDown: 1, ArrowRight: 2 },
    },
    allocate: (n) => ({ x: new Int8Array(n), y: new Int8Array(n), paddle: new Int8Array(n) }),
    reset(s, i, rng) {
      s.x[i] = rng.integer(columns);
      s.y[i] = 0;
      s.paddle[i] = columns >> 1;
    },
    step(s, i, action, _rng, out) {
      s.paddle[i] = Math.min(columns - 1, Math.max(0, s.paddle[i] + action - 1));
      if (++s.y[i] < rows - 1) return;
      const caught = s.x[i] === s.paddle[i];
      out.events[0] = caught ? 1 : 0;
      out.events[1] = caught ? 0 : 1;
      out.terminated = true;
    },
    observe(s, i, into, offset) {
      into.fill(0, offset, offset + rows * columns * CHANNELS);
      into[offset + (s.y[i] * columns + s.x[i]) * CHANNELS + BALL] = 1;
      into[offset + ((rows - 1) * columns + s.paddle[i]) * CHANNELS + PADDLE] = 1;
    },
    draw(s, i, list) {
      list.begin(columns, rows);
      list.rect(s.paddle[i] + 0.04, rows - 0.62, 0.92, 0.34, Colour.agent, 0.14);
      list.circle(s.x[i] + 0.5, s.y[i] + (s.y[i] === rows - 1 ? 0.16 : 0.5), 0.28, Colour.gold);
    },
  };
}

export const catchBall = defineEnv({
  id: 'catch',
  title: 'Catch',
  group: 'sanity',
  summary: 'Be under the ball when it gets to the bottom.',
  params,
  create: ({ rows, columns }) => create(rows, columns),
});

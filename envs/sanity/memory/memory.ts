/**
 * Memory: a cue is shown on the first step and must be recalled after a delay in which nothing is shown. As
 * bsuite's memory length (Osband et al., 2019, arXiv:1908.03568).
 */
import { z } from 'zod';
import { integer } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvKernel } from '#core/env.ts';
import type { ColumnsOf } from '#core/snapshot.ts';

const params = z.object({
  delay: integer({
    label: 'Delay',
    help: 'Steps from the cue to the question, over which the cue must be remembered; 0 asks while it is shown.',
    min: 0,
    max: 100,
    scale: 'log',
    default: 3,
  }),
});

/** The cue and the last answer (0 left, 1 right), and the steps since the cue. */
function columns(n: number) {
  return { cue: new Int8Array(n), time: new Int8Array(n), answer: new Int8Array(n) };
}
type State = ColumnsOf<typeof columns>;

function create(delay: number): EnvKernel<State, number> {
  return {
    spec: {
      id: 'memory',
      version: 1,
      title: 'Memory',
      observation: { kind: 'vector', shape: [3], names: ['cue', 'asked', 'time left'] },
      action: { kind: 'discrete', names: ['left', 'right'] },
      rewards: [
        { id: 'right', label: 'Right', weight: 1, help: '1 for the right answer.' },
        { id: 'wrong', label: 'Wrong', weight: -1, help: '1 for the wrong answer.' },
      ],
      maxSteps: 0,
      fps: 4,
      keys: { ArrowLeft: 0, ArrowRight: 1 },
    },
    allocate: columns,
    reset(s, i, rng) {
      s.cue[i] = rng.integer(2);
      s.time[i] = 0;
    },
    step(s, i, action, _rng, out) {
      // Answers before the question have no effect.
      s.answer[i] = action;
      if (s.time[i]++ < delay) return;
      const right = action === s.cue[i];
      out.events[0] = right ? 1 : 0;
      out.events[1] = right ? 0 : 1;
      out.terminated = true;
    },
    // [3] the cue, ±1 on the first step; 1 when asked; the share of the time that is left
    observe(s, i, into, offset) {
      into[offset] = s.time[i] === 0 ? 2 * s.cue[i] - 1 : 0;
      into[offset + 1] = s.time[i] === delay ? 1 : 0;
      into[offset + 2] = 1 - s.time[i] / (delay + 1);
    },
    draw(s, i, list) {
      const height = 3;
      const width = 4;
      list.begin(width, height);
      const shown = s.time[i] === 0;
      const asked = s.time[i] === delay;
      for (let side = 0; side < 2; side++) {
        const lit = shown && s.cue[i] === side;
        list.circle(1 + 2 * side, 1.2, 0.6, lit ? Colour.gold : Colour.floor);
      }
      if (asked && !shown) list.glyph('?'.charCodeAt(0), 2, 1.2, 0.9, Colour.ink);
      const done = Math.min(1, s.time[i] / (delay + 1));
      list.line(0.4, 2.5, 3.6, 2.5, 0.08, Colour.grid);
      if (done > 0) list.line(0.4, 2.5, 0.4 + 3.2 * done, 2.5, 0.08, Colour.agent);
    },
  };
}

export const memory = defineEnv({
  id: 'memory',
  title: 'Memory',
  group: 'sanity',
  summary: 'See a cue, wait, and answer from memory.',
  params,
  create: ({ delay }) => create(delay),
});

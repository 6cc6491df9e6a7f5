/**
 * MiniGrid's Dynamic-Obstacles: balls wander about; walking into one of them, or into a wall, ends the
 * episode with −1. The balls move before the agent does, but what was ahead of it before they moved decides
 * whether it collides.
 */
import { integer, toggle } from '#core/config.ts';
import { defineMinigrid, sizeField } from '../engine.ts';
import { Act, Outcome } from '../rules.ts';
import { EMPTY, GOAL, Type, typeOf } from '../cells.ts';
import { ball, type Slot } from '../slot.ts';
import type { Rng } from '#core/rng.ts';

/** Attempts to move one ball, as in the reference. */
const TRIES = 101;

/**
 * Moves ball k to a free cell among the nine around it, each draw a column and a row; it stays where none is
 * found.
 */
function wander(slot: Slot, k: number, rng: Rng): void {
  const { s, i } = slot;
  const x = slot.mark(2 * k);
  const y = slot.mark(2 * k + 1);
  const left = Math.max(0, x - 1);
  const top = Math.max(0, y - 1);
  const columns = Math.min(left + 3, slot.width) - left;
  const rows = Math.min(top + 3, slot.height) - top;
  for (let tries = 0; tries < TRIES; tries++) {
    const toX = left + rng.integer(columns);
    const toY = top + rng.integer(rows);
    if (slot.get(toX, toY) !== EMPTY || (toX === s.x[i] && toY === s.y[i])) continue;
    slot.set(toX, toY, ball());
    slot.set(x, y, EMPTY);
    slot.setMark(2 * k, toX);
    slot.setMark(2 * k + 1, toY);
    return;
  }
}

export const dynamicObstacles = defineMinigrid({
  id: 'dynamic-obstacles',
  title: 'MiniGrid Dynamic-Obstacles',
  summary: 'Get to the goal without running into the wandering balls.',
  fields: {
    // At size 4 a single ball is always in the way: it swaps cells with the hole just as the agent would step there.
    size: sizeField(8, 5, 64),
    obstacles: integer({
      label: 'Balls',
      help: 'Number of wandering balls; where it exceeds size / 2 + 1, there are size / 2 instead.',
      default: 4,
      min: 0,
      max: 32,
    }),
    randomStart: toggle({
      label: 'Random start',
      help: 'Starts the agent on a random cell, facing a random direction.',
      default: false,
    }),
  },
  rules: ({ size, obstacles, randomStart }) => {
    // The reference's rule, which keeps small grids passable.
    const balls = obstacles <= size / 2 + 1 ? obstacles : Math.floor(size / 2);
    return {
      width: size,
      height: size,
      mission: 0,
      marks: 2 * balls,
      maxSteps: 4 * size * size,
      seeThrough: true,
      movesOnly: true,
      build(slot, rng) {
        slot.room();
        slot.set(size - 2, size - 2, GOAL);
        if (randomStart) slot.placeAgent(rng, slot.all);
        else slot.putAgent(1, 1, 0);
        for (let k = 0; k < balls; k++) slot.markPlace(2 * k, slot.place(ball(), rng, slot.all));
      },
      // The reference plays any other action as the first one.
      replaceAction: (action) => (action < 3 ? action : Act.left),
      before(slot, action, rng) {
        const ahead = slot.s.grid[slot.front()];
        for (let k = 0; k < balls; k++) wander(slot, k, rng);
        return action === Act.forward && ahead !== EMPTY && typeOf(ahead) !== Type.goal ? 1 : 0;
      },
      judge: (_slot, _action, blocked) => (blocked ? Outcome.collision : Outcome.continues),
    };
  },
});

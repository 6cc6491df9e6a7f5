/** The picture of the forager's field: blocks, food, and the agent with its nine lines of sight. */
import { Colour, type DrawList } from '#core/draw-list.ts';
import { BLOCKS, EYES, HEIGHT, ITEM, RADIUS, REACH, Seen, SPREAD, WIDTH, type Field } from './field.ts';

/** Colour of a line of sight by what it hits: wall, food, poison, nothing. */
const SIGHT = [Colour.ink, Colour.danger, Colour.goal, Colour.dim] as const;

export function drawForager(list: DrawList, s: Field, i: number, items: number): void {
  list.begin(WIDTH, HEIGHT);
  list.rect(0, 0, WIDTH, HEIGHT, Colour.floor);
  for (const { left, top, right, bottom } of BLOCKS) {
    list.rect(left, top, right - left, bottom - top, Colour.wall, 6);
    list.rect(left + 5, top + 5, right - left - 10, bottom - top - 10, Colour.ground, 4);
  }
  for (let at = i * items; at < (i + 1) * items; at++) {
    if (s.itemKind[at] === Seen.nothing) continue;
    const colour = s.itemKind[at] === Seen.food ? Colour.danger : Colour.goal;
    list.circle(s.itemX[at], s.itemY[at], ITEM, colour);
    list.circle(s.itemX[at] - 3, s.itemY[at] - 3, 2.5, Colour.ink, 0.5);
  }
  const x = s.x[i];
  const y = s.y[i];
  for (let eye = 0; eye < EYES; eye++) {
    const angle = s.angle[i] + (eye - (EYES - 1) / 2) * SPREAD;
    const at = i * EYES + eye;
    const far = s.eyeDistance[at] * REACH;
    const alpha = s.eyeKind[at] === Seen.nothing ? 0.35 : 0.9;
    list.line(x, y, x + far * Math.cos(angle), y + far * Math.sin(angle), 1.5, SIGHT[s.eyeKind[at]], alpha);
  }
  list.circle(x, y, RADIUS, Colour.agent);
  list.circle(x + 5 * Math.cos(s.angle[i]), y + 5 * Math.sin(s.angle[i]), 3, Colour.ground);
}

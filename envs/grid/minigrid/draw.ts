/**
 * The picture of a MiniGrid world: rooms, doors and objects, the agent as an arrowhead, its field of view as
 * a faint light.
 */
import { Colour, type DrawList } from '#core/draw-list.ts';
import { drawBoard, drawGoal, drawTile, drawWall } from '../board.ts';
import { cell, Door, EMPTY, hueOf, stateOf, Type, typeOf } from './cells.ts';
import { DX, DY, type Area, type Extent, type Slot } from './slot.ts';
import { observeView, VIEW } from './view.ts';

/** [hue] the palette's colour of each colour of the reference: red, green, blue, purple, yellow, grey. */
const HUE_COLOURS = [
  Colour.danger,
  Colour.goal,
  Colour.blue,
  Colour.purple,
  Colour.gold,
  Colour.dim,
] as const;

const view = new Float32Array(VIEW * VIEW * 3);

/**
 * Draws the part of the grid that the level uses (all of it except in MultiRoom), and below it a row with the
 * carried object (left) and the mission's objects (right).
 */
export function drawWorld(
  list: DrawList,
  slot: Slot,
  world: Extent & { readonly seeThrough: boolean; readonly whole?: boolean },
): void {
  const { s, i } = slot;
  const part = world.whole ? slot.all : usedPart(slot);
  const { x: left, y: top, width, height } = part;
  drawBoard(list, width, height);
  list.height = height + 1;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const code = slot.get(left + x, top + y);
      if (code !== EMPTY) drawCell(list, x, y, code);
    }
  drawSight(list, slot, part, world.seeThrough);
  drawAgent(list, s.x[i] - left + 0.5, s.y[i] - top + 0.5, s.direction[i]);
  if (s.carrying[i]) drawCell(list, 0.1, height, s.carrying[i]);
  for (let k = 0; k < world.mission; k += 2) {
    const x = width - world.mission / 2 + k / 2 - 0.1;
    drawCell(list, x, height, cell(slot.mission(k), slot.mission(k + 1), Door.closed));
    if (k > 0) list.line(x - 0.06, height + 0.5, x + 0.06, height + 0.5, 0.07, Colour.ink, 0.6);
  }
}

const used = { x: 0, y: 0, width: 0, height: 0 };

/** From the first to the last row and column in which there is something; overwritten by the next call. */
function usedPart(slot: Slot): Area {
  let [left, top, right, bottom] = [slot.width, slot.height, -1, -1];
  for (let y = 0; y < slot.height; y++)
    for (let x = 0; x < slot.width; x++) {
      const code = slot.get(x, y);
      if (code === EMPTY || typeOf(code) === Type.unseen) continue;
      left = Math.min(left, x);
      right = Math.max(right, x);
      top = Math.min(top, y);
      bottom = y;
    }
  used.x = left;
  used.y = top;
  used.width = right - left + 1;
  used.height = bottom - top + 1;
  return used;
}

/** A faint light over every cell that the agent sees. */
function drawSight(list: DrawList, slot: Slot, part: Area, seeThrough: boolean): void {
  const { s, i } = slot;
  const { x: left, y: top, width, height } = part;
  view.fill(0);
  observeView(slot, seeThrough, 3, view, 0);
  const d = s.direction[i];
  for (let k = 0; k < VIEW; k++)
    for (let j = 0; j < VIEW; j++) {
      if (view[(k * VIEW + j) * 3] === Type.unseen) continue;
      const side = k - (VIEW - 1) / 2;
      const far = VIEW - 1 - j;
      const x = s.x[i] - left + far * DX[d] - side * DY[d];
      const y = s.y[i] - top + far * DY[d] + side * DX[d];
      if (x >= 0 && y >= 0 && x < width && y < height) list.rect(x, y, 1, 1, Colour.ink, 0, 0, 0.09);
    }
}

/** An arrowhead with a darker notch, so that its heading is plain at any size. */
function drawAgent(list: DrawList, x: number, y: number, direction: number): void {
  const dx = DX[direction];
  const dy = DY[direction];
  const point = (along: number, across: number) => [
    x + along * dx - across * dy,
    y + along * dy + across * dx,
  ];
  const [tipX, tipY] = point(0.36, 0);
  const [leftX, leftY] = point(-0.3, -0.3);
  const [rightX, rightY] = point(-0.3, 0.3);
  list.triangle(tipX, tipY, leftX, leftY, rightX, rightY, Colour.agent);
  const [notchX, notchY] = point(-0.16, 0);
  list.triangle(notchX, notchY, leftX, leftY, rightX, rightY, Colour.ground, 0.55);
}

function drawCell(list: DrawList, x: number, y: number, code: number): void {
  const colour = HUE_COLOURS[hueOf(code)];
  switch (typeOf(code)) {
    case Type.unseen:
      return list.rect(x, y, 1, 1, Colour.ground);
    case Type.wall:
      return drawWall(list, x, y);
    case Type.floor:
      return drawTile(list, x, y, colour, 0.3);
    case Type.door:
      return drawDoor(list, x, y, colour, stateOf(code));
    case Type.key:
      return drawKey(list, x, y, colour);
    case Type.ball:
      list.circle(x + 0.5, y + 0.5, 0.3, colour);
      return list.circle(x + 0.41, y + 0.4, 0.07, Colour.ink, 0.6);
    case Type.box:
      list.rect(x + 0.17, y + 0.17, 0.66, 0.66, colour, 0.08);
      list.rect(x + 0.25, y + 0.25, 0.5, 0.5, Colour.floor, 0.04);
      return list.rect(x + 0.17, y + 0.45, 0.66, 0.1, colour);
    case Type.goal:
      return drawGoal(list, x, y);
    case Type.lava:
      return drawLava(list, x, y);
  }
}

/** Open: a leaf at the side. Closed: a frame and a knob. Locked: filled, with a keyhole. */
function drawDoor(list: DrawList, x: number, y: number, colour: number, state: number): void {
  list.rect(x, y, 1, 1, Colour.floor);
  if (state === Door.open) {
    list.rect(x + 0.04, y + 0.04, 0.16, 0.92, colour, 0.05);
    return list.rect(x + 0.2, y + 0.04, 0.76, 0.92, colour, 0.05, 0, 0.12);
  }
  list.rect(x + 0.04, y + 0.04, 0.92, 0.92, colour, 0.08);
  list.rect(x + 0.12, y + 0.12, 0.76, 0.76, Colour.ground, 0.05, 0, state === Door.locked ? 0.55 : 0.8);
  if (state === Door.closed) return list.circle(x + 0.74, y + 0.5, 0.08, colour);
  list.circle(x + 0.5, y + 0.43, 0.11, colour);
  list.rect(x + 0.455, y + 0.45, 0.09, 0.24, colour, 0.02);
}

function drawKey(list: DrawList, x: number, y: number, colour: number): void {
  list.circle(x + 0.5, y + 0.3, 0.18, colour);
  list.circle(x + 0.5, y + 0.3, 0.08, Colour.floor);
  list.rect(x + 0.45, y + 0.42, 0.1, 0.42, colour, 0.02);
  list.rect(x + 0.52, y + 0.6, 0.14, 0.08, colour);
  list.rect(x + 0.52, y + 0.74, 0.14, 0.08, colour);
}

function drawLava(list: DrawList, x: number, y: number): void {
  list.rect(x, y, 1, 1, Colour.danger, 0, 0, 0.85);
  for (const row of [0.3, 0.55, 0.8])
    for (let k = 0; k < 4; k++) {
      const left = x + 0.12 + k * 0.19;
      const up = k % 2 === 0 ? 0.06 : -0.06;
      list.line(left, y + row - up, left + 0.19, y + row + up, 0.05, Colour.gold, 0.7);
    }
}

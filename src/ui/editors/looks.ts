/** How an editor draws cells, on a canvas scaled to one unit per cell. The colours are those of the worlds' pictures. */
import type { BoardFormat, Look } from '#core/board.ts';
import { Colour } from '#core/draw-list.ts';
import type { Level } from './level.ts';

type Canvas = CanvasRenderingContext2D;

/** A colour of the palette as CSS takes it. */
export function css(colour: number): string {
  return `#${colour.toString(16).padStart(6, '0')}`;
}

const HUES: Readonly<Record<string, number>> = {
  red: Colour.danger,
  green: Colour.goal,
  blue: Colour.blue,
  purple: Colour.purple,
  yellow: Colour.gold,
  grey: Colour.dim,
};

/** Draws a whole level. */
export function drawLevel(context: Canvas, format: BoardFormat, level: Level): void {
  const { rows, entries } = level;
  context.fillStyle = css(Colour.ground);
  context.fillRect(0, 0, rows[0].length, rows.length);
  const byLetter = new Map(format.letters.map((letter) => [letter.letter, letter]));
  rows.forEach((row, y) =>
    Array.from(row).forEach((letter, x) => {
      const known = byLetter.get(letter);
      drawLook(context, x, y, format.letters[0].look, {});
      if (known)
        drawLook(
          context,
          x,
          y,
          known.look,
          known.direction === undefined ? {} : { direction: known.direction },
        );
      else write(context, x, y, '?', Colour.danger);
    }),
  );
  for (const { list, x, y, value } of entries) {
    const thing = format.things.find(
      (each) => each.list === list && Object.entries(each.given).every(([key, is]) => value[key] === is),
    );
    drawLook(context, x, y, thing?.look ?? 'wind', value);
  }
}

/** Draws one thing at (x, y). */
export function drawLook(
  context: Canvas,
  x: number,
  y: number,
  look: Look,
  value: Readonly<Record<string, unknown>>,
): void {
  const hue = HUES[String(value['colour'])] ?? Colour.dim;
  switch (look) {
    case 'floor':
      return tile(context, x, y, Colour.floor);
    case 'ice':
      return tile(context, x, y, Colour.ice, 0.42);
    case 'wall':
      return box(context, x, y, 0, Colour.wall);
    case 'start':
      return drawStart(context, x, y, value['direction']);
    case 'goal':
      tile(context, x, y, Colour.goal, 0.25);
      return polygon(context, x, y, [0.5, 0.22, 0.78, 0.5, 0.5, 0.78, 0.22, 0.5], Colour.goal);
    case 'pit':
    case 'hole':
      disc(context, x, y, 0.38, look === 'pit' ? Colour.danger : Colour.blue);
      return disc(context, x, y, 0.31, Colour.ground);
    case 'lava':
      box(context, x, y, 0, Colour.danger, 0.85);
      return write(context, x, y, '≈', Colour.gold);
    case 'coin':
      return drawCoin(context, x, y, Number(value['reward'] ?? 1));
    case 'wind':
      return write(context, x, y, arrow(Number(value['dx'] ?? 0), Number(value['dy'] ?? 0)), Colour.ice);
    case 'teleporter':
      return drawTeleporter(context, x, y, value);
    case 'door':
      return drawDoor(context, x, y, hue, value['state']);
    case 'key':
      return drawKey(context, x, y, hue);
    case 'ball':
      return disc(context, x, y, 0.3, hue);
    case 'box':
      box(context, x, y, 0.17, hue);
      return box(context, x, y, 0.27, Colour.floor);
  }
}

function drawStart(context: Canvas, x: number, y: number, direction: unknown): void {
  tile(context, x, y, Colour.agent, 0.25);
  if (typeof direction !== 'number') return disc(context, x, y, 0.28, Colour.agent);
  const [dx, dy] = [
    [1, 0],
    [0, 1],
    [-1, 0],
    [0, -1],
  ][direction & 3];
  const at = (along: number, across: number) => [
    0.5 + along * dx - across * dy,
    0.5 + along * dy + across * dx,
  ];
  polygon(context, x, y, [...at(0.36, 0), ...at(-0.3, -0.3), ...at(-0.3, 0.3)], Colour.agent);
}

function drawCoin(context: Canvas, x: number, y: number, reward: number): void {
  disc(context, x, y, 0.34, reward < 0 ? Colour.danger : Colour.gold);
  write(context, x, y, String(reward).replace('-', '−').slice(0, 5), Colour.ground, 0.26);
}

function drawTeleporter(
  context: Canvas,
  x: number,
  y: number,
  { toX, toY }: Readonly<Record<string, unknown>>,
): void {
  disc(context, x, y, 0.4, Colour.purple);
  disc(context, x, y, 0.26, Colour.floor);
  if (typeof toX !== 'number' || typeof toY !== 'number' || (toX === x && toY === y)) return;
  context.strokeStyle = css(Colour.purple);
  context.lineWidth = 0.05;
  context.beginPath();
  context.moveTo(x + 0.5, y + 0.5);
  context.lineTo(toX + 0.5, toY + 0.5);
  context.stroke();
  disc(context, toX, toY, 0.14, Colour.purple);
}

/** Open: a leaf at the side. Closed: a frame with a knob. Locked: filled, with a keyhole. */
function drawDoor(context: Canvas, x: number, y: number, hue: number, state: unknown): void {
  if (state === 'open') {
    context.fillStyle = css(hue);
    return context.fillRect(x + 0.05, y + 0.05, 0.16, 0.9);
  }
  box(context, x, y, 0.05, hue);
  box(context, x, y, 0.14, Colour.ground, state === 'locked' ? 0.4 : 0.8);
  if (state !== 'locked') return disc(context, x + 0.22, y, 0.08, hue);
  disc(context, x, y - 0.07, 0.11, hue);
  context.fillRect(x + 0.455, y + 0.45, 0.09, 0.24);
}

function drawKey(context: Canvas, x: number, y: number, hue: number): void {
  disc(context, x, y - 0.2, 0.18, hue);
  disc(context, x, y - 0.2, 0.08, Colour.floor);
  context.fillStyle = css(hue);
  context.fillRect(x + 0.45, y + 0.42, 0.1, 0.42);
  context.fillRect(x + 0.52, y + 0.6, 0.14, 0.08);
  context.fillRect(x + 0.52, y + 0.74, 0.14, 0.08);
}

function arrow(dx: number, dy: number): string {
  if (dx === 0 && dy === 0) return '·';
  return ['→', '↘', '↓', '↙', '←', '↖', '↑', '↗'][(Math.round(Math.atan2(dy, dx) / (Math.PI / 4)) + 8) % 8];
}

function tile(context: Canvas, x: number, y: number, colour: number, alpha = 1): void {
  box(context, x, y, 0.03, colour, alpha);
}

function box(context: Canvas, x: number, y: number, inset: number, colour: number, alpha = 1): void {
  context.globalAlpha = alpha;
  context.fillStyle = css(colour);
  context.fillRect(x + inset, y + inset, 1 - 2 * inset, 1 - 2 * inset);
  context.globalAlpha = 1;
}

function disc(context: Canvas, x: number, y: number, radius: number, colour: number): void {
  context.fillStyle = css(colour);
  context.beginPath();
  context.arc(x + 0.5, y + 0.5, radius, 0, 2 * Math.PI);
  context.fill();
}

/** Corners as x, y, x, y, … within the cell. */
function polygon(context: Canvas, x: number, y: number, corners: readonly number[], colour: number): void {
  context.fillStyle = css(colour);
  context.beginPath();
  for (let k = 0; k < corners.length; k += 2) context.lineTo(x + corners[k], y + corners[k + 1]);
  context.fill();
}

function write(context: Canvas, x: number, y: number, text: string, colour: number, size = 0.6): void {
  context.fillStyle = css(colour);
  context.font = `${size}px system-ui, sans-serif`;
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.fillText(text, x + 0.5, y + 0.54);
}

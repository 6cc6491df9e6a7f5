import { describe, expect, it } from 'vitest';
import { DrawList } from '#core/draw-list.ts';
import { TerminalPicture } from '#node/terminal-picture.ts';

const WHITE = 0xffffff;

/** Draws on black in a world of 20 × 10 and gives the lit area in world units. */
function area(draw: (list: DrawList) => void): number {
  const list = new DrawList();
  list.begin(20, 10, 0);
  draw(list);
  const picture = new TerminalPicture(200, 100);
  picture.draw(list);
  return picture.rgb.reduce((sum, value) => sum + value, 0) / 255 / 3 / 100;
}

describe('a picture in the terminal', () => {
  it.each([
    ['a rectangle', (list: DrawList): void => list.rect(2, 3, 5, 4, WHITE), 20],
    ['one that sticks out', (list: DrawList): void => list.rect(-5, -5, 10, 10, WHITE), 25],
    ['a turned one', (list: DrawList): void => list.rect(6, 2, 6, 4, WHITE, 0, 0.7), 24],
    ['a rounded one', (list: DrawList): void => list.rect(6, 2, 6, 6, WHITE, 3), 9 * Math.PI],
    ['a half transparent one', (list: DrawList): void => list.rect(2, 3, 5, 4, WHITE, 0, 0, 0.5), 10],
    ['a circle', (list: DrawList): void => list.circle(10, 5, 4, WHITE), 16 * Math.PI],
    ['a line with round ends', (list: DrawList): void => list.line(4, 2, 12, 8, 1, WHITE), 10 + Math.PI / 4],
    ['a triangle', (list: DrawList): void => list.triangle(2, 2, 12, 2, 2, 8, WHITE), 30],
    ['one the other way round', (list: DrawList): void => list.triangle(2, 8, 12, 2, 2, 2, WHITE), 30],
  ])('covers the area of %s', (_, draw, expected) => {
    expect(area(draw)).toBeGreaterThan(expected * 0.985);
    expect(area(draw)).toBeLessThan(expected * 1.015);
  });

  it('never loses a thin line', () => {
    expect(area((list) => list.line(0, 5, 20, 5, 0.001, WHITE))).toBeGreaterThan(0.5);
  });

  it('draws later shapes over earlier ones', () => {
    const list = new DrawList();
    list.begin(2, 2, 0x112233);
    list.rect(0, 0, 2, 1, 0xff0000);
    list.rect(0, 0, 1, 1, 0x00ff00);
    const picture = new TerminalPicture(2, 2);
    picture.draw(list);
    expect([...picture.rgb]).toEqual([0, 255, 0, 255, 0, 0, 0x11, 0x22, 0x33, 0x11, 0x22, 0x33]);
  });

  it('puts two pixels into a character, colours only where they change, and glyphs as themselves', () => {
    const list = new DrawList();
    list.begin(4, 4, 0);
    list.rect(0, 0, 4, 1, WHITE);
    list.glyph('A'.charCodeAt(0), 1.5, 3, 1, 0xff0000);
    const picture = new TerminalPicture(4, 4);
    picture.draw(list);
    const [first, second, ...rest] = picture.toText().split('\n');
    expect(first).toBe('\u001b[38;2;255;255;255m\u001b[48;2;0;0;0m▀▀▀▀\u001b[0m');
    expect(second).toContain('▀\u001b[38;2;255;0;0m\u001b[48;2;0;0;0mA');
    expect(rest).toEqual([]);
  });
});

/**
 * The characters that worlds write, drawn once each into the cells of one texture. A world names a character by its
 * UTF-16 code; the row that goes to the GPU names the cell.
 */
import { CanvasSource } from 'pixi.js';

/** Cells per side (the shader in shapes.ts counts on it) and pixels per cell. */
const CELLS = 16;
const CELL = 96;

export class GlyphAtlas {
  readonly source: CanvasSource;
  private readonly context: CanvasRenderingContext2D;
  private readonly cells = new Map<number, number>();

  constructor() {
    const canvas = document.createElement('canvas');
    canvas.width = canvas.height = CELLS * CELL;
    const context = canvas.getContext('2d');
    if (!context) throw new Error('glyphs: expected a 2D canvas, got none');
    context.font = `600 ${CELL * 0.74}px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace`;
    context.textAlign = 'center';
    context.textBaseline = 'middle';
    context.fillStyle = '#fff';
    this.context = context;
    this.source = new CanvasSource({ resource: canvas, autoGenerateMipmaps: true, scaleMode: 'linear' });
  }

  /** The cell of a character, drawn at its first use. When all 256 cells are taken, new characters share the last one. */
  cell(code: number): number {
    const known = this.cells.get(code);
    if (known !== undefined) return known;
    const cell = Math.min(this.cells.size, CELLS * CELLS - 1);
    this.cells.set(code, cell);
    const x = (cell % CELLS) * CELL;
    const y = Math.floor(cell / CELLS) * CELL;
    this.context.clearRect(x, y, CELL, CELL);
    // "middle" is the middle of the em square; capitals and digits look centred a little below it.
    this.context.fillText(String.fromCharCode(code), x + CELL / 2, y + CELL * 0.53);
    this.source.update();
    return cell;
  }
}

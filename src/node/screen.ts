/** A world as a picture in the terminal, on a screen of its own that gives the old one back. */
import { DrawList } from '#core/draw-list.ts';
import type { VectorEnv } from '#core/vector-env.ts';
import { TerminalPicture } from './terminal-picture.ts';

export class TerminalScreen implements Disposable {
  private readonly list = new DrawList();

  constructor() {
    process.stdout.write('\u001b[?1049h\u001b[?25l');
  }

  /** Draws slot 0 and the lines of text below it. */
  show(env: VectorEnv, lines: readonly string[]): void {
    const { list } = this;
    env.draw(0, list);
    const columns = (process.stdout.columns || 80) - 2;
    const rows = (process.stdout.rows || 24) - 1 - lines.length;
    const scale = Math.min(columns / list.width, (rows * 2) / list.height, 96 / list.width);
    const picture = new TerminalPicture(list.width * scale, list.height * scale);
    picture.draw(list);
    const screen = [picture.toText(), ...lines].join('\n');
    // Written over the screen before, line by line: a screen that is wiped first flickers.
    process.stdout.write(`\u001b[H${screen.replaceAll('\n', '\u001b[K\n')}\u001b[J`);
  }

  [Symbol.dispose](): void {
    process.stdout.write('\u001b[?25h\u001b[?1049l');
  }
}

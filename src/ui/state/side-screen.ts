/** Shows what a theatre plays: fetches one picture after another while there is something to see. */
import { signal } from '@preact/signals';
import type { Picture } from '#core/draw-list.ts';
import type { SidePicture } from '#worker/time/protocol.ts';
import type { Theatre } from './theatre.ts';

export class SideScreen implements Disposable {
  /** The episode on the picture, and the last one that ended. */
  readonly score = signal<Pick<SidePicture, 'episode' | 'last'> | undefined>(undefined);
  private readonly theatre: Theatre;
  private draw: ((picture: Picture) => void) | undefined;
  private isOn = false;
  private isDrawing = false;
  private closed = false;

  constructor(theatre: Theatre) {
    this.theatre = theatre;
    const next = (): void => {
      if (this.closed) return;
      void this.drawNext();
      requestAnimationFrame(next);
    };
    requestAnimationFrame(next);
  }

  /** Sets the viewport to draw in, while it is on the page. */
  drawOn(draw: ((picture: Picture) => void) | undefined): void {
    this.draw = draw;
  }

  /** From now on there is something to see. */
  begin(): void {
    this.isOn = true;
  }

  [Symbol.dispose](): void {
    this.closed = true;
  }

  private async drawNext(): Promise<void> {
    if (this.isDrawing || !this.isOn || document.hidden) return;
    this.isDrawing = true;
    const picture = await this.theatre.ask((side) => side.picture()).catch(() => undefined);
    this.isDrawing = false;
    if (!picture || this.closed) return;
    this.draw?.(picture);
    const { episode, last } = picture;
    this.score.value = { episode, last };
  }
}

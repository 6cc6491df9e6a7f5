/** Shows the worker's frames: the newest is drawn when the screen refreshes, and its buffer goes back. */
import { signal } from '@preact/signals';
import type { Inspection } from '#core/agent.ts';
import type { Picture } from '#core/draw-list.ts';
import type { Look } from '#core/overlay.ts';
import { advantages, NO_SCALE, scaleWith, type BarScale } from './bar-scale.ts';
import { ValueTrace } from './value-trace.ts';
import type { FrameEvent } from '#worker/protocol.ts';

/** Milliseconds between updates of the numbers beside the picture, so that they can be read. */
const READING_GAP = 66;

export class Screen implements Disposable {
  /** Action values or probabilities in the state shown. */
  readonly inspection = signal<Inspection>({});
  /** The last look for the overlays. */
  readonly look = signal<Look>({});
  /** The state under the pointer. */
  readonly pointed = signal<number | undefined>(undefined);
  /** V(s) of the steps shown. */
  readonly trace = new ValueTrace();
  /** Of the bars of action values. */
  readonly barScale = signal<BarScale>(NO_SCALE);
  /** Whether the run has sent a picture. */
  readonly live = signal(false);
  /** Whether a picture of something else is shown. */
  readonly previewing = signal(false);
  /** The shown episode so far. */
  readonly episode = signal({ return: 0, length: 0 });
  /** Of the picture, in units of the world. */
  readonly extent = signal({ width: 1, height: 1 });
  private readonly giveBack: (buffer: ArrayBuffer) => void;
  private draw: ((picture: Picture) => void) | undefined;
  private frame: FrameEvent | undefined;
  private last: Picture | undefined;
  private readAt = 0;
  private reading: ReturnType<typeof setTimeout> | undefined;

  /** `giveBack` returns a frame's buffer to the worker, for the next frame. */
  constructor(giveBack: (buffer: ArrayBuffer) => void) {
    this.giveBack = giveBack;
  }

  /** Sets the viewport to draw in, while it is on the page. */
  drawOn(draw: ((picture: Picture) => void) | undefined): void {
    this.draw = draw;
    if (this.last) draw?.(this.last);
  }

  /** Draws a picture of something else until there is a live one. */
  preview(picture: Picture): void {
    if (this.live.value || !this.draw) return;
    this.previewing.value = true;
    this.draw(picture);
  }

  take(event: FrameEvent): void {
    this.live.value = true;
    this.previewing.value = false;
    if (this.frame) this.giveBack(this.frame.buffer);
    else requestAnimationFrame(() => this.present());
    this.frame = event;
    // Not with the picture: another frame may replace this one before it is drawn.
    if (event.look) this.look.value = event.look;
  }

  forget(): void {
    this.inspection.value = {};
    this.look.value = {};
    this.pointed.value = undefined;
    this.trace.clear();
    this.barScale.value = NO_SCALE;
    this.episode.value = { return: 0, length: 0 };
  }

  [Symbol.dispose](): void {
    clearTimeout(this.reading);
    this.draw = undefined;
  }

  private present(): void {
    const { frame } = this;
    this.frame = undefined;
    if (!frame) return;
    const { buffer, count, width, height, background, inspection } = frame;
    const { value: extent } = this.extent;
    if (extent.width !== width || extent.height !== height) this.extent.value = { width, height };
    if (inspection.value !== undefined) this.trace.push(inspection.value, frame.episodeLength);
    const picture = { numbers: new Float32Array(buffer), count, width, height, background };
    if (this.draw) this.draw(picture);
    // The viewport may come later than the first frame, and a paused world sends no second one.
    else this.last = { ...picture, numbers: picture.numbers.slice() };
    this.giveBack(buffer);
    this.read(frame);
  }

  /** Shows the newest numbers at a readable rate. */
  private read({ inspection, episodeReturn, episodeLength }: FrameEvent): void {
    clearTimeout(this.reading);
    const wait = this.readAt + READING_GAP - performance.now();
    const show = (): void => {
      this.readAt = performance.now();
      this.inspection.value = inspection;
      if (inspection.actionValues)
        this.barScale.value = scaleWith(this.barScale.value, advantages(inspection.actionValues));
      this.episode.value = { return: episodeReturn, length: episodeLength };
    };
    if (wait <= 0) show();
    else this.reading = setTimeout(show, wait);
  }
}

/** A canvas on which the renderer of the page draws what somebody has to show. */
import type { Picture } from '#core/draw-list.ts';
import { messageOf } from '#core/errors.ts';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Stage } from '#view/stage.ts';
import type { Viewport } from '#view/viewport.ts';

interface StageCanvasProps {
  readonly stage: Promise<Stage>;
  /** Is told how to draw, and undefined once the canvas is gone. */
  readonly on: { drawOn(draw: ((picture: Picture) => void) | undefined): void };
  readonly label: string;
}

export function StageCanvas({ stage, on, label }: StageCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [missing, setMissing] = useState<string>();
  useEffect(() => {
    let viewport: Viewport | undefined;
    let gone = false;
    stage.then(
      (stage) => {
        if (gone || !canvas.current) return;
        const opened = stage.open(canvas.current);
        viewport = opened;
        on.drawOn((picture) => opened.show(picture));
      },
      (error: unknown) => setMissing(messageOf(error)),
    );
    return () => {
      gone = true;
      on.drawOn(undefined);
      viewport?.[Symbol.dispose]();
    };
  }, [on, stage]);
  return (
    <>
      <canvas class="canvas" ref={canvas} role="img" aria-label={label} />
      {missing === undefined ? null : (
        <p class="no-canvas" title={missing}>
          No picture: this browser does not offer WebGL. The agent learns all the same.
        </p>
      )}
    </>
  );
}

/** The pad: pen and eraser, by mouse, touch or stylus. What is on it is made a digit as MNIST's are, at most once per frame. */
import { Dices, Eraser, Pen, Trash2 } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { FitStore } from '../state/fit-store.ts';
import { Drawing, SIDE } from '../state/drawing.ts';
import type { Pad } from '../state/pad.ts';
import { IconButton } from '../../parts/icon-button.tsx';

interface PadCanvasProps {
  readonly fit: FitStore;
  readonly pad: Pad;
}

export function PadCanvas({ fit, pad }: PadCanvasProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const drawing = useRef<Drawing>();
  const [erases, setErases] = useState(false);
  const [origin, setOrigin] = useState<string>();
  useEffect(() => {
    if (!canvas.current) return;
    drawing.current = new Drawing(canvas.current);
    // What was drawn before another tab was opened.
    if (pad.digit.value) drawing.current.put(pad.digit.value);
  }, [pad]);
  const strokes = useStrokes(drawing, pad, erases, () => setOrigin(undefined));
  const clear = (): void => {
    drawing.current?.clear();
    setOrigin(undefined);
    pad.show(undefined, true);
  };
  const load = async (): Promise<void> => {
    const total = fit.info.value?.counts.test ?? 0;
    if (total === 0) return;
    const row = crypto.getRandomValues(new Uint32Array(1))[0] % total;
    const found = await fit.ask((api) => api.examples('test', Int32Array.of(row)));
    if (!(found?.inputs instanceof Uint8Array)) return;
    const digit = new Uint8Array(found.inputs);
    drawing.current?.put(digit);
    setOrigin(`Test picture ${row}: ${fit.info.value?.task.names[found.targets[0]]}`);
    pad.show(digit, true);
  };
  return (
    <div class="pad">
      <canvas
        ref={canvas}
        class="pad-canvas"
        width={SIDE}
        height={SIDE}
        role="img"
        aria-label="Pad: draw a digit"
        {...strokes}
      />
      <div class="pad-tools" role="toolbar" aria-label="Pad">
        <IconButton
          label="Pen"

          pressed={!erases}
          onClick={() => setErases(false)}
        >
          <Pen size={16} aria-hidden />
        </IconButton>
        <IconButton
          label="Eraser"

          pressed={erases}
          onClick={() => setErases(true)}
        >
          <Eraser size={16} aria-hidden />
        </IconButton>
        <button type="button" class="icon wide" title="Clear the pad" onClick={clear}>
          <Trash2 size={16} aria-hidden /> Clear
        </button>
        <button
          type="button"
          class="icon wide"
          title="Put a random test picture on the pad"
          disabled={!pad.suits.value}
          onClick={() => void load()}
        >
          <Dices size={16} aria-hidden /> Test picture
        </button>
      </div>
      <p class="dim" role="status">
        {origin ?? 'Draw a digit from 0 to 9, as large as you like.'}
      </p>
    </div>
  );
}

/** Handlers that draw, and read what is drawn once per frame and when the pen is lifted. */
function useStrokes(
  drawing: { readonly current: Drawing | undefined },
  pad: Pad,
  erases: boolean,
  onStroke: () => void,
) {
  const last = useRef<readonly [number, number]>();
  const frame = useRef<number>();
  const read = (isWhole: boolean): void => {
    if (frame.current !== undefined) cancelAnimationFrame(frame.current);
    frame.current = undefined;
    pad.show(drawing.current?.digit(), isWhole);
  };
  const lift = (): void => {
    if (last.current) read(true);
    last.current = undefined;
  };
  return {
    onPointerDown: (event: PointerIn) => {
      if (event.button !== 0) return;
      event.currentTarget.setPointerCapture(event.pointerId);
      last.current = place(event);
      drawing.current?.stroke(last.current, last.current, erases);
      onStroke();
      frame.current ??= requestAnimationFrame(() => read(false));
    },
    onPointerMove: (event: PointerIn) => {
      if (!last.current) return;
      const to = place(event);
      drawing.current?.stroke(last.current, to, erases);
      last.current = to;
      frame.current ??= requestAnimationFrame(() => read(false));
    },
    onPointerUp: lift,
    onPointerCancel: lift,
  };
}

/** Where the pointer is, in pixels of the canvas. */
function place({ currentTarget, clientX, clientY }: PointerIn): readonly [number, number] {
  const { left, top, width, height } = currentTarget.getBoundingClientRect();
  return [((clientX - left) * SIDE) / width, ((clientY - top) * SIDE) / height];
}

type PointerIn = PointerEvent & { readonly currentTarget: HTMLCanvasElement };

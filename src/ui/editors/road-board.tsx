/** The board of the road editor: a line drawn by mouse, pen or finger, or its control points moved by keyboard. */
import { useRef, useState } from 'preact/hooks';
import { STEPS } from './cursor.ts';
import {
  BOARD,
  fromStroke,
  moved,
  onBoard,
  pathOf,
  roundRoad,
  withoutPoint,
  withPoint,
  type Point,
} from './road.ts';
import { svgPoint } from './svg-point.ts';

interface RoadBoardProps {
  readonly points: readonly Point[];
  /** Of the road (m). */
  readonly width: number;
  readonly onDraw: (points: readonly Point[]) => void;
  /** The same while a key is held: one change, to be undone at once. */
  readonly onGoOn: (points: readonly Point[]) => void;
}

type PointerIn = PointerEvent & { readonly currentTarget: SVGSVGElement };

/** Metres that a pointer has to move before its place is kept. */
const STEP = 4;
/** Metres that an arrow key moves a point, and with Shift. */
const MOVE = 10;
const NUDGE = 1;

export function RoadBoard({ points, width, onDraw, onGoOn }: RoadBoardProps) {
  const stroke = useRef<Point[]>([]);
  const [line, setLine] = useState('');
  const keys = usePointKeys({ points, onDraw, onGoOn });
  const path = pathOf(points);
  const lift = (): void => {
    const drawn = stroke.current.length > 0 ? fromStroke(stroke.current) : [];
    stroke.current = [];
    setLine('');
    if (drawn.length > 0) onDraw(drawn);
  };
  return (
    <>
      <svg
        class="road-board"
        viewBox={`0 0 ${BOARD.width} ${BOARD.height}`}
        tabIndex={0}
        role="application"
        aria-label={
          points.length > 0 ? `Road with ${points.length} points` : 'Empty board: draw a round course'
        }
        aria-description="Space goes to the next point, with Shift to the previous; arrows move it, with Shift by a metre; Enter adds one after it, Delete removes it"
        onKeyDown={keys.onKeyDown}
        onFocus={({ currentTarget }) => keys.show(currentTarget.matches(':focus-visible'))}
        onBlur={() => keys.show(false)}
        onPointerDown={(event: PointerIn) => {
          if (event.button !== 0) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          keys.show(false);
          stroke.current = [place(event)];
        }}
        onPointerMove={(event: PointerIn) => {
          const last = stroke.current.at(-1);
          if (!last) return;
          const next = place(event);
          if (Math.hypot(next[0] - last[0], next[1] - last[1]) < STEP) return;
          stroke.current.push(next);
          setLine(`M${stroke.current.map((point) => point.join(' ')).join('L')}`);
        }}
        onPointerUp={lift}
        onPointerCancel={lift}
      >
        {line === '' ? (
          <>
            <path class="road-surface" d={path} stroke-width={width + 1} />
            <path class="road-middle" d={path} />
            {points.length > 2 ? (
              <circle class="road-start" cx={points[0][0]} cy={points[0][1]} r={6} />
            ) : null}
            {keys.shown ? <Points points={points} at={keys.at} /> : null}
          </>
        ) : (
          <path class="road-stroke" d={line} />
        )}
        {points.length === 0 && line === '' ? (
          <text x={BOARD.width / 2} y={BOARD.height / 2}>
            {keys.shown
              ? 'Press Enter for a round road to shape'
              : 'Draw a round course with mouse or finger'}
          </text>
        ) : null}
        <g class="road-scale">
          <path d={`M20 ${BOARD.height - 20}h100`} />
          <text x={70} y={BOARD.height - 28}>
            100 m
          </text>
        </g>
      </svg>
      <p class={keys.shown ? 'dim' : 'visually-hidden'} role="status">
        {keys.said}
      </p>
      {keys.shown ? (
        <p class="dim" aria-hidden>
          <kbd>Space</kbd> next point · <kbd>arrows</kbd> move it, with Shift by a metre · <kbd>Enter</kbd>{' '}
          adds one · <kbd>Delete</kbd> removes it
        </p>
      ) : null}
    </>
  );
}

/** The control points, while they are moved by keyboard. */
function Points({ points, at }: { readonly points: readonly Point[]; readonly at: number }) {
  return (
    <>
      {points.map(([x, y], k) => (
        <circle
          key={k}
          class="road-point"
          data-at={k === at || undefined}
          cx={x}
          cy={y}
          r={k === at ? 9 : 4}
        />
      ))}
    </>
  );
}

/** Which point the keys are about, what they do to it, and what is said of it. */
function usePointKeys({ points, onDraw, onGoOn }: Pick<RoadBoardProps, 'points' | 'onDraw' | 'onGoOn'>) {
  const [chosen, setChosen] = useState(0);
  const [shown, setShown] = useState(false);
  const [did, setDid] = useState<{ readonly of: readonly Point[]; readonly what: string }>();
  const at = Math.min(chosen, Math.max(0, points.length - 1));
  const draw = (next: readonly Point[], place: number, what: string): void => {
    setChosen(place);
    setDid({ of: next, what });
    onDraw(next);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { code, shiftKey, ctrlKey, metaKey, altKey, repeat } = event;
    const step = STEPS[code];
    const removes = code === 'Delete' || code === 'Backspace';
    const adds = code === 'Enter' || code === 'Insert';
    if (ctrlKey || metaKey || altKey || !(step || removes || adds || code === 'Space')) return;
    event.preventDefault();
    setShown(true);
    if (points.length === 0) {
      if (adds) draw(roundRoad(), 0, 'A round road. ');
    } else if (step) {
      const by = shiftKey ? NUDGE : MOVE;
      const next = moved(points, at, [by * step[0], by * step[1]]);
      if (repeat) onGoOn(next);
      else draw(next, at, '');
    } else if (adds) draw(withPoint(points, at), at + 1, 'Added. ');
    else if (removes) draw(withoutPoint(points, at), at, 'Deleted. ');
    else setChosen((at + (shiftKey ? points.length - 1 : 1)) % points.length);
  };
  const what = did?.of === points ? did.what : '';
  const where =
    points.length === 0
      ? 'No points.'
      : `Point ${at + 1} of ${points.length}, at ${points[at].map(Math.round).join(', ')} m.`;
  return { at, shown, said: shown ? what + where : '', show: setShown, onKeyDown };
}

/** Where the pointer is, in metres, not too near the edge. */
function place(event: PointerIn): Point {
  const { x, y } = svgPoint(event.currentTarget, event);
  return onBoard([Math.round(x), Math.round(y)]);
}

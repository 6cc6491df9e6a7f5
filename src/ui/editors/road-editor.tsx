/** The road editor: draw the middle of a circuit, drive it yourself, then train on it. */
import { Dices, Spline } from 'lucide-preact';
import { useMemo, useRef, useState } from 'preact/hooks';
import { rngStreams } from '#core/rng.ts';
import { Dialog } from './dialog.tsx';
import type { EditorProps } from './editors.tsx';
import { Footer } from './footer.tsx';
import { closeEditor } from './opened.ts';
import { BOARD, fromStroke, pathOf, randomRoad, readRoad, smoother, type Point } from './road.ts';
import { svgPoint } from './svg-point.ts';
import { UndoButtons, undoKey } from './undo.tsx';
import { useHistory } from './use-history.ts';
import { problemOf, useVerdict } from './verdict.ts';
import './editors.css';

/** Metres of road per lane. */
const LANE = 4;
const PROPOSALS = 20;

export function RoadEditor({ page, field: key }: EditorProps) {
  const { value: run } = page.focused;
  const edit = useHistory(() => readRoad(run.form.shown('world', key)));
  const points = edit.history.present;
  const put = (next: readonly Point[]): void => edit.alter(() => next);
  const values = useMemo(() => ({ [key]: points }), [key, points]);
  const verdict = useVerdict(run, key, values);
  const use = async (then?: () => Promise<void>): Promise<void> => {
    closeEditor();
    page.edit('world', key, points, false);
    if (verdict?.fine === false) return;
    await page.reset();
    await then?.();
  };
  const random = async (): Promise<void> => {
    const rng = rngStreams(crypto.getRandomValues(new Uint32Array(1))[0])('road');
    let next = randomRoad(rng);
    for (let k = 0; k < PROPOSALS; k++) {
      if ((await problemOf(run, key, { [key]: next })) === undefined) break;
      next = k % 2 === 0 ? smoother(smoother(next)) : randomRoad(rng);
    }
    put(next);
  };
  return (
    <Dialog title="Draw the road" onClose={closeEditor} onKeyDown={(event) => void undoKey(event, edit)}>
      <div class="road-body">
        <RoadBoard
          points={points}
          width={LANE * Number(run.form.shown('world', 'lanes') ?? 2)}
          onDraw={put}
        />
        <UndoButtons edit={edit} onClear={() => put([])}>
          <button
            type="button"
            class="icon wide"
            title="Smooth the sharp corners"
            disabled={points.length === 0}
            onClick={() => put(smoother(points))}
          >
            <Spline size={16} aria-hidden /> Smoother
          </button>
          <button type="button" class="icon wide" title="A road at random" onClick={() => void random()}>
            <Dices size={16} aria-hidden /> Random
          </button>
        </UndoButtons>
      </div>
      <Footer
        verdict={verdict}
        words={{
          asking: 'Looking at the road…',
          fine:
            points.length > 0
              ? 'This road can be driven.'
              : 'No road drawn: the endless winding road is used.',
          wrong: 'This drawing',
        }}
        play="Drive it"
        train="Train on it"
        onPlay={() => void use(() => page.toggleHumanPlay())}
        onTrain={() => void use()}
      />
    </Dialog>
  );
}

interface RoadBoardProps {
  readonly points: readonly Point[];
  /** Of the road (m). */
  readonly width: number;
  readonly onDraw: (points: readonly Point[]) => void;
}

type PointerIn = PointerEvent & { readonly currentTarget: SVGSVGElement };

/** Metres that a pointer has to move before its place is kept. */
const STEP = 4;

function RoadBoard({ points, width, onDraw }: RoadBoardProps) {
  const stroke = useRef<Point[]>([]);
  const [line, setLine] = useState('');
  const path = pathOf(points);
  const lift = (): void => {
    const drawn = stroke.current.length > 0 ? fromStroke(stroke.current) : [];
    stroke.current = [];
    setLine('');
    if (drawn.length > 0) onDraw(drawn);
  };
  return (
    <svg
      class="road-board"
      viewBox={`0 0 ${BOARD.width} ${BOARD.height}`}
      role="img"
      aria-label={
        points.length > 0 ? `Road with ${points.length} points` : 'Empty board: draw a round course'
      }
      onPointerDown={(event: PointerIn) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
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
          {points.length > 2 ? <circle class="road-start" cx={points[0][0]} cy={points[0][1]} r={6} /> : null}
        </>
      ) : (
        <path class="road-stroke" d={line} />
      )}
      {points.length === 0 && line === '' ? (
        <text x={BOARD.width / 2} y={BOARD.height / 2}>
          Draw a round course with mouse or finger
        </text>
      ) : null}
      <g class="road-scale">
        <path d={`M20 ${BOARD.height - 20}h100`} />
        <text x={70} y={BOARD.height - 28}>
          100 m
        </text>
      </g>
    </svg>
  );
}

/** Where the pointer is, in metres, not too near the edge. */
function place(event: PointerIn): Point {
  const { x, y } = svgPoint(event.currentTarget, event);
  return [within(x, BOARD.width), within(y, BOARD.height)];
}

function within(value: number, side: number): number {
  return Math.min(side - 10, Math.max(10, Math.round(value)));
}

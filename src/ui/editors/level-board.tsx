/** The board of the level editor: painted by mouse, pen and finger, or with a cursor by keyboard. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { Colour } from '#core/draw-list.ts';
import { cellsBetween } from './cells-between.ts';
import { STEPS, within } from './cursor.ts';
import { entriesAt, letterAt, type Tool } from './level.ts';
import { css, drawLevel } from './looks.ts';
import type { LevelEdit } from './use-level.ts';

/** Pixels of the canvas's longer side, before the screen's density. */
const SIDE = 640;

interface LevelBoardProps {
  readonly edit: LevelEdit;
  readonly tool: Tool;
  /** What erasing paints. */
  readonly eraser: Tool;
}

type PointerIn = PointerEvent & { readonly currentTarget: HTMLCanvasElement };

export function LevelBoard({ edit, tool, eraser }: LevelBoardProps) {
  const { board, level, stroke } = edit;
  const canvas = useRef<HTMLCanvasElement>(null);
  const last = useRef<readonly [number, number]>();
  const [cursor, setCursor] = useState<readonly [number, number]>([0, 0]);
  const [shown, setShown] = useState(false);
  const [width, height] = [level.rows[0].length, level.rows.length];
  const [x, y] = [Math.min(cursor[0], width - 1), Math.min(cursor[1], height - 1)];
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context || !canvas.current) return;
    const scale = Math.max(8, Math.round((SIDE * devicePixelRatio) / Math.max(width, height)));
    canvas.current.width = width * scale;
    canvas.current.height = height * scale;
    context.setTransform(scale, 0, 0, scale, 0, 0);
    drawLevel(context, board, level);
    if (!shown) return;
    context.strokeStyle = css(Colour.ink);
    context.lineWidth = 0.08;
    context.strokeRect(x + 0.04, y + 0.04, 0.92, 0.92);
  }, [board, level, width, height, x, y, shown]);

  const cellOf = ({ currentTarget, clientX, clientY }: PointerIn): readonly [number, number] => {
    const { left, top, width: w, height: h } = currentTarget.getBoundingClientRect();
    return [Math.floor(((clientX - left) * width) / w), Math.floor(((clientY - top) * height) / h)];
  };
  const brush = ({ buttons }: PointerEvent): Tool => (buttons & 2 ? eraser : tool);
  const lift = (): void => {
    if (last.current) stroke.end();
    last.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { code, ctrlKey, metaKey, altKey, shiftKey } = event;
    if (ctrlKey || metaKey || altKey) return;
    const step = STEPS[code];
    const erases = code === 'Delete' || code === 'Backspace';
    if (!step && !erases && code !== 'Space' && code !== 'Enter') return;
    event.preventDefault();
    const to = step
      ? ([within(x + step[0], width), within(y + step[1], height)] as const)
      : ([x, y] as const);
    setCursor(to);
    // With Shift, the cursor paints as it goes.
    if (step && !shiftKey) return;
    stroke.begin();
    stroke.at(erases ? eraser : tool, to[0], to[1]);
    stroke.end();
  };
  return (
    <div class="level-board">
      <canvas
        ref={canvas}
        class="level-canvas"
        style={{ '--ratio': width / height }}
        tabIndex={0}
        role="application"
        aria-label={`Level, ${width} by ${height} cells`}
        aria-description="Arrows move the cursor, Space paints, Delete erases, number keys choose the tool"
        onFocus={({ currentTarget }) => setShown(currentTarget.matches(':focus-visible'))}
        onBlur={() => setShown(false)}
        onKeyDown={(event) => {
          setShown(true);
          onKeyDown(event);
        }}
        onContextMenu={(event) => event.preventDefault()}
        onPointerDown={(event: PointerIn) => {
          if (event.button > 2 || event.button === 1) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          const cell = cellOf(event);
          last.current = cell;
          setCursor([within(cell[0], width), within(cell[1], height)]);
          setShown(false);
          stroke.begin();
          stroke.at(brush(event), ...cell);
        }}
        onPointerMove={(event: PointerIn) => {
          if (!last.current) return;
          const cell = cellOf(event);
          for (const each of cellsBetween(last.current, cell)) stroke.at(brush(event), ...each);
          last.current = cell;
        }}
        onPointerUp={lift}
        onPointerCancel={lift}
      />
      <p class="visually-hidden" role="status">
        {shown ? `Column ${x}, row ${y}: ${nameOf(edit, x, y)}` : ''}
      </p>
    </div>
  );
}

/** What is on a cell, in words. */
function nameOf({ board, level }: LevelEdit, x: number, y: number): string {
  const letter = letterAt(level, x, y);
  const floor = board.letters.find((each) => each.letter === letter)?.label ?? String(letter);
  const things = entriesAt(level, x, y).map(({ list, value }) => {
    const thing = board.things.find(
      (each) => each.list === list && Object.entries(each.given).every(([key, is]) => value[key] === is),
    );
    const details = [value['colour'], value['state'], value['reward']].filter((each) => each !== undefined);
    return [...details.map(String), (thing?.label ?? list).toLowerCase()].join(' ');
  });
  return [floor, ...things].join(', ');
}

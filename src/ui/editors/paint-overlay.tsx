/** The brush for rewards on cells: lies over the picture, whose cells are its units. */
import { Check } from 'lucide-preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { figure } from '../state/values.ts';
import { cellsBetween } from './cells-between.ts';
import { STEPS, within } from './cursor.ts';
import { cellsOf, painting, withCell, type CellValue, type Painting } from './painting.ts';
import { svgPoint } from './svg-point.ts';

interface PaintOverlayProps {
  readonly page: Page;
  readonly run: RunStore;
}

export function PaintOverlay({ page, run }: PaintOverlayProps) {
  const { value: current } = painting;
  const grid = run.worker.info.value?.spec.grid;
  // Where two runs share a world, both show what they share.
  return current && grid && page.runs.value.includes(run) ? (
    <Brush key={current.key} page={page} run={run} current={current} grid={grid} />
  ) : null;
}

interface BrushProps extends PaintOverlayProps {
  readonly current: Painting;
  readonly grid: { readonly width: number; readonly height: number };
}

type PointerIn = PointerEvent & { readonly currentTarget: SVGSVGElement };

function Brush({ page, run, current, grid }: BrushProps) {
  const { key, value } = current;
  const { value: extent } = run.worker.screen.extent;
  const [stroke, setStroke] = useState<readonly CellValue[]>();
  const [cursor, setCursor] = useState<readonly [number, number]>();
  const last = useRef<readonly [number, number]>();
  const painted = useRef<readonly CellValue[]>([]);
  const board = useRef<SVGSVGElement>(null);
  useEffect(() => {
    // A brush on every card, of which one takes the keys.
    if (page.focused.peek() !== run) return;
    // On a phone the brush is chosen far below the picture.
    board.current?.scrollIntoView({ block: 'center' });
    board.current?.focus({ preventScroll: true });
  }, []);
  const cells = stroke ?? cellsOf(run.form.shown('reward', key));

  const put = (places: readonly (readonly [number, number])[], amount: number): void => {
    for (const [x, y] of places)
      if (x >= 0 && y >= 0 && x < grid.width && y < grid.height)
        painted.current = withCell(painted.current, [x, y, amount]);
    setStroke(painted.current);
  };
  const begin = (): void => void (painted.current = cells);
  const end = (): void => {
    page.edit('reward', key, painted.current.length > 0 ? painted.current : '', true);
    setStroke(undefined);
  };
  const lift = (): void => {
    if (last.current) end();
    last.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { code } = event;
    const step = STEPS[code];
    const erases = code === 'Delete' || code === 'Backspace';
    if (code === 'Escape') stop();
    else if (!step && !erases && code !== 'Space' && code !== 'Enter') return;
    event.preventDefault();
    event.stopPropagation();
    const [x, y] = cursor ?? [0, 0];
    if (step) return setCursor([within(x + step[0], grid.width), within(y + step[1], grid.height)]);
    setCursor([x, y]);
    begin();
    put([[x, y]], erases ? 0 : value);
    end();
  };
  const most = Math.max(1e-9, ...cells.map((cell) => Math.abs(cell[2])));
  return (
    <>
      <svg
        ref={board}
        class="paint-overlay"
        viewBox={`0 0 ${extent.width} ${extent.height}`}
        // In lower case, as SVG knows it.
        tabindex={0}
        role="application"
        aria-label={key === 'bonus' ? 'Paint bonuses on cells' : 'Paint the potential of cells'}
        aria-description="Arrows move the cursor, Space paints, Delete erases, Escape ends"
        onKeyDown={onKeyDown}
        onContextMenu={(event) => event.preventDefault()}
        onPointerDown={(event: PointerIn) => {
          if (event.button === 1) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          last.current = cellAt(event);
          setCursor(undefined);
          begin();
          put([last.current], event.buttons & 2 ? 0 : value);
        }}
        onPointerMove={(event: PointerIn) => {
          if (!last.current) return;
          const cell = cellAt(event);
          put(cellsBetween(last.current, cell), event.buttons & 2 ? 0 : value);
          last.current = cell;
        }}
        onPointerUp={lift}
        onPointerCancel={lift}
      >
        <rect class="paint-ground" width={grid.width} height={grid.height} />
        {cells.map(([x, y, amount]) => (
          <g key={`${x} ${y}`} class={amount < 0 ? 'paint-cost' : 'paint-gain'}>
            <rect x={x} y={y} width={1} height={1} fill-opacity={0.15 + (0.55 * Math.abs(amount)) / most} />
            <text x={x + 0.5} y={y + 0.6}>
              {`${amount > 0 ? '+' : ''}${figure(amount)}`.replace('-', '−')}
            </text>
          </g>
        ))}
        {cursor ? <rect class="paint-cursor" x={cursor[0]} y={cursor[1]} width={1} height={1} /> : null}
        <title>{key === 'bonus' ? 'Bonuses on cells' : 'Potential of cells'}</title>
      </svg>
      <button type="button" class="icon wide paint-done" title="Stop painting (Esc)" onClick={stop}>
        <Check size={15} aria-hidden /> Done
      </button>
    </>
  );
}

function stop(): void {
  painting.value = undefined;
}

/** The cell under the pointer. */
function cellAt(event: PointerIn): readonly [number, number] {
  const { x, y } = svgPoint(event.currentTarget, event);
  return [Math.floor(x), Math.floor(y)];
}

/** The confusion matrix: a cell opens the examples that it counts. */
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Part, Scores } from '#worker/classifier/protocol.ts';
import { count } from '../../state/values.ts';
import type { FitStore } from '../state/fit-store.ts';
import { ExampleTiles } from './example-tiles.tsx';

type ClassScores = Extract<Scores, { readonly kind: 'classes' }>;

interface ConfusionProps {
  readonly fit: FitStore;
  readonly part: Part;
  readonly scores: ClassScores;
  readonly names: readonly string[];
}

/** Classes beyond which the cells would be too small. */
const MOST_CLASSES = 26;
/** Examples of an opened cell. */
const SHOWN = 48;

export function Confusion({ fit, part, scores, names }: ConfusionProps) {
  const [open, setOpen] = useState<number>();
  const table = useRef<HTMLTableElement>(null);
  const classes = names.length;
  if (classes > MOST_CLASSES)
    return (
      <p class="dim">
        Too many classes for a matrix: {classes}, more than {MOST_CLASSES}.
      </p>
    );
  const focused = open ?? 0;
  const move = (event: KeyboardEvent, cell: number): void => {
    const by = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: classes, ArrowUp: -classes }[event.code];
    const next = by === undefined ? undefined : cell + by;
    if (next === undefined) return;
    event.preventDefault();
    table.current?.querySelector<HTMLElement>(`[data-cell="${next}"]`)?.focus();
  };
  return (
    <>
      <table class="confusion" ref={table} style={{ '--classes': classes }}>
        <caption class="dim">
          True class per row, predicted class per column. A cell opens its examples.
        </caption>
        <thead>
          <tr>
            <td />
            {names.map((name) => (
              <th key={name} scope="col" title={name}>
                {short(name)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((truth, row) => (
            <tr key={truth}>
              <th scope="row" title={truth}>
                {short(truth)}
              </th>
              {names.map((guess, column) => {
                const cell = row * classes + column;
                const number = scores.confusion[cell];
                return (
                  <td key={guess}>
                    <button
                      type="button"
                      class={row === column ? 'right' : 'wrong'}
                      style={{ '--share': shade(scores, row, cell, classes) }}
                      data-cell={cell}
                      tabIndex={cell === focused ? 0 : -1}
                      aria-pressed={open === cell}
                      aria-label={`${truth} taken for ${guess}: ${number}`}
                      title={`${truth} taken for ${guess}: ${count(number)}`}
                      onClick={() => setOpen(open === cell ? undefined : cell)}
                      onKeyDown={(event) => move(event, cell)}
                    >
                      {number || ''}
                    </button>
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      {open === undefined ? null : <Opened fit={fit} part={part} scores={scores} names={names} cell={open} />}
    </>
  );
}

/** The examples of a cell, the surest mistakes or the unsurest hits first. */
function Opened({ fit, part, scores, names, cell }: ConfusionProps & { readonly cell: number }) {
  const [truth, guess] = [Math.floor(cell / names.length), cell % names.length];
  const [rows, setRows] = useState<readonly number[]>([]);
  useEffect(() => {
    const found: number[] = [];
    scores.labels.forEach((label, row) => {
      if (label === truth && scores.predicted[row] === guess) found.push(row);
    });
    setRows(found.sort((a, b) => scores.losses[b] - scores.losses[a]).slice(0, SHOWN));
  }, [scores, truth, guess]);
  const total = scores.confusion[cell];
  const which = `${names[truth]} taken for ${names[guess]}`;
  return (
    <div class="opened" role="region" aria-label={which}>
      <h4>
        {which}: {count(total)}
        {total > SHOWN ? `, the ${SHOWN} with the highest loss` : ''}
      </h4>
      <ExampleTiles fit={fit} part={part} scores={scores} rows={rows} label={which} />
    </div>
  );
}

/** How strongly a cell is coloured: its share of the class, with few mistakes still to be seen. */
function shade({ confusion }: ClassScores, row: number, cell: number, classes: number): number {
  let total = 0;
  for (let k = 0; k < classes; k++) total += confusion[row * classes + k];
  return total === 0 ? 0 : Math.sqrt(confusion[cell] / total);
}

function short(name: string): string {
  return name.length > 4 ? `${name.slice(0, 3)}…` : name;
}

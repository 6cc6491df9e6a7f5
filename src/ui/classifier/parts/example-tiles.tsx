/** Examples as tiles: their pictures, or their numbers, with what the model took them for. */
import { useEffect, useState } from 'preact/hooks';
import type { ExampleRows, FitInfo, Part, Scores } from '#worker/classifier/protocol.ts';
import { figure, percent } from '../../state/values.ts';
import type { FitStore } from '../state/fit-store.ts';
import { Picture } from '../../parts/picture.tsx';

type ClassScores = Extract<Scores, { readonly kind: 'classes' }>;

interface TilesProps {
  readonly fit: FitStore;
  readonly part: Part;
  readonly scores: ClassScores;
  readonly rows: readonly number[];
  readonly label: string;
}

/** Fetches the examples of these rows; undefined until they are here. */
export function ExampleTiles({ fit, part, scores, rows, label }: TilesProps) {
  const [shown, setShown] = useState<{ readonly rows: readonly number[]; readonly examples: ExampleRows }>();
  useEffect(() => {
    let isLate = false;
    void fit
      .ask((api) => api.examples(part, Int32Array.from(rows)))
      .then((examples) => !isLate && setShown(examples && { rows, examples }));
    return () => {
      isLate = true;
    };
  }, [fit, part, rows]);
  const { value: info } = fit.info;
  if (!shown || !info || info.task.kind !== 'classes') return <div class="tiles" aria-busy />;
  const { names } = info.task;
  return (
    <ul class="tiles" aria-label={label}>
      {shown.rows.map((row, k) => {
        const [truth, guess] = [names[scores.labels[row]], names[scores.predicted[row]]];
        const sure = percent(scores.confidence[row]);
        return (
          <li key={row} title={`${truth}, taken for ${guess} with ${sure} confidence (row ${row})`}>
            <Example info={info} examples={shown.examples} at={k} label={`${truth}, taken for ${guess}`} />
            <span class="tile-said">
              <b>{truth}</b> → <b class="wrong">{guess}</b>{' '}
              <span class="tile-sure">{percent(Math.round(100 * scores.confidence[row]) / 100)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}

interface ExampleProps {
  readonly info: FitInfo;
  readonly examples: ExampleRows;
  readonly at: number;
  readonly label: string;
}

function Example({ info, examples, at, label }: ExampleProps) {
  const { shape, features } = info;
  const size = shape.reduce((product, length) => product * length, 1);
  const values = examples.inputs.subarray(at * size, (at + 1) * size);
  if (shape.length === 3) return <Picture values={values} shape={shape} label={label} />;
  const few = Array.from(values.subarray(0, 4));
  return (
    <span class="tile-numbers">
      {few.map((value, k) => (
        <span key={features?.[k] ?? k} title={features?.[k]}>
          {figure(value)}
        </span>
      ))}
    </span>
  );
}

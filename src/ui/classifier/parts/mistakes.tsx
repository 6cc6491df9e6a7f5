/** The mistakes with the highest loss: those of which the model is surest. */
import { useEffect, useState } from 'preact/hooks';
import type { Part, Scores } from '#worker/classifier/protocol.ts';
import type { FitStore } from '../state/fit-store.ts';
import { ExampleTiles } from './example-tiles.tsx';

interface MistakesProps {
  readonly fit: FitStore;
  readonly part: Part;
  readonly scores: Extract<Scores, { readonly kind: 'classes' }>;
}

const SHOWN = 24;

export function Mistakes({ fit, part, scores }: MistakesProps) {
  const [rows, setRows] = useState<readonly number[]>([]);
  useEffect(() => {
    const wrong: number[] = [];
    scores.labels.forEach((label, row) => {
      if (scores.predicted[row] !== label) wrong.push(row);
    });
    setRows(wrong.sort((a, b) => scores.losses[b] - scores.losses[a]).slice(0, SHOWN));
  }, [scores]);
  if (rows.length === 0) return <p class="dim">None.</p>;
  return <ExampleTiles fit={fit} part={part} scores={scores} rows={rows} label="Worst mistakes" />;
}

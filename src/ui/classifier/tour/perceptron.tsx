/** The perceptron by hand: one row of the truth table at a time, with its sum and what becomes of the weights. */
import { useState } from 'preact/hooks';
import { AND, perceptronVerdict } from './experiments.ts';
import type { ExperimentProps } from './lesson.tsx';
import { useExperiment } from './use-experiment.ts';

const ROWS = [
  [1, 1],
  [1, 0],
  [0, 1],
  [0, 0],
] as const;
const WANTED = [1, 0, 0, 0] as const;

/** Offset and weights of class 1. */
type Weights = readonly [offset: number, first: number, second: number];

interface Step {
  readonly row: number;
  readonly sum: number;
  readonly after: Weights;
}

const ZEROS: Weights = [0, 0, 0];

export function Perceptron({ bench, onVerdict }: ExperimentProps) {
  const [steps, setSteps] = useState<readonly Step[]>([]);
  const experiment = useExperiment(bench);
  const last = steps.at(-1);
  const weights = last?.after ?? ZEROS;
  const next = steps.length % ROWS.length;
  const pass = steps.length >= 4 && next === 0 ? steps.slice(-4) : [];
  const learned = pass.length > 0 && pass.every(({ sum, row }) => said(sum) === WANTED[row]);

  const step = (): void =>
    experiment.run(async (still) => {
      if (steps.length === 0) await bench.make(AND, still);
      await bench.fit.step('step');
      still();
      const tensors = await bench.ask((api) => api.tensors(), still);
      const [kernel, bias] = tensors.map(({ values }) => values);
      // Two classes: the second is what the neuron says.
      const after: Weights = [bias[1], kernel[1], kernel[3]];
      setSteps([...steps, { row: next, sum: sumOf(weights, next), after }]);
      if (steps.length === 0) onVerdict(perceptronVerdict(after));
    });

  return (
    <div class="by-hand">
      <table>
        <thead>
          <tr>
            <th>a</th>
            <th>b</th>
            <th>wanted</th>
            <th>sum now</th>
            <th>says</th>
          </tr>
        </thead>
        <tbody>
          {ROWS.map(([a, b], row) => {
            const sum = sumOf(weights, row);
            return (
              <tr key={`${a}${b}`} aria-current={row === next && !learned ? 'step' : undefined}>
                <td>{a}</td>
                <td>{b}</td>
                <td>{WANTED[row]}</td>
                <td>
                  {signed(weights[0])} + {signed(weights[1])}·{a} + {signed(weights[2])}·{b} = {signed(sum)}
                </td>
                <td data-right={said(sum) === WANTED[row]}>{said(sum)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      <p>
        Offset and weights:{' '}
        <output aria-label="Offset and weights">({weights.map(signed).join(', ')})</output>
      </p>
      <div class="group">
        <button type="button" class="main" disabled={experiment.busy || learned} onClick={step}>
          Next row
        </button>
        <button
          type="button"
          disabled={steps.length === 0}
          onClick={() => {
            bench.stop();
            setSteps([]);
          }}
        >
          Begin again
        </button>
      </div>
      {learned ? (
        <p class="tour-said" role="status">
          A whole pass without a mistake, after {steps.length / 4 - 1} passes with some: it has learned AND.
          From here on nothing changes any more.
        </p>
      ) : null}
      <ol class="steps" aria-label="Steps so far" reversed start={steps.length}>
        {steps.toReversed().map((taken, k) => (
          <li key={steps.length - k}>{inWords(taken)}</li>
        ))}
      </ol>
    </div>
  );
}

function sumOf([offset, first, second]: Weights, row: number): number {
  return offset + first * ROWS[row][0] + second * ROWS[row][1];
}

/** With the sign of print. */
function signed(value: number): string {
  return String(value).replace('-', '−');
}

function said(sum: number): 0 | 1 {
  return sum > 0 ? 1 : 0;
}

function inWords({ row, sum, after }: Step): string {
  const about = `Row ${ROWS[row].join(' ')}: sum ${signed(sum)}, says ${said(sum)}`;
  if (said(sum) === WANTED[row]) return `${about}, right: nothing changes.`;
  return `${about}, wanted ${WANTED[row]}: ${WANTED[row] === 1 ? 'added' : 'subtracted'}, now (${after.map(signed).join(', ')}).`;
}

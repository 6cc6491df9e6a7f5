/** Fits to MNIST-1D: what overfits, what dropout changes, and what width does. */
import { useState } from 'preact/hooks';
import type { FitRequest } from '#worker/classifier/protocol.ts';
import type { Bench } from './bench.ts';
import {
  descent,
  descentVerdict,
  OVERFITTING,
  overfittingVerdict,
  WIDTHS,
  type Reading,
} from './experiments.ts';
import type { ExperimentProps } from './lesson.tsx';
import { Run } from './planes.tsx';
import { Plot } from './plot.tsx';
import { useExperiment } from './use-experiment.ts';

const CLASSES = 10;

export function Overfitting({ bench, onVerdict }: ExperimentProps) {
  const [without, setWithout] = useState<readonly Reading[]>([]);
  const [dropped, setDropped] = useState<readonly Reading[]>([]);
  const experiment = useExperiment(bench);
  const run = (): void =>
    experiment.run(async (still) => {
      setWithout([]);
      setDropped([]);
      const first = await losses(bench, OVERFITTING.without, still, setWithout);
      const second = await losses(bench, OVERFITTING.with, still, setDropped);
      onVerdict(overfittingVerdict(first, second));
    });
  return (
    <>
      <Run busy={experiment.busy} onRun={run} />
      <Plot
        label="Losses over the epochs"
        unit="epoch"
        range={[1, 60]}
        ticks={[1, 20, 40, 60]}
        lines={[
          { name: 'training curves', look: 'train', points: without.map(({ x, train }) => [x, train]) },
          { name: 'new curves', look: 'test', points: without.map(({ x, test }) => [x, test]) },
          {
            name: 'new curves, with dropout',
            look: 'other',
            points: dropped.map(({ x, test }) => [x, test]),
          },
        ]}
      />
    </>
  );
}

export function DoubleDescent({ bench, onVerdict }: ExperimentProps) {
  const [rows, setRows] = useState<readonly Reading[]>([]);
  const experiment = useExperiment(bench);
  const run = (): void =>
    experiment.run(async (still) => {
      const all: Reading[] = [];
      setRows([]);
      for (const units of WIDTHS) {
        await bench.make(descent(units), still);
        const data = await trainingData(bench, still);
        await bench.toEnd(still);
        all.push({ x: units, ...(await reading(bench, data, still)) });
        setRows([...all]);
      }
      onVerdict(descentVerdict(all));
    });
  return (
    <>
      <Run busy={experiment.busy} onRun={run} />
      <Plot
        label="Losses over the width"
        unit="hidden units"
        logarithmic
        range={[WIDTHS[0], WIDTHS[WIDTHS.length - 1]]}
        ticks={[1, 4, 16, 64, 256]}
        lines={[
          { name: 'training curves', look: 'train', points: rows.map(({ x, train }) => [x, train]) },
          { name: 'new curves', look: 'test', points: rows.map(({ x, test }) => [x, test]) },
        ]}
      />
    </>
  );
}

interface Data {
  readonly inputs: Uint8Array | Float32Array;
  readonly targets: Int32Array | Float32Array;
}

function trainingData(bench: Bench, still: () => void): Promise<Data> {
  const count = bench.fit.info.peek()?.counts.train ?? 0;
  const rows = Int32Array.from({ length: count }, (_, k) => k);
  return bench.ask((api) => api.examples('train', rows), still);
}

/** Losses after every epoch. */
async function losses(
  bench: Bench,
  request: FitRequest,
  still: () => void,
  show: (rows: readonly Reading[]) => void,
): Promise<readonly Reading[]> {
  const info = await bench.make(request, still);
  const data = await trainingData(bench, still);
  const rows: Reading[] = [];
  for (let epoch = 1; epoch <= Number(info.request.config['epochs']); epoch++) {
    await bench.epoch(still);
    rows.push({ x: epoch, ...(await reading(bench, data, still)) });
    show([...rows]);
  }
  return rows;
}

/** Mean −log p of the right class: of the training examples as they are predicted, without dropout, and of the test set. */
async function reading(
  bench: Bench,
  { inputs, targets }: Data,
  still: () => void,
): Promise<Omit<Reading, 'x'>> {
  const probabilities = await bench.ask((api) => api.predict(inputs), still);
  const { loss } = await bench.ask((api) => api.evaluate('test'), still);
  let sum = 0;
  for (let k = 0; k < targets.length; k++)
    sum -= Math.log(Math.max(1e-7, probabilities[k * CLASSES + targets[k]]));
  return { train: sum / targets.length, test: loss };
}

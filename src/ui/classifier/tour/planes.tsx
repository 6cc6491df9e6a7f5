/** Fits to points of the plane, one after another, with the border that each finds. */
import { useState } from 'preact/hooks';
import type { FitRequest } from '#worker/classifier/protocol.ts';
import { gridOf, LARGE, type Points } from '../playground/grid.ts';
import { HeatMap, PointsMap } from '../playground/heat-map.tsx';
import { valuesOf } from '../playground/losses.ts';
import type { Bench } from './bench.ts';
import { LINEAR_LAYERS, linearLayersVerdict, LOGISTIC, logisticVerdict } from './experiments.ts';
import type { ExperimentProps } from './lesson.tsx';
import { useExperiment } from './use-experiment.ts';

/** What a fit has come to. */
interface Found {
  readonly points: Points;
  readonly values: Float32Array;
  readonly epoch: number;
  /** Test accuracy, when all epochs are over. */
  readonly accuracy?: number;
}

const grid = gridOf(LARGE, ['x1', 'x2']);
/** Epochs between two looks. */
const EVERY = 2;

export function Logistic({ bench, onVerdict }: ExperimentProps) {
  const [found, setFound] = useState<Found>();
  const experiment = useExperiment(bench);
  const run = (): void =>
    experiment.run(async (still) => {
      const last = await fitted(bench, LOGISTIC, still, setFound);
      onVerdict(logisticVerdict(last.values, LARGE));
    });
  return (
    <>
      <Run busy={experiment.busy} onRun={run} />
      <div class="planes">
        <Plane title="One neuron" found={found} />
      </div>
    </>
  );
}

export function LinearLayers({ bench, onVerdict }: ExperimentProps) {
  const [found, setFound] = useState<readonly (Found | undefined)[]>([]);
  const experiment = useExperiment(bench);
  const run = (): void =>
    experiment.run(async (still) => {
      setFound([]);
      const accuracies: number[] = [];
      for (const [k, { request }] of LINEAR_LAYERS.entries()) {
        const last = await fitted(bench, request, still, (now) =>
          setFound((all) => LINEAR_LAYERS.map((_, j) => (j === k ? now : all[j]))),
        );
        accuracies.push(last.accuracy ?? 0);
      }
      onVerdict(linearLayersVerdict(accuracies));
    });
  return (
    <>
      <Run busy={experiment.busy} onRun={run} />
      <div class="planes">
        {LINEAR_LAYERS.map(({ title }, k) => (
          <Plane key={title} title={title} found={found[k]} />
        ))}
      </div>
    </>
  );
}

/** Starts an experiment. */
export function Run({ busy, onRun }: { readonly busy: boolean; readonly onRun: () => void }) {
  return (
    <p>
      <button type="button" class="main" disabled={busy} onClick={onRun}>
        {busy ? 'Running…' : 'Run it'}
      </button>
    </p>
  );
}

function Plane({ title, found }: { readonly title: string; readonly found: Found | undefined }) {
  const accuracy = found?.accuracy;
  return (
    <figure class="plane">
      <div class="plane-map" role="img" aria-label={`${title}: the border it has found`}>
        {found ? <HeatMap values={found.values} side={LARGE} /> : null}
        {found ? (
          <PointsMap sets={[{ points: found.points, ring: '#ffffff' }]} size={400} radius={5} classes />
        ) : null}
      </div>
      <figcaption>
        <span>{title}</span>
        <span>
          {accuracy === undefined
            ? found && `epoch ${found.epoch}`
            : `${(100 * accuracy).toFixed(0)} % of new points`}
        </span>
      </figcaption>
    </figure>
  );
}

/** Trains a fit to its end and shows its border on the way. */
async function fitted(
  bench: Bench,
  request: FitRequest,
  still: () => void,
  show: (found: Found) => void,
): Promise<Found> {
  const { counts, request: complete } = await bench.make(request, still);
  const rows = Int32Array.from({ length: counts.train }, (_, k) => k);
  const { inputs, targets } = await bench.ask((api) => api.examples('train', rows), still);
  const points = { count: counts.train, places: Float32Array.from(inputs), targets };
  const look = async (epoch: number): Promise<Found> => {
    const predictions = await bench.ask((api) => api.predict(grid), still);
    return { points, epoch, values: valuesOf(predictions, true, 0, LARGE * LARGE) };
  };
  const epochs = Number(complete.config['epochs']);
  for (let epoch = 1; epoch <= epochs; epoch++) {
    await bench.epoch(still);
    if (epoch % EVERY === 0) show(await look(epoch));
  }
  const scores = await bench.ask((api) => api.evaluate('test'), still);
  const last = { ...(await look(epochs)), ...(scores.kind === 'classes' && { accuracy: scores.accuracy }) };
  show(last);
  return last;
}

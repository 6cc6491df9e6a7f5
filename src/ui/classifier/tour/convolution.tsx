/** A dense layer and convolutions on the same curves, then a filter of the trained network moved along one of them by hand. */
import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { CONVOLUTION, convolutionVerdict } from './experiments.ts';
import type { ExperimentProps } from './lesson.tsx';
import { Run } from './planes.tsx';
import { Plot } from './plot.tsx';
import { useExperiment } from './use-experiment.ts';

/** Of the first layer of the trained convolutions, on one curve of the test set. */
interface Filters {
  readonly curve: Float32Array;
  /** [size × 1 × filters], and [filters]. */
  readonly kernel: Float32Array;
  readonly bias: Float32Array;
  readonly size: number;
  readonly count: number;
}

export function Convolution({ bench, onVerdict }: ExperimentProps) {
  const [lines, setLines] = useState<readonly (readonly (readonly [number, number])[])[]>([]);
  const [filters, setFilters] = useState<Filters>();
  const experiment = useExperiment(bench);
  const run = (): void =>
    experiment.run(async (still) => {
      setLines([]);
      setFilters(undefined);
      const ends: number[] = [];
      for (const [k, { request }] of CONVOLUTION.entries()) {
        const info = await bench.make(request, still);
        const points: [number, number][] = [];
        for (let epoch = 1; epoch <= Number(info.request.config['epochs']); epoch++) {
          await bench.epoch(still);
          const scores = await bench.ask((api) => api.evaluate('test'), still);
          points.push([epoch, scores.kind === 'classes' ? 100 * scores.accuracy : 0]);
          setLines((all) => CONVOLUTION.map((_, j) => (j === k ? [...points] : (all[j] ?? []))));
        }
        ends.push((points.at(-1)?.[1] ?? 0) / 100);
      }
      const [kernel, bias] = await bench.ask((api) => api.tensors(), still);
      const { inputs } = await bench.ask((api) => api.examples('test', Int32Array.of(0)), still);
      const [size, , count] = kernel.shape;
      const curve = Float32Array.from(inputs);
      setFilters({ curve, kernel: kernel.values, bias: bias.values, size, count });
      onVerdict(convolutionVerdict(ends));
    });
  return (
    <>
      <Run busy={experiment.busy} onRun={run} />
      <Plot
        label="Known new curves over the epochs, in percent"
        unit="epoch"
        range={[1, 15]}
        ticks={[1, 5, 10, 15]}
        top={100}
        lines={CONVOLUTION.map(({ title }, k) => ({
          name: `${title}, % of new curves`,
          look: k === 0 ? 'train' : 'test',
          points: lines[k] ?? [],
        }))}
      />
      {filters ? <Slide filters={filters} /> : null}
    </>
  );
}

const [WIDTH, HEIGHT] = [520, 110];

/** The reader moves a filter along the curve: five numbers times five weights, added up. */
function Slide({ filters: { curve, kernel, bias, size, count } }: { readonly filters: Filters }) {
  const [filter, setFilter] = useState(0);
  const [place, setPlace] = useState(12);
  const weights = Array.from({ length: size }, (_, k) => kernel[k * count + filter]);
  const answers = Array.from({ length: curve.length - size + 1 }, (_, at) =>
    weights.reduce((sum, weight, k) => sum + weight * curve[at + k], bias[filter]),
  );
  const terms = weights.map((weight, k) => `${printed(curve[place + k])}·${printed(weight)}`);
  const across = (at: number): number => ((at + 0.5) / curve.length) * WIDTH;
  return (
    <div class="slide">
      <h3>A filter that it has learned</h3>
      <Trace values={curve} label="A curve of the test set" from={0}>
        <rect
          x={across(place - 0.5)}
          width={across(size) - across(0)}
          y={1}
          height={HEIGHT - 2}
          class="window"
        />
      </Trace>
      <Trace
        values={answers.map((answer) => Math.max(0, answer))}
        label="How well each piece fits; the network keeps every second answer"
        from={2}
      >
        <circle
          cx={across(place + 2)}
          cy={heightOf(answers.map((a) => Math.max(0, a)))(Math.max(0, answers[place]))}
          r={4}
        />
      </Trace>
      <label>
        Place of the filter
        <input
          type="range"
          min={0}
          max={answers.length - 1}
          value={place}
          onInput={({ currentTarget }) => setPlace(Number(currentTarget.value))}
        />
      </label>
      <label>
        Filter {filter + 1} of {count}
        <input
          type="range"
          min={0}
          max={count - 1}
          value={filter}
          onInput={({ currentTarget }) => setFilter(Number(currentTarget.value))}
        />
      </label>
      <p class="formula-line">
        {terms.join(' + ')} + {printed(bias[filter])} = <b>{printed(answers[place], 2)}</b>
        {answers[place] < 0 ? ', and below 0 a ReLU passes on 0' : ''}
      </p>
    </div>
  );
}

function printed(value: number, digits = 1): string {
  const text = Math.abs(value).toFixed(digits);
  return value < 0 ? `(−${text})` : text;
}

interface TraceProps {
  readonly values: ArrayLike<number>;
  readonly label: string;
  /** Place of the first value. */
  readonly from: number;
  readonly children: ComponentChildren;
}

function Trace({ values, label, from, children }: TraceProps) {
  const up = heightOf(values);
  const points = Array.from(
    values,
    (value, k) => `${(((k + from + 0.5) / 40) * WIDTH).toFixed(1)},${up(value).toFixed(1)}`,
  );
  return (
    <figure>
      <figcaption>{label}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={label}>
        {children}
        <polyline points={points.join(' ')} />
      </svg>
    </figure>
  );
}

function heightOf(values: ArrayLike<number>): (value: number) => number {
  const all = Array.from(values);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return (value) => HEIGHT - 8 - ((value - low) / Math.max(1e-6, high - low)) * (HEIGHT - 16);
}

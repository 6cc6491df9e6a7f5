/** A digit moved against a network: as it is, what is added, what comes out, and what the network says of both. */
import { argmax } from '#core/argmax.ts';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { ADVERSARIAL, adversarialVerdict, ATTACKED, EPSILONS } from './experiments.ts';
import type { ExperimentProps } from './lesson.tsx';
import { Run } from './planes.tsx';
import { Plot } from './plot.tsx';
import { useExperiment } from './use-experiment.ts';

const SIDE = 28;

interface Attacked {
  readonly label: number;
  /** [784] from 0 to 1. */
  readonly before: Float32Array;
  readonly after: Float32Array;
  /** What the network takes them for, and how sure it is. */
  readonly says: readonly [Said, Said];
}

interface Said {
  readonly digit: number;
  readonly probability: number;
}

export function Adversarial({ bench, onVerdict }: ExperimentProps) {
  const [accuracies, setAccuracies] = useState<readonly number[]>([]);
  const [row, setRow] = useState(0);
  const [epsilon, setEpsilon] = useState(0.1);
  const [attacked, setAttacked] = useState<Attacked>();
  const experiment = useExperiment(bench);

  const attack = async (row: number, epsilon: number, still: () => void): Promise<void> => {
    const { inputs, targets } = await bench.ask((api) => api.examples('test', Int32Array.of(row)), still);
    const label = targets[0];
    const pixels = inputs as Uint8Array;
    const { picture, before, after } = await bench.ask(
      (api) => api.attack(pixels, label, epsilon, 'fgsm'),
      still,
    );
    setAttacked({
      label,
      before: Float32Array.from(pixels, (byte) => byte / 255),
      after: picture,
      says: [mostLikely(before), mostLikely(after)],
    });
  };
  const run = (): void =>
    experiment.run(async (still) => {
      await bench.make(ADVERSARIAL, still);
      await bench.toEnd(still);
      const curve = await bench.ask((api) => api.robustness(EPSILONS, ATTACKED), still);
      setAccuracies(curve.accuracies);
      await attack(row, epsilon, still);
      onVerdict(adversarialVerdict(curve.accuracies));
    });
  const change = (next: { readonly row?: number; readonly epsilon?: number }): void => {
    const [r, e] = [next.row ?? row, next.epsilon ?? epsilon];
    setRow(r);
    setEpsilon(e);
    experiment.run((still) => attack(r, e, still));
  };

  return (
    <>
      <Run busy={experiment.busy && !attacked} onRun={run} />
      <Plot
        label="Digits still known, in percent, over ε"
        unit="ε"
        range={[0, 0.25]}
        ticks={[0, 0.05, 0.1, 0.15, 0.2, 0.25]}
        top={100}
        lines={[
          {
            name: '% of test digits still known',
            look: 'test',
            points: accuracies.map((share, k) => [EPSILONS[k], 100 * share]),
          },
        ]}
      />
      {attacked ? (
        <div class="attacked">
          <div class="pictures">
            <Digit title={`As it is: says ${inWords(attacked.says[0])}`} values={attacked.before} />
            <Digit
              title="What is added, four times as strong"
              values={attacked.after.map((value, k) => 0.5 + 4 * (value - attacked.before[k]))}
            />
            <Digit title={`Moved: says ${inWords(attacked.says[1])}`} values={attacked.after} />
          </div>
          <label>
            <span>
              ε <b>{epsilon}</b>
            </span>
            <input
              type="range"
              min={0}
              max={0.25}
              step={0.01}
              value={epsilon}
              onInput={({ currentTarget }) => change({ epsilon: Number(currentTarget.value) })}
            />
          </label>
          <button type="button" onClick={() => change({ row: row + 1 })}>
            Next digit
          </button>
        </div>
      ) : null}
    </>
  );
}

function inWords({ digit, probability }: Said): string {
  return `${digit} (${(100 * probability).toFixed(0)} %)`;
}

function mostLikely(probabilities: Float32Array): Said {
  const digit = argmax(probabilities);
  return { digit, probability: probabilities[digit] };
}

function Digit({ title, values }: { readonly title: string; readonly values: Float32Array }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const context = canvas.current?.getContext('2d', { willReadFrequently: true });
    if (!context) return;
    const image = context.createImageData(SIDE, SIDE);
    values.forEach((value, k) => {
      image.data.fill(Math.round(255 * Math.min(1, Math.max(0, value))), 4 * k, 4 * k + 3);
      image.data[4 * k + 3] = 255;
    });
    context.putImageData(image, 0, 0);
  }, [values]);
  return (
    <figure>
      <canvas ref={canvas} width={SIDE} height={SIDE} role="img" aria-label={title} />
      <figcaption>{title}</figcaption>
    </figure>
  );
}

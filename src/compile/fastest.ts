/**
 * `auto`: times each step on every candidate, keeps the fastest, and says so in its label. Which one that is cannot be told from
 * the step: small networks never repay a GPU's latency, large convolutions do.
 */
import { sizeOf } from './graph/graph.ts';
import { whenReady, type Compute, type NamedValues, type Runner, type StepShapes } from './step.ts';

export interface FastestOptions {
  /** Compared in this order; the first wins a tie. */
  readonly candidates: readonly Compute[];
  /** A clock in milliseconds. */
  readonly now: () => number;
  /** Milliseconds that all measurements of one step may take together. */
  readonly budget: number;
}

interface Measured {
  readonly label: string;
  readonly runner: Runner;
  /** Milliseconds per run. */
  readonly time: number;
}

/** With a single candidate it is that one, and nothing is measured. */
export function fastestCompute({ candidates, now, budget }: FastestOptions): Compute {
  const [first] = candidates;
  if (candidates.length === 1) return first;
  const findings: string[] = [];
  const share = budget / candidates.length;
  return {
    get label() {
      return findings.length > 0 ? findings.join('; ') : candidates.map(({ label }) => label).join(' or ');
    },
    infer: (...step) => first.infer(...step),
    async compile(name, step, shapes, initial) {
      const measured: Measured[] = [];
      for (const candidate of candidates) {
        const runner = await candidate.compile(name, step, shapes, initial);
        const time = await measure(runner, shapes, now, share);
        measured.push({ label: candidate.label, runner, time });
      }
      const best = measured.reduce((best, each) => (each.time < best.time ? each : best));
      for (const each of measured) if (each !== best) each.runner.dispose();
      await best.runner.setState(initial);
      findings.push(finding(name, best, measured));
      return best.runner;
    },
  };
}

/** `simd (dqn: 0.24 ms, eager · webgpu 7.1 ms)`. */
function finding(name: string, best: Measured, all: readonly Measured[]): string {
  const others = all
    .filter((each) => each !== best)
    .map((each) => `${each.label} ${milliseconds(each.time)}`);
  return `${best.label} (${name}: ${milliseconds(best.time)}, ${others.join(', ')})`;
}

function milliseconds(time: number): string {
  return `${time.toPrecision(2)} ms`;
}

/** Milliseconds per run on inputs of zeros, waiting for the device: the best of several rounds, the first of which warms up. */
async function measure(
  runner: Runner,
  shapes: StepShapes,
  now: () => number,
  budget: number,
): Promise<number> {
  const inputs = zeros(shapes);
  // Reading any state waits for the device; the smallest costs the least.
  const names = Object.keys(shapes.state).sort(
    (a, b) => sizeOf(shapes.state[a].shape) - sizeOf(shapes.state[b].shape),
  );
  const read = names.slice(0, 1);
  const into = new Float32Array(read.length === 0 ? 0 : sizeOf(shapes.state[read[0]].shape));
  const round = async (runs: number): Promise<number> => {
    const start = now();
    for (let k = 0; k < runs; k++) await whenReady(runner.run(inputs, []), () => undefined);
    await runner.readState(read, into);
    return (now() - start) / runs;
  };
  const start = now();
  let best = await round(1);
  let runs = 1;
  while (now() - start < budget) {
    best = Math.min(best, await round(runs));
    runs = Math.min(64, runs * 2);
  }
  return best;
}

function zeros({ inputs }: StepShapes): NamedValues {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, { shape, dtype }]) => {
      const size = sizeOf(shape);
      if (dtype === 'float32') return [name, new Float32Array(size)];
      return [name, dtype === 'int32' ? new Int32Array(size) : new Uint8Array(size)];
    }),
  );
}

/** Keeps numbers that are not finite out of a run's record, its checkpoints and its evaluations. */
import type { Learner } from '#core/agent.ts';
import { DivergenceError, firstNotFinite } from '#core/divergence.ts';
import { messageOf, show } from '#core/errors.ts';
import { isTypedArray, type Snapshot, type SnapshotValue } from '#core/snapshot.ts';
import type { RunSetup } from '../request/resolve.ts';

/** Throws a `DivergenceError` if acting reads a parameter that is not finite. Allocates nothing. */
export function checkParameters({ parameters }: Pick<Learner, 'parameters'>): void {
  const value = parameters && firstNotFinite(parameters);
  if (value !== undefined) throw new DivergenceError({ what: 'a parameter', value });
}

/** The same snapshot. Throws a `DivergenceError` that names the array with a number that is not finite. */
export function finiteSnapshot(saved: Snapshot, where: string): Snapshot {
  for (const [name, value] of Object.entries(saved)) checkValue(value, `${where}.${name}`);
  return saved;
}

function checkValue(saved: SnapshotValue, what: string): void {
  if (saved instanceof Float32Array || saved instanceof Float64Array) {
    const value = firstNotFinite(saved);
    // The minimum of nothing, in a sum tree's empty rows, is no sign of divergence.
    if (value === Infinity && what.endsWith('.minima') && !saved.some(Number.isNaN)) return;
    if (value !== undefined) throw new DivergenceError({ what: `a number of ${what}`, value });
  } else if (typeof saved === 'object' && saved !== null && !isTypedArray(saved))
    for (const [name, inner] of Object.entries(saved)) checkValue(inner, `${what}.${name}`);
}

/** What was trained. */
interface Subject {
  /** Of learner and what it learns from, such as `dqn on cart-pole`. */
  readonly name: string;
  readonly config: Readonly<Record<string, unknown>>;
  /** Whether it learns from rewards. */
  readonly hasRewards: boolean;
}

export function subjectOf({ agent, world, config }: RunSetup): Subject {
  return { name: `${agent.id} on ${world.id}`, config, hasRewards: agent.kind === 'agent' };
}

/** An error that stopped a run, with the progress at which it did; with advice where the run has diverged. */
export function stopped(cause: unknown, subject: Subject, at: { unit: string; step: number }): Error {
  const where = `${subject.name}, ${at.unit} ${at.step}`;
  if (cause instanceof DivergenceError)
    return new DivergenceError(cause.divergence, {
      where,
      step: at.step,
      advice: cause.divergence.remedy ?? adviceFor(subject),
    });
  const message = messageOf(cause);
  return new Error(`${where}: ${message}`, { cause });
}

/** What usually helps, by the names of the settings that this agent has. */
function adviceFor({ config, hasRewards }: Subject): string {
  const { gradientClip } = config;
  const remedies = [
    ...['learningRate', 'stepSize']
      .filter((key) => key in config)
      .map((key) => `a lower ${key} than ${show(config[key])}`),
    ...(gradientClip === 0 ? ['clipped gradients (gradientClip=1)'] : []),
    ...(typeof gradientClip === 'number' && gradientClip > 0
      ? [`a lower gradientClip than ${gradientClip}`]
      : []),
    ...(hasRewards ? ['smaller reward weights'] : []),
  ];
  return `Try ${remedies.join(', or ')}.`;
}

/** Where the time of a run goes: acting, its worlds, learning. Measured by itself, so that training pays nothing for it. */
import type { Agent } from '#core/agent.ts';
import type { Run } from '#train/runs/run.ts';

/** Shares of the time, which add up to one. */
export interface TimeSplit {
  readonly act: number;
  readonly world: number;
  readonly learn: number;
  /** The loop, the record and the clock. */
  readonly rest: number;
}

/** Milliseconds of training that are measured. */
const DURATION = 300;
/** Calls by which the cost of a measurement itself is found. */
const CALIBRATION = 20_000;

class Meter {
  milliseconds = 0;
  calls = 0;
  private depth = 0;

  /** Replaces methods of an object by measured ones. */
  watch<Name extends string>(target: Partial<Record<Name, unknown>>, names: readonly Name[]): void {
    for (const name of names) {
      const method = target[name];
      if (typeof method !== 'function') continue;
      const measured = (...args: readonly unknown[]): unknown => {
        const start = this.depth++ === 0 ? performance.now() : NaN;
        try {
          return Reflect.apply(method, target, args) as unknown;
        } finally {
          if (--this.depth === 0) {
            this.milliseconds += performance.now() - start;
            this.calls++;
          }
        }
      };
      Object.defineProperty(target, name, { value: measured, configurable: true, writable: true });
    }
  }
}

/**
 * Trains a little further and says where the time went; undefined if other threads work too, there is no world, or
 * steps are too short to be measured. The run stays
 * measured, and thereby slower: it is for runs that are over.
 */
export async function timeSplit(run: Run): Promise<TimeSplit | undefined> {
  const env = run.scene?.env;
  if (!env || run.workers > 1 || run.finished) return undefined;
  const learner: Partial<Pick<Agent, 'act' | 'observe' | 'update'>> = run.agent;
  const [act, world, learn] = [new Meter(), new Meter(), new Meter()];
  act.watch(learner, ['act']);
  world.watch(env, ['step']);
  learn.watch(learner, ['observe', 'update']);
  const cost = costOfMeasuring();
  const start = performance.now();
  await run.advance(() => performance.now() - start >= DURATION);
  const calls = act.calls + world.calls + learn.calls;
  // Half of a measurement lies between its two looks at the clock, half outside.
  const own = ({ milliseconds, calls: count }: Meter): number =>
    Math.max(0, milliseconds - (count * cost) / 2);
  const total = Math.max(performance.now() - start - calls * cost, own(act) + own(world) + own(learn));
  // Steps that are shorter than the measurement of them.
  if (total <= 0) return undefined;
  const share = (milliseconds: number): number => Number((milliseconds / total).toFixed(3));
  const parts = { act: share(own(act)), world: share(own(world)), learn: share(own(learn)) };
  return { ...parts, rest: Number((1 - parts.act - parts.world - parts.learn).toFixed(3)) };
}

/** Milliseconds of a measured call that does nothing. */
function costOfMeasuring(): number {
  const target = { nothing: (): void => {} };
  new Meter().watch(target, ['nothing']);
  const start = performance.now();
  for (let k = 0; k < CALIBRATION; k++) target.nothing();
  return (performance.now() - start) / CALIBRATION;
}

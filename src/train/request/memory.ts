/** How much memory a run's replay buffer will take, known before its first step. */
import { gigabytes } from '#core/bytes.ts';
import { experienceBytes } from '#core/experience.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { VectorEnv } from '#core/vector-env.ts';
import { createKernel, type RunSetup } from './resolve.ts';

/** Transitions that it keeps in so many steps, and the bytes that they take. */
interface Need {
  readonly transitions: number;
  readonly bytes: number;
}

/** What a run keeps of `steps` steps, by what its first observation takes; nothing where its agent has no replay buffer. */
export function memoryNeeded(setup: RunSetup, steps = Infinity): Need {
  const { agent, config } = setup;
  const transitions = Math.min(agent.transitions?.(config) ?? 0, steps);
  if (transitions === 0) return { transitions, bytes: 0 };
  const { spec, obs } = new VectorEnv(createKernel(setup), 1, rngStreams(setup.seed));
  return { transitions, bytes: transitions * experienceBytes(spec, obs) };
}

/** Throws an `InputError` if what a run keeps of `steps` steps does not fit into `available` bytes. Returns what it needs. */
export function checkMemory(setup: RunSetup, available: number, steps?: number): Need {
  const need = memoryNeeded(setup, steps);
  if (need.bytes <= available) return need;
  const most = Math.floor(available / (need.bytes / need.transitions));
  const expected = `at most ${most} transitions, which take ${gigabytes(available)}`;
  const got = `${need.transitions}, which take ${gigabytes(need.bytes)}`;
  throw new InputError([{ field: 'agent.replaySize', expected, got }]);
}

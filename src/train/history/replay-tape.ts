/** Plays a filmed episode again, step by step, and checks that it ends as it did. */
import { actionSize } from '#core/env.ts';
import { rngStreams } from '#core/rng.ts';
import { actionBuffer, VectorEnv, type ActionBuffer } from '#core/vector-env.ts';
import { createKernel, type RunSetup } from '../request/resolve.ts';
import type { Tape } from './tape.ts';

export class TapePlayer {
  readonly env: VectorEnv;
  private readonly tape: Tape;
  private readonly actions: ActionBuffer;
  private readonly dims: number;
  private played = 0;

  /** `setup`: of the run that was filmed. */
  constructor(setup: RunSetup, tape: Tape) {
    const kernel = createKernel(setup);
    this.tape = tape;
    this.env = new VectorEnv(kernel, 1, rngStreams(0));
    this.actions = actionBuffer(kernel.spec, 1);
    this.dims = kernel.spec.action.kind === 'box' ? actionSize(kernel.spec) : 1;
    this.rewind();
  }

  get over(): boolean {
    return this.played === this.tape.length;
  }

  /** Back to the state in which the episode began. */
  rewind(): void {
    this.played = 0;
    this.env.restore(this.tape.start);
  }

  /** Plays the next action. Throws if the episode then ends otherwise than it did. */
  step(): void {
    const { env, tape, actions, dims } = this;
    const at = this.played * dims;
    if (actions.discrete.length > 0) actions.discrete[0] = tape.actions[at];
    else actions.box.set(tape.actions.subarray(at, at + dims));
    env.step(actions);
    this.played++;
    const isOver = (env.terminated[0] | env.truncated[0]) !== 0;
    if (isOver === this.over && (!isOver || Object.is(env.episodeReturn[0], tape.return))) return;
    throw new Error(
      `episode ${tape.number}: expected a return of ${tape.return} after ${tape.length} steps, got ${env.episodeReturn[0]} after ${this.played}`,
    );
  }
}

/** Holds this worker's run and its backend. A thread has one backend at a time. */
import { DivergenceError } from '#core/divergence.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';
import { BackendInUse, type CreateCompute, type HostCompute } from './backend-in-use.ts';
import type { BackendChoice } from './protocol.ts';

/** Rows of episodes and of metrics that are kept for checkpoints; the page keeps its own, thinned curves. */
const KEPT_ROWS = 100_000;

export class RunHolder {
  readonly backend: BackendInUse;
  private current: Run | undefined;

  constructor(createCompute: CreateCompute) {
    this.backend = new BackendInUse(createCompute);
  }

  get run(): Run | undefined {
    return this.current;
  }

  /**
   * Replaces the current run, which stays if that fails. If the new run needs another backend, the current one is disposed of
   * first, and restored from a snapshot if the new one fails; without one, a backend that does not work gives way to the next.
   * `isSound`: whether the current run is worth restoring. `saved`: the state from which the new one starts.
   */
  async replace(
    setup: RunSetup,
    choice: BackendChoice,
    { isSound, saved }: { readonly isSound: boolean; readonly saved?: Snapshot | undefined },
  ): Promise<Run> {
    const { is } = this.backend;
    if (is && this.backend.choice === choice) {
      const run = await makeRun(setup, is, saved);
      this.current?.dispose();
      return (this.current = run);
    }
    const before = this.current && isSound && (await this.remember(this.current));
    this.dispose();
    try {
      return await this.makeOn(setup, choice, saved, !before);
    } catch (error) {
      this.dispose();
      if (before) await this.makeOn(before.setup, before.choice, before.saved, true);
      throw error;
    }
  }

  /** Ends a run whose executor is at fault, so that it can be made on the next; false if it is not. */
  giveUp(error: unknown): boolean {
    if (!this.current || !this.backend.atFault(error)) return false;
    this.current.dispose();
    this.current = undefined;
    return this.backend.giveUp(error);
  }

  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
    this.backend[Symbol.dispose]();
  }

  /** What to continue from; undefined where the run has diverged, which nobody wants back. */
  private async remember(run: Run) {
    try {
      return { setup: run.setup, choice: this.backend.choice ?? 'auto', saved: await run.snapshot() };
    } catch (error) {
      if (error instanceof DivergenceError) return undefined;
      throw error;
    }
  }

  private async makeOn(
    setup: RunSetup,
    choice: BackendChoice,
    saved: Snapshot | undefined,
    yields: boolean,
  ): Promise<Run> {
    const make = (is: HostCompute): Promise<Run> => makeRun(setup, is, saved);
    return (this.current = await this.backend.make(choice, make, { yields }));
  }
}

async function makeRun(setup: RunSetup, is: HostCompute, saved: Snapshot | undefined): Promise<Run> {
  const run = await createRun(setup, is, KEPT_ROWS);
  try {
    if (saved) await run.restore(saved);
    return run;
  } catch (error) {
    run.dispose();
    throw error;
  }
}

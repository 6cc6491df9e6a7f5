/** Holds this worker's run and its backend. A thread has one backend at a time. */
import { DivergenceError } from '#core/divergence.ts';
import type { Snapshot } from '#core/snapshot.ts';
import type { ComputeOptions, createCompute } from '#host/compute.ts';
import type { RunSetup } from '#train/request/resolve.ts';
import { createRun } from '#train/runs/create.ts';
import type { Run } from '#train/runs/run.ts';
import type { BackendChoice, BackendInfo } from './protocol.ts';

type HostCompute = Awaited<ReturnType<typeof createCompute>>;
export type CreateCompute = (choice: BackendChoice, options?: ComputeOptions) => Promise<HostCompute>;

/** Rows of episodes and of metrics that are kept for checkpoints; the page keeps its own, thinned curves. */
const KEPT_ROWS = 100_000;

export class RunHolder {
  private readonly createCompute: CreateCompute;
  private compute: { readonly choice: BackendChoice; readonly is: HostCompute } | undefined;
  private current: Run | undefined;

  constructor(createCompute: CreateCompute) {
    this.createCompute = createCompute;
  }

  get run(): Run | undefined {
    return this.current;
  }

  get backendInUse(): HostCompute | undefined {
    return this.compute?.is;
  }

  get backend(): BackendInfo {
    const { choice = 'auto', is } = this.compute ?? {};
    const label = is?.label ?? '';
    return { choice, label, fallback: choice === 'auto' && !label.includes('webgpu') };
  }

  /**
   * Replaces the current run, which stays if that fails. If the new run needs another backend, the current one is disposed of
   * first, and restored from a snapshot if the new one fails. `isSound`: whether the current run is worth restoring. `saved`:
   * the state from which the new one starts.
   */
  async replace(
    setup: RunSetup,
    choice: BackendChoice,
    { isSound, saved }: { readonly isSound: boolean; readonly saved?: Snapshot | undefined },
  ): Promise<Run> {
    if (this.compute?.choice === choice) {
      const run = await makeRun(setup, this.compute.is, saved);
      this.current?.dispose();
      return (this.current = run);
    }
    const before = this.current && isSound && (await this.remember(this.current));
    this.dispose();
    try {
      return await this.makeOn(setup, choice, saved);
    } catch (error) {
      this.dispose();
      if (before) await this.makeOn(before.setup, before.choice, before.saved);
      throw error;
    }
  }

  dispose(): void {
    this.current?.dispose();
    this.current = undefined;
    this.compute?.is[Symbol.dispose]();
    this.compute = undefined;
  }

  /** What to continue from; undefined where the run has diverged, which nobody wants back. */
  private async remember(run: Run) {
    try {
      return { setup: run.setup, choice: this.backend.choice, saved: await run.snapshot() };
    } catch (error) {
      if (error instanceof DivergenceError) return undefined;
      throw error;
    }
  }

  private async makeOn(setup: RunSetup, choice: BackendChoice, saved: Snapshot | undefined): Promise<Run> {
    const is = await this.createCompute(choice);
    this.compute = { choice, is };
    return (this.current = await makeRun(setup, is, saved));
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

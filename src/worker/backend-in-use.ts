/** The backend of this worker's run: a thread has one at a time. One that does not work here gives way to the next. */
import { InputError, messageOf, problemLine } from '#core/errors.ts';
import type { ComputeOptions, createCompute } from '#host/compute.ts';
import { executorAtFault, type Executor } from '#host/executor.ts';
import type { BackendChoice, BackendInfo } from './protocol.ts';

export type HostCompute = Awaited<ReturnType<typeof createCompute>>;
export type CreateCompute = (choice: BackendChoice, options?: ComputeOptions) => Promise<HostCompute>;

export class BackendInUse implements Disposable {
  private readonly createCompute: CreateCompute;
  private compute: { readonly choice: BackendChoice; readonly is: HostCompute } | undefined;
  private avoided: readonly Executor[] = [];
  private instead: BackendInfo['instead'];
  /** The choice that was asked for last. */
  private asked: BackendChoice | undefined;

  constructor(createCompute: CreateCompute) {
    this.createCompute = createCompute;
  }

  get is(): HostCompute | undefined {
    return this.compute?.is;
  }

  get choice(): BackendChoice | undefined {
    return this.compute?.choice;
  }

  get info(): BackendInfo {
    const { choice = 'auto', is } = this.compute ?? {};
    const label = is?.label ?? '';
    return {
      choice,
      label,
      fallback: choice === 'auto' && !label.includes('webgpu'),
      ...(this.instead && { instead: this.instead }),
    };
  }

  /** Executors that have failed in an earlier worker. */
  avoid(executors: readonly Executor[] = []): void {
    this.avoided = [...new Set([...this.avoided, ...executors])];
  }

  /** The executor that an error is about, if it is about one. */
  atFault(error: unknown): Executor | undefined {
    return executorAtFault(error, this.compute?.is.label ?? '');
  }

  /**
   * Starts a backend and makes something on it. `yields`: an executor that is not there or fails meanwhile gives way to the next
   * one; otherwise the attempt is refused.
   */
  async make<T>(
    choice: BackendChoice,
    make: (compute: HostCompute) => Promise<T>,
    { yields }: { readonly yields: boolean },
  ): Promise<T> {
    if (choice !== this.asked) this.instead = undefined;
    this.asked = choice;
    for (;;) {
      try {
        const is = await this.createCompute(choice, { avoid: this.avoided });
        this.compute = { choice, is };
        return await make(is);
      } catch (error) {
        if (yields && this.giveUp(error)) continue;
        this[Symbol.dispose]();
        throw error;
      }
    }
  }

  /** Ends an executor that is at fault, and avoids it from now on; false if none is. */
  giveUp(error: unknown): boolean {
    const failed = this.atFault(error) ?? missing(error, this.asked);
    if (!failed || this.avoided.includes(failed)) return false;
    this[Symbol.dispose]();
    this.avoid([failed]);
    this.instead = { of: failed, why: reason(error) };
    return true;
  }

  [Symbol.dispose](): void {
    this.compute?.is[Symbol.dispose]();
    this.compute = undefined;
  }
}

/** A backend that was asked for by name and that this machine does not have. */
function missing(error: unknown, choice: BackendChoice | undefined): Executor | undefined {
  const isMissing = error instanceof InputError && error.problems.some(({ field }) => field === 'backend');
  return isMissing && choice !== 'auto' ? choice : undefined;
}

function reason(error: unknown): string {
  return error instanceof InputError ? problemLine(error.problems[0]) : messageOf(error);
}

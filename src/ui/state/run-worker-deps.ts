/** What a worker's run needs of whoever shows it. */
import type { Problem } from '#core/errors.ts';
import type { RunEvent } from '#worker/protocol.ts';

/** What only some runs send. */
export type OtherEvent = Exclude<RunEvent, { readonly kind: 'batch' | 'failed' }>;

export interface RunWorkerDeps<Setup, Info> {
  /** Whether runs should advance: the page is not paused and there is no human play. */
  readonly mayRun: () => boolean;
  /** A run has been created and replaces the previous one, whose record is kept by whoever holds it. */
  readonly onMade: (setup: Setup, info: Info) => void;
  /** A run was refused; returns whether the refusal has been shown already. */
  readonly onRefused: (setup: Setup, problems: readonly Problem[]) => boolean;
  readonly onOther: (event: OtherEvent) => void;
  /** What was shown of the previous run is out of date. */
  readonly onTurn: () => void;
  readonly onDeath: () => void;
  /** Restarts the run after a fault, as its button does. */
  readonly restart: () => Promise<unknown>;
}

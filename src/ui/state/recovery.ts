/** How a run goes on after a fault of what computes it, and when it stops instead: a fault that comes back would never end. */
import type { BackendInfo, Executor, FailedEvent } from '#worker/protocol.ts';
import { failure, note, type Notice } from './notice.ts';

export const STOPPED = 'The run stopped with an error';

export interface Fault {
  /** What happened, as the beginning of a sentence. */
  readonly what: string;
  readonly why: string;
  /** The executor whose fault it is. */
  readonly executor?: Executor | undefined;
}

/** Restarts within a minute, and without getting further than before. */
const MOST = 3;
const MINUTE = 60_000;
/** Milliseconds before the first restart, the second, …: what is overloaded or out of reach may have recovered by then. */
const RESTS = [0, 300, 1500] as const;

export class Recovery {
  /** Executors that have failed, which are not tried again until the user chooses a backend. */
  avoid: readonly Executor[] = [];
  /** The fault that the run has not gone on from yet. */
  fault: Fault | undefined;
  private readonly now: () => number;
  private times: readonly number[] = [];
  private furthest = -Infinity;
  private stuck = 0;

  constructor(now: () => number = () => performance.now()) {
    this.now = now;
  }

  /** Whether the run may go on after a fault at this progress; if not, there is nothing to go on from. */
  allows(fault: Fault, progress: number): boolean {
    const { executor } = fault;
    if (executor && !this.avoid.includes(executor)) this.avoid = [...this.avoid, executor];
    const now = this.now();
    this.times = [...this.times.filter((time) => now - time < MINUTE), now];
    this.stuck = progress > this.furthest ? 1 : this.stuck + 1;
    this.furthest = Math.max(this.furthest, progress);
    const goesOn = this.times.length <= MOST && this.stuck <= MOST;
    this.fault = goesOn ? fault : undefined;
    return goesOn;
  }

  /** Waits as long as there should be before the next restart. */
  async rest(): Promise<void> {
    const milliseconds = RESTS[Math.min(this.times.length, RESTS.length) - 1] ?? 0;
    await new Promise((resolve) => setTimeout(resolve, milliseconds));
  }

  /** The fault, which the run goes on from now. */
  take(): Fault | undefined {
    const { fault } = this;
    this.fault = undefined;
    return fault;
  }

  /** Somebody has asked for a new run or a restart: what happened before counts no more. */
  forget(): void {
    this.times = [];
    this.furthest = -Infinity;
    this.stuck = 0;
  }
}

/** The fault that an event tells of; undefined where the run has diverged, as it would in any other worker. */
export function faultOf({ message: why, executor, findings }: FailedEvent): Fault | undefined {
  if (findings) return undefined;
  return { what: executor ? `${executor} failed` : STOPPED, why, executor };
}

/** What a run says that has gone on after a fault. */
export function goneOn({ what, why, executor }: Fault, from: 'checkpoint' | 'start', label: string): Notice {
  const goesOn =
    from === 'checkpoint' ? 'the run goes on from its last checkpoint' : 'the run has been started again';
  const on = executor ? `, on ${label}` : '';
  return note(`${what}: ${goesOn}${on}`, [why]);
}

/** What a run says that does not. */
export function givenUp({ what, why }: Fault): Notice {
  return failure(what, [why, `It happened again after ${MOST} restarts.`]);
}

/** What a run says that is on another backend than the user's choice; undefined if it is not. */
export function replaced({ instead, label }: BackendInfo): Notice | undefined {
  return instead && note(`${instead.of} does not work here: the run is on ${label}`, [instead.why]);
}

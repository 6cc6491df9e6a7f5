/**
 * Tells a worker that has stopped from one that is slow. It looks at regular beats, and counts those without a sign of life; a beat
 * that was late itself, or that came while the page was hidden, says nothing about the worker: then the machine is busy or was
 * asleep, and the count begins anew.
 */
import type { Vital } from './protocol.ts';

export interface WatchdogTiming {
  /** Milliseconds between two beats. */
  readonly heartbeat: number;
  /** Milliseconds of beats without a sign after which a worker counts as stopped. */
  readonly patience: number;
}

/** A command, and what compiles or loads, may take so many times the patience without a sign. */
const TIMES: Readonly<Partial<Record<Vital['busy'], number>>> = { command: 6, long: 30 };
/** So many times the longest pause so far is none too long. */
const LENIENCE = 4;
/** Milliseconds by which a beat may be late. */
const SLACK = 1000;

/** `silent`: it does not answer, but may be busy. `stopped`: nothing will come of it. */
export type Verdict = 'well' | 'silent' | 'stopped';

export class Watchdog {
  private readonly heartbeat: number;
  private readonly patience: number;
  private last: number | undefined;
  /** Until it has said something, it is starting. */
  private vital: Vital = { work: 0, busy: 'long' };
  private isAnswered = false;
  private hasWorked = false;
  /** Beats in a row without an answer, and without work where there should be some. */
  private unanswered = 0;
  private missed = 0;
  private longest = 0;
  /** Whether the pause in progress is, in part, that of a command or a long task. */
  private isLong = true;

  /** Both times count in beats from here on. */
  constructor({ heartbeat, patience }: WatchdogTiming) {
    this.heartbeat = heartbeat;
    this.patience = Math.ceil(patience / heartbeat);
  }

  /** The worker has said how it is. */
  hear(vital: Vital): void {
    if (vital.busy === 'rest' || vital.work !== this.vital.work) this.hasWorked = true;
    this.vital = vital;
    this.isAnswered = true;
  }

  /** The worker has said something else. */
  hearAnything(): void {
    this.isAnswered = this.hasWorked = true;
  }

  beat(now: number, hidden: boolean): Verdict {
    const isLate = this.last === undefined || now - this.last > this.heartbeat + SLACK;
    this.last = now;
    if (isLate || hidden) this.unanswered = this.missed = 0;
    else {
      this.unanswered = this.isAnswered ? 0 : this.unanswered + 1;
      if (this.hasWorked && !this.isLong) this.longest = Math.max(this.longest, this.missed);
      this.missed = this.hasWorked ? 0 : this.missed + 1;
    }
    const isLong = TIMES[this.vital.busy] !== undefined;
    this.isLong = isLong || (this.isLong && !this.hasWorked);
    this.isAnswered = this.hasWorked = false;
    if (this.missed >= this.limit()) return 'stopped';
    return this.unanswered >= this.patience ? 'silent' : 'well';
  }

  private limit(): number {
    const times = TIMES[this.vital.busy];
    return times === undefined ? Math.max(this.patience, LENIENCE * this.longest) : times * this.patience;
  }
}

/**
 * Step size and exploration over time: what every tabular learner counts (env steps, visits), the two numbers that follow
 * from the counts, and the metrics that the counts are reported with.
 */
import type { Metrics, TableUpdate } from '#core/agent.ts';
import { linear } from '#core/schedule.ts';
import { restoreColumns, savedNumber, type Snapshot } from '#core/snapshot.ts';

/** Env steps between two reports, so that a step allocates nothing. */
const REPORT_EVERY = 100;

/** The fields of fields.ts that schedules read; live, so they are read every time. */
export interface ScheduleSettings {
  readonly stepSize: number;
  readonly stepSizeSchedule: 'constant' | 'linear' | 'visits';
  readonly stepSizeEnd: number;
  readonly stepSizeSteps: number;
  readonly stepSizePower: number;
  readonly epsilonStart: number;
  readonly epsilonSchedule: 'constant' | 'linear' | 'visits';
  readonly epsilonEnd: number;
  readonly epsilonSteps: number;
}

/** Places in the numbers of the last update. */
const [PAIR, ERROR, BEFORE, CHANGE, REWARD] = [0, 1, 2, 3, 4] as const;

export class Progress {
  /** Env steps over all slots. */
  steps = 0;
  /** [tables, states, actions] how often the pair was updated from experience. */
  readonly visits: Int32Array;
  private readonly pairs: number;
  private readonly actions: number;
  private readonly settings: ScheduleSettings;
  private lastPair = 0;
  private errors = 0;
  private updates = 0;
  private reported = 0;
  /** The last update: typed, so that noting one allocates nothing. No part of a checkpoint. */
  private readonly last = Float64Array.of(-1, 0, 0, 0, 0);

  /** `settings` is kept, not copied: a live change is seen at once. Visits are counted per table. */
  constructor(pairs: number, actions: number, settings: ScheduleSettings, tables = 1) {
    this.visits = new Int32Array(pairs * tables);
    this.pairs = pairs;
    this.actions = actions;
    this.settings = settings;
  }

  /** Counts an update of a pair (state · actions + action) and gives its α; the first visit's 1/visits is 1. */
  visit(pair: number, table = 0): number {
    this.visits[table * this.pairs + pair]++;
    this.lastPair = pair;
    return this.stepSize(pair, table);
  }

  /** α of a pair that was updated before. */
  stepSize(pair: number, table = 0): number {
    const { stepSize, stepSizeSchedule, stepSizeEnd, stepSizeSteps, stepSizePower } = this.settings;
    switch (stepSizeSchedule) {
      case 'constant':
        return stepSize;
      case 'linear':
        return linear(stepSize, stepSizeEnd, stepSizeSteps, this.steps);
      case 'visits': {
        const visits = Math.max(1, this.visits[table * this.pairs + pair]);
        return stepSizePower === 1 ? 1 / visits : visits ** -stepSizePower;
      }
    }
  }

  /** ε in a state. `visits` is 1 / N(s), greedy in the limit with infinite exploration (Singh et al. 2000, §2.3). */
  epsilon(state: number): number {
    const { epsilonStart, epsilonSchedule, epsilonEnd, epsilonSteps } = this.settings;
    switch (epsilonSchedule) {
      case 'constant':
        return epsilonStart;
      case 'linear':
        return linear(epsilonStart, epsilonEnd, epsilonSteps, this.steps);
      case 'visits':
        return 1 / Math.max(1, this.stateVisits(state));
    }
  }

  /** Notes one update of an estimate by a share of its error (target − estimate), for the report and for who watches. */
  learned(error: number, before: number, change: number, reward: number): void {
    this.errors += Math.abs(error);
    this.updates++;
    const { last } = this;
    last[PAIR] = this.lastPair;
    last[ERROR] = error;
    last[BEFORE] = before;
    last[CHANGE] = change;
    last[REWARD] = reward;
  }

  /** The update that was noted last. */
  lastUpdate(): TableUpdate | undefined {
    const { last, actions } = this;
    const pair = last[PAIR];
    if (pair < 0) return undefined;
    const before = last[BEFORE];
    return {
      kind: 'table',
      state: Math.floor(pair / actions),
      action: pair % actions,
      before,
      after: before + last[CHANGE],
      reward: last[REWARD],
      target: before + last[ERROR],
    };
  }

  /** [states, actions] visits of a pair, of whichever table. */
  allVisits(): Int32Array {
    const { visits, pairs } = this;
    if (visits.length === pairs) return visits;
    const sums = visits.slice(0, pairs);
    for (let k = pairs; k < visits.length; k++) sums[k % pairs] += visits[k];
    return sums;
  }

  /** Counts n env steps; every 100 of them gives the mean over the updates since the last report. */
  advance(n: number): Metrics | undefined {
    this.steps += n;
    if (this.updates === 0 || this.steps - this.reported < REPORT_EVERY) return undefined;
    const report = {
      'train/td-error': this.errors / this.updates,
      'train/epsilon': this.epsilon(Math.floor(this.lastPair / this.actions)),
      'train/step-size': this.stepSize(this.lastPair),
    };
    this.errors = this.updates = 0;
    this.reported = this.steps;
    return report;
  }

  snapshot(): Snapshot {
    const { steps, lastPair, errors, updates, reported } = this;
    return { steps, visits: this.visits.slice(), lastPair, errors, updates, reported };
  }

  restore(saved: Snapshot): void {
    restoreColumns({ visits: this.visits }, saved, 'progress');
    this.steps = savedNumber(saved, 'steps');
    this.lastPair = savedNumber(saved, 'lastPair');
    this.errors = savedNumber(saved, 'errors');
    this.updates = savedNumber(saved, 'updates');
    this.reported = savedNumber(saved, 'reported');
    this.last[PAIR] = -1;
  }

  private stateVisits(state: number): number {
    const { visits, pairs, actions } = this;
    let sum = 0;
    for (let base = state * actions; base < visits.length; base += pairs)
      for (let a = 0; a < actions; a++) sum += visits[base + a];
    return sum;
  }
}

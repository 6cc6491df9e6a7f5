/**
 * The telling moments of a run, found between its slices from what it records anyway: its first reward, the first solved episode,
 * a jump of returns, a surprise (an error far above its mean), and a change of what it would do where the run began.
 */
import { knownScoresOf } from '../world/usual.ts';
import type { EpisodeRows, MetricRows } from '../record/recorder.ts';
import type { RunSetup } from '../request/resolve.ts';

export type PointKind = 'reward' | 'solved' | 'jump' | 'surprise' | 'choice';

export interface TurningPoint {
  readonly kind: PointKind;
  /** Progress of the run. */
  readonly step: number;
  /** What happened, e.g. `first reward: 1`. */
  readonly says: string;
  /** By which those of a kind are told apart when there are too many. */
  readonly weight: number;
}

/** Of a kind at most so many are kept, those of most weight. */
const MOST: Readonly<Record<PointKind, number>> = { reward: 1, solved: 1, jump: 4, surprise: 3, choice: 5 };

/** Episodes that are compared with as many before them, and standard errors by which their mean has to be higher. */
const BLOCK = 20;
const ERRORS = 4;
/** Metrics that say how wrong the estimates are; of several the first. */
const WRONG = ['train/td-error', 'train/critic-loss', 'train/value-loss', 'train/loss'];
/** A row is a surprise above so many times the mean of the rows before it, of which there have to be so many. */
const SURPRISE = 5;
const ROWS = 20;
/** Looks at which a changed choice has to be the same before it counts. */
const HOLD = 3;

export class TurningPoints {
  private readonly found: TurningPoint[] = [];
  private readonly solvedAt: number | undefined;
  /** Return of the first episodes as long as they are all the same and nothing is won. */
  private floor: { readonly value: number; count: number } | undefined;
  private isRewarded = false;
  private readonly block: number[] = [];
  private before: { readonly mean: number; readonly variance: number } | undefined;
  private error = { mean: 0, rows: 0 };
  private choice: { is: string; since: number } | undefined;
  private next: { readonly is: string; readonly since: number; looks: number } | undefined;

  constructor(setup: RunSetup) {
    this.solvedAt = knownScoresOf(setup)?.solved;
  }

  get all(): readonly TurningPoint[] {
    return this.found.toSorted((a, b) => a.step - b.step);
  }

  /** Forgets what came after `step`, to which the run has gone back; returns what undoes that. */
  goBack(step: number): () => void {
    const all = [...this.found];
    this.replace(all.filter((point) => point.step <= step));
    return () => this.replace(all);
  }

  private replace(points: readonly TurningPoint[]): void {
    this.found.splice(0, Infinity, ...points);
    this.isRewarded = this.has('reward');
    this.block.length = 0;
    this.before = this.floor = this.choice = this.next = undefined;
    this.error = { mean: 0, rows: 0 };
  }

  takeEpisodes({ step, return: returns }: EpisodeRows): void {
    for (let k = 0; k < step.length; k++) {
      this.lookForReward(returns[k], step[k]);
      if (this.solvedAt !== undefined && returns[k] >= this.solvedAt && !this.has('solved'))
        this.add('solved', step[k], `first solved episode: ${short(returns[k])}`);
      this.block.push(returns[k]);
      if (this.block.length === BLOCK) this.lookForJump(step[k]);
    }
  }

  takeMetrics({ step, columns }: MetricRows): void {
    const name = WRONG.find((each) => each in columns);
    if (name === undefined) return;
    columns[name].forEach((value, k) => {
      if (!(value >= 0)) return;
      const { mean, rows } = this.error;
      if (rows >= ROWS && value > SURPRISE * mean)
        this.add('surprise', step[k], `${name.slice(6)} ${short(value / mean)} times its mean`, value / mean);
      this.error = { mean: mean + (value - mean) / Math.min(rows + 1, 2 * ROWS), rows: rows + 1 };
    });
  }

  /** What the greedy policy does in the state in which the run began, in words, at `step`. */
  takeChoice(is: string, step: number): void {
    this.choice ??= { is, since: step };
    if (is === this.choice.is) {
      this.next = undefined;
      return;
    }
    if (this.next?.is === is) this.next.looks++;
    else this.next = { is, since: step, looks: 1 };
    if (this.next.looks < HOLD) return;
    const { since } = this.next;
    // One that held long weighs much.
    this.add('choice', since, `at the start: ${is} instead of ${this.choice.is}`, since - this.choice.since);
    this.choice = { is, since };
    this.next = undefined;
  }

  private lookForReward(value: number, step: number): void {
    if (this.isRewarded) return;
    this.floor ??= { value, count: 0 };
    if (value === this.floor.value && value <= 0) {
      this.floor.count++;
      return;
    }
    this.isRewarded = true;
    // Where the first episodes differ, the world pays all the time.
    if (value > this.floor.value && this.floor.count >= (this.floor.value === 0 ? 1 : 3))
      this.add('reward', step, `first reward: ${short(value)}, before ${short(this.floor.value)} every time`);
  }

  private lookForJump(step: number): void {
    const { block, before } = this;
    const mean = block.reduce((sum, value) => sum + value, 0) / BLOCK;
    const variance = block.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (BLOCK - 1);
    block.length = 0;
    this.before = { mean, variance };
    if (!before) return;
    const error = Math.sqrt((variance + before.variance) / BLOCK);
    const rise = (mean - before.mean) / (error || Infinity);
    if (rise > ERRORS)
      this.add('jump', step, `mean return from ${short(before.mean)} to ${short(mean)}`, rise);
  }

  private has(kind: PointKind): boolean {
    return this.found.some((point) => point.kind === kind);
  }

  private add(kind: PointKind, step: number, says: string, weight = 1): void {
    this.found.push({ kind, step, says, weight });
    const alike = this.found.filter((point) => point.kind === kind);
    if (alike.length <= MOST[kind]) return;
    const lightest = alike.reduce((least, point) => (point.weight < least.weight ? point : least));
    this.found.splice(this.found.indexOf(lightest), 1);
  }
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}

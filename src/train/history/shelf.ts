/** The checkpoints of a run that are kept, within a budget of memory. */
import { buffersOf, type Snapshot } from '#core/snapshot.ts';
import { isDue, thin, type Spacing } from './thinning.ts';
import type { TurningPoint } from './turning-points.ts';

export interface Kept {
  readonly id: number;
  /** Progress of the run. */
  readonly step: number;
  /** Finished episodes, and the mean return of the last of them. */
  readonly episodes: number;
  readonly mean: number | undefined;
  readonly state: Snapshot;
  readonly bytes: number;
  /** Taken because of it, and kept as long as it is. */
  readonly point?: TurningPoint | undefined;
}

/** At most so many checkpoints beside those of turning points, and bytes of all. */
const MOST = 40;
const BUDGET = 96 * 2 ** 20;

export class Shelf {
  private list: readonly Kept[] = [];
  private spacing: Spacing;
  private made = 0;
  private readonly budget: number;

  /** `first`: the distance of the first checkpoints, in units of the run's progress. */
  constructor(first: number, budget = BUDGET) {
    this.spacing = { first, interval: first };
    this.budget = budget;
  }

  /** In the order of their steps. */
  get all(): readonly Kept[] {
    return this.list;
  }

  get bytes(): number {
    return this.list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  isDue(step: number): boolean {
    const last = this.list.at(-1);
    return !last || (step > last.step && isDue(step, last.step, this.spacing));
  }

  /** Adds one, and thins out the others; `points` are those of the run as they are now. */
  put(kept: Omit<Kept, 'id' | 'bytes'>, points: readonly TurningPoint[] = []): void {
    const bytes = buffersOf(kept.state).reduce((sum, { byteLength }) => sum + byteLength, 0);
    const all = [...this.list.filter(({ step }) => step < kept.step), { ...kept, id: ++this.made, bytes }];
    const isPinned = ({ point }: Kept): boolean => point !== undefined && points.includes(point);
    const pinned = all.filter(isPinned);
    const others = all.filter((each) => !isPinned(each));
    const room = this.budget - pinned.reduce((sum, each) => sum + each.bytes, 0);
    const { kept: stay, interval } = thin(
      others.map(({ step }) => step),
      this.spacing,
      (chosen) => chosen.length <= MOST && chosen.reduce((sum, i) => sum + others[i].bytes, 0) <= room,
    );
    this.spacing = { ...this.spacing, interval };
    this.list = [...pinned, ...stay.map((i) => others[i])].sort((a, b) => a.step - b.step);
  }

  /** Forgets what came after `step`; returns what undoes that. */
  goBack(step: number): () => void {
    const { list, spacing } = this;
    this.list = list.filter((kept) => kept.step <= step);
    return () => {
      this.list = list;
      this.spacing = spacing;
    };
  }

  find(id: number): Kept | undefined {
    return this.list.find((kept) => kept.id === id);
  }
}

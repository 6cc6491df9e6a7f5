/** The loss around two solutions: that of the room's fit and that of a twin, or that of the room's fit at another time. */
import { computed, signal, type Signal } from '@preact/signals';
import type { FitInfo, FitRequest } from '#worker/classifier/protocol.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Room } from '../state/room.ts';
import { followFit } from './follow.ts';
import { hiddenLayers, otherNormalisation, requestWith, Twin } from './twin.ts';

/** What the right one is of: an untrained twin, or one with or without batch normalisation. */
export type Comparison = 'untrained' | 'normalisation';

export interface Map {
  readonly name: string;
  /** Passes over the training examples when it was made. */
  readonly epoch: number;
  readonly side: number;
  /** [side × side], finite: what overflowed is the largest of the rest. */
  readonly losses: Float32Array;
  /** At the solution. */
  readonly centre: number;
  /** Data and model of one that was kept. */
  readonly of?: string;
}

/** Test pictures that a point is measured on. */
export const MEASURED = 256;

export class LandscapeLook {
  readonly side = signal(15);
  readonly left = signal<Map | undefined>(undefined);
  readonly right = signal<Map | undefined>(undefined);
  readonly busy = signal<'left' | 'right' | undefined>(undefined);
  readonly twin = signal<Twin | undefined>(undefined);
  readonly failure = signal<string | undefined>(undefined);
  /** Least and greatest loss of both maps, which share a scale. */
  readonly extent = computed((): readonly [number, number] => {
    const all = [this.left.value, this.right.value].flatMap((map) => (map ? [...map.losses] : []));
    return all.length > 0 ? [Math.min(...all), Math.max(...all)] : [0, 1];
  });
  private readonly room: Room;
  /** Number of looks begun and stopped: an older one writes nothing more. */
  private turn = 0;

  constructor(room: Room) {
    this.room = room;
    followFit(
      room.fit,
      ({ run }) => run,
      (info) => this.forget(info),
    );
  }

  /** Where a map's losses lie between the extremes, on a logarithmic scale: from 0 to 1. */
  sharesOf({ losses }: Map): Float32Array {
    const [least, most] = this.extent.value;
    const low = Math.log(Math.max(least, FLOOR));
    const span = Math.log(Math.max(most, FLOOR)) - low;
    return losses.map((loss) => (span > 0 ? (Math.log(Math.max(loss, FLOOR)) - low) / span : 0));
  }

  /** The row of a fit's map that is being measured, from 1 on; undefined if none is. */
  rowOf({ analysing }: FitStore): number | undefined {
    const { value: told } = analysing;
    // What is told of one that was stopped may come late.
    if (!told || !this.busy.value) return undefined;
    return Math.min(this.side.value, 1 + Math.floor(told.share * this.side.value));
  }

  /** Looks around the room's fit as it is now. */
  async look(): Promise<void> {
    const turn = this.begin('left');
    await this.fill(this.left, this.room.fit, 'This model', turn);
    if (turn === this.turn) this.busy.value = undefined;
  }

  /** Keeps what is on the left beside what comes next. */
  keep(): void {
    const { value: info } = this.room.fit.info;
    const { value: left } = this.left;
    if (!info || !left) return;
    this.right.value = { ...left, name: 'Kept', of: subjectOf(info) };
    this.left.value = undefined;
  }

  /** Makes a twin, trains it as long as the room's fit if it is to be trained, and looks around both. */
  async compare(comparison: Comparison): Promise<void> {
    const { fit } = this.room;
    const { value: info } = fit.info;
    if (!info) return;
    const turn = this.begin('right');
    this.right.value = undefined;
    await fit.pause();
    if (turn !== this.turn) return;
    const { request, name } = twinOf(info, comparison);
    const examples = comparison === 'untrained' ? 0 : fit.progress.value.done;
    const twin = (this.twin.value = new Twin(this.room));
    const [good] = await Promise.all([
      twin.train(this.room, request, examples),
      this.fill(this.left, fit, 'This model', turn),
    ]);
    if (turn !== this.turn) return;
    if (good) await this.fill(this.right, twin.fit, name, turn);
    else this.failure.value = twin.failure.value;
    if (turn === this.turn) this.end();
  }

  /** Ends what is under way. */
  stop(): void {
    if (this.busy.value) void this.room.fit.stopAnalysis('landscape');
    this.end();
  }

  private begin(busy: 'left' | 'right'): number {
    this.stop();
    this.failure.value = undefined;
    this.busy.value = busy;
    return this.turn;
  }

  private end(): void {
    this.turn++;
    this.twin.value?.[Symbol.dispose]();
    this.twin.value = undefined;
    this.busy.value = undefined;
    this.room.fit.analysing.value = undefined;
  }

  /** Of the fit before nothing stays but what was kept, and that only beside another one of the same model and data. */
  private forget(info: FitInfo): void {
    this.stop();
    this.failure.value = undefined;
    this.left.value = undefined;
    if (this.right.value?.of !== subjectOf(info)) this.right.value = undefined;
  }

  /** The same directions for both: those of seed 1. Networks of other sizes draw others. */
  private async fill(
    into: Signal<Map | undefined>,
    fit: FitStore,
    name: string,
    turn: number,
  ): Promise<void> {
    const side = this.side.value;
    const epoch = fit.epoch.value;
    const got = await fit.ask((api) => api.landscape(side, MEASURED, 1));
    if (!got || turn !== this.turn) return;
    fit.analysing.value = undefined;
    const most = got.reduce((high, loss) => (Number.isFinite(loss) ? Math.max(high, loss) : high), 0);
    const losses = got.map((loss) => (Number.isFinite(loss) ? loss : most));
    into.value = { name, epoch, side, losses, centre: losses[(losses.length - 1) / 2] };
  }
}

/** The least loss that a logarithmic scale shows. */
const FLOOR = 1e-4;

/** Whether the model has batch normalisation. */
export function isNormalised({ layers }: FitInfo): boolean {
  return layers.some(({ kind }) => kind === 'batchNorm');
}

function twinOf(
  info: FitInfo,
  comparison: Comparison,
): { readonly request: FitRequest; readonly name: string } {
  if (comparison === 'untrained') return { request: requestWith(info, {}), name: 'Untrained' };
  const network = otherNormalisation(hiddenLayers(info));
  const name = `${isNormalised(info) ? 'Without' : 'With'} batch normalisation`;
  return { request: requestWith(info, { network }), name };
}

function subjectOf({ request }: FitInfo): string {
  return `${request.model} on ${request.data}`;
}

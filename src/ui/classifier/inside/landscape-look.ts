/** The loss around two solutions: that of the room's fit and that of a twin, or that of the room's fit at another time. */
import { computed, signal, type Signal } from '@preact/signals';
import type { FitInfo, FitRequest } from '#worker/classifier/protocol.ts';
import type { FitStore } from '../state/fit-store.ts';
import type { Room } from '../state/room.ts';
import { hiddenLayers, otherNormalisation, requestWith, Twin } from './twin.ts';

/** What the right one is of: an untrained twin, or one with or without batch normalisation. */
export type Comparison = 'untrained' | 'normalisation';

export interface Map {
  readonly title: string;
  readonly side: number;
  /** [side × side], finite: what overflowed is the largest of the rest. */
  readonly losses: Float32Array;
  /** At the solution. */
  readonly centre: number;
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

  constructor(room: Room) {
    this.room = room;
  }

  /** Where a map's losses lie between the extremes, on a logarithmic scale: from 0 to 1. */
  sharesOf({ losses }: Map): Float32Array {
    const [least, most] = this.extent.value;
    const low = Math.log(Math.max(least, FLOOR));
    const span = Math.log(Math.max(most, FLOOR)) - low;
    return losses.map((loss) => (span > 0 ? (Math.log(Math.max(loss, FLOOR)) - low) / span : 0));
  }

  /** Looks around the room's fit as it is now. */
  async look(): Promise<void> {
    this.busy.value = 'left';
    await this.fill(this.left, this.room.fit, `This model, epoch ${epochOf(this.room.fit)}`);
    this.busy.value = undefined;
  }

  /** Keeps what is on the left beside what comes next. */
  keep(): void {
    this.right.value = this.left.value;
    this.left.value = undefined;
  }

  /** Makes a twin, trains it as long as the room's fit if it is to be trained, and looks around both. */
  async compare(comparison: Comparison): Promise<void> {
    const { fit } = this.room;
    const { value: info } = fit.info;
    if (!info) return;
    this.stop();
    this.failure.value = undefined;
    this.right.value = undefined;
    this.busy.value = 'right';
    await fit.pause();
    const { request, title } = twinOf(info, comparison);
    const examples = comparison === 'untrained' ? 0 : fit.progress.value.done;
    const twin = (this.twin.value = new Twin(this.room));
    const [good] = await Promise.all([
      twin.train(this.room, request, examples),
      this.fill(this.left, fit, `This model, epoch ${epochOf(fit)}`),
    ]);
    if (this.twin.value !== twin) return;
    if (good) await this.fill(this.right, twin.fit, `${title}, epoch ${epochOf(twin.fit)}`);
    else this.failure.value = twin.failure.value;
    if (this.twin.value === twin) this.stop();
  }

  stop(): void {
    this.twin.value?.[Symbol.dispose]();
    this.twin.value = undefined;
    this.busy.value = undefined;
  }

  /** The same directions for both: those of seed 1. Networks of other sizes draw others. */
  private async fill(into: Signal<Map | undefined>, fit: FitStore, title: string): Promise<void> {
    const side = this.side.value;
    const got = await fit.ask((api) => api.landscape(side, MEASURED, 1));
    if (!got) return;
    const most = got.reduce((high, loss) => (Number.isFinite(loss) ? Math.max(high, loss) : high), 0);
    const losses = got.map((loss) => (Number.isFinite(loss) ? loss : most));
    into.value = { title, side, losses, centre: losses[(losses.length - 1) / 2] };
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
): { readonly request: FitRequest; readonly title: string } {
  if (comparison === 'untrained') return { request: requestWith(info, {}), title: 'Untrained' };
  const network = otherNormalisation(hiddenLayers(info));
  const title = `${isNormalised(info) ? 'Without' : 'With'} batch normalisation`;
  return { request: requestWith(info, { network }), title };
}

function epochOf({ epoch }: FitStore): string {
  return String(Number(epoch.value.toFixed(2)));
}

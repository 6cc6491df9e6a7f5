/** For the features of a layer, page by page: the test examples that they like best, and the picture made for each. */
import { computed, signal } from '@preact/signals';
import type { FitInfo, TopExamples } from '#worker/classifier/protocol.ts';
import type { Room } from '../state/room.ts';

/** Test examples per feature. */
const KEPT = 8;
/** Features per page. */
export const PER_PAGE = 12;

/** Kinds of layers whose outputs are features. */
const FEATURED = new Set(['dense', 'noisy', 'conv1d', 'conv2d', 'gru', 'lstm', 'batchNorm', 'layerNorm']);

export interface Favourite {
  readonly picture: Float32Array;
  /** Activation of the feature. */
  readonly value: number;
}

/** A picture shown large. */
export interface Shown extends Favourite {
  readonly feature: number;
  /** Row of the test set; absent for a picture that was made. */
  readonly row?: number;
}

interface Found extends TopExamples {
  readonly run: number;
  readonly layer: number;
  /** Passes over the training examples when it was looked at. */
  readonly epoch: number;
}

export class NeuronLook {
  readonly layer = signal<number | undefined>(undefined);
  readonly page = signal(0);
  readonly found = signal<Found | undefined>(undefined);
  /** Pictures, 0 to 1, by their rows. */
  readonly pictures = signal<ReadonlyMap<number, Float32Array>>(new Map());
  readonly stimuli = signal<ReadonlyMap<number, Favourite>>(new Map());
  readonly shown = signal<Shown | undefined>(undefined);
  readonly busy = signal(false);
  readonly pages = computed(() => {
    const { value: found } = this.found;
    return found ? Math.ceil(found.rows.length / found.kept / PER_PAGE) : 0;
  });
  private readonly room: Room;
  /** Number of looks: an older one writes nothing more. */
  private turn = 0;

  constructor(room: Room) {
    this.room = room;
  }

  /** Features that the page shows. */
  readonly features = computed((): readonly number[] => {
    const { value: found } = this.found;
    if (!found) return [];
    const first = this.page.value * PER_PAGE;
    const count = Math.min(PER_PAGE, found.rows.length / found.kept - first);
    return Array.from({ length: Math.max(0, count) }, (_, k) => first + k);
  });

  /** Layers to choose from, by their index. */
  layersOf({ layers }: FitInfo): readonly { readonly index: number; readonly title: string }[] {
    return layers
      .map(({ kind, shape }, index) => ({
        kind,
        index,
        title: `${index + 1}: ${kind}, ${shape.join(' × ')}`,
      }))
      .filter(({ kind }) => FEATURED.has(kind));
  }

  /** Whether what is shown is of another fit or layer than chosen. */
  isStale(info: FitInfo): boolean {
    const { value: found } = this.found;
    return !found || found.run !== info.run || found.layer !== this.chosen(info);
  }

  chosen(info: FitInfo): number {
    const layers = this.layersOf(info);
    const { value: layer } = this.layer;
    return layers.some(({ index }) => index === layer) ? (layer ?? 0) : (layers[0]?.index ?? 0);
  }

  async look(): Promise<void> {
    const { fit } = this.room;
    const { value: info } = fit.info;
    if (!info) return;
    const turn = ++this.turn;
    const layer = this.chosen(info);
    this.busy.value = true;
    const epoch = fit.epoch.value;
    const top = await fit.ask((api) => api.topExamples(layer, KEPT, info.counts.test));
    if (turn !== this.turn) return;
    if (top) {
      if (this.isStale(info)) this.page.value = 0;
      this.shown.value = undefined;
      this.pictures.value = new Map();
      this.stimuli.value = new Map();
      this.found.value = { ...top, run: info.run, layer, epoch };
      await this.fill(turn);
    }
    if (turn === this.turn) this.busy.value = false;
  }

  async turnTo(page: number): Promise<void> {
    this.page.value = page;
    const turn = ++this.turn;
    this.busy.value = true;
    await this.fill(turn);
    if (turn === this.turn) this.busy.value = false;
  }

  /** Fetches what the page shows, then makes the pictures that its features like best, one by one. */
  private async fill(turn: number): Promise<void> {
    const { fit } = this.room;
    const { value: found } = this.found;
    if (!found) return;
    const { value: features } = this.features;
    const rows = features
      .flatMap((feature) => [...found.rows.subarray(feature * found.kept, (feature + 1) * found.kept)])
      .filter((row) => row >= 0 && !this.pictures.value.has(row));
    const wanted = Int32Array.from(new Set(rows));
    const got = wanted.length > 0 ? await fit.ask((api) => api.examples('test', wanted)) : undefined;
    if (turn !== this.turn) return;
    if (got) {
      const size = got.inputs.length / wanted.length;
      const scale = got.inputs instanceof Uint8Array ? 255 : 1;
      const pictures = new Map(this.pictures.value);
      wanted.forEach((row, k) =>
        pictures.set(
          row,
          Float32Array.from(got.inputs.subarray(k * size, (k + 1) * size), (x) => x / scale),
        ),
      );
      this.pictures.value = pictures;
    }
    for (const feature of features) {
      if (this.stimuli.value.has(feature)) continue;
      const made = await fit.ask((api) => api.stimulus(found.layer, feature));
      if (turn !== this.turn || !made) return;
      this.stimuli.value = new Map(this.stimuli.value).set(feature, made);
    }
  }
}

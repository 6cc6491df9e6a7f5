/** A second fit beside that of the room, in a worker of its own: the same but for one thing, trained as long. */
import { effect, signal } from '@preact/signals';
import type { FitInfo, FitRequest } from '#worker/classifier/protocol.ts';
import { FitStore } from '../state/fit-store.ts';
import type { Room } from '../state/room.ts';

export class Twin implements Disposable {
  readonly fit: FitStore;
  /** What went wrong. */
  readonly failure = signal<string | undefined>(undefined);
  private isOver = false;

  constructor(room: Room) {
    this.fit = new FitStore(room.spawn);
  }

  /**
   * Makes the fit with the room's files and backend, and trains until it has seen so many examples or all its epochs are over. False:
   * it failed, or was ended before.
   */
  async train({ fit }: Room, request: FitRequest, examples: number): Promise<boolean> {
    const { fit: own } = this;
    own.playing.value = examples > 0;
    own.draft.value = request;
    own.files.value = fit.files.value;
    await own.make(request, fit.backend.value);
    await this.until(
      () => !own.ready.value || own.progress.value.finished || own.progress.value.done >= examples,
    );
    if (this.isOver) return false;
    await own.pause();
    this.failure.value = own.ready.value ? undefined : (own.notice.value?.lines.join(' ') ?? 'It stopped.');
    return own.ready.value;
  }

  [Symbol.dispose](): void {
    this.isOver = true;
    this.fit[Symbol.dispose]();
  }

  private until(holds: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      let stop: (() => void) | undefined;
      stop = effect(() => {
        if (!holds()) return;
        resolve();
        queueMicrotask(() => stop?.());
      });
    });
  }
}

/** The request of a fit with other settings of its model. */
export function requestWith({ request }: FitInfo, config: Readonly<Record<string, unknown>>): FitRequest {
  return { ...request, config: { ...request.config, ...config } };
}

/** Hidden layers as the setting `network` holds them: all but the head that the task adds, and what flattens before it. */
export function hiddenLayers({ layers, request }: FitInfo): readonly Record<string, unknown>[] {
  const chosen = request.config['network'];
  if (Array.isArray(chosen)) return chosen as readonly Record<string, unknown>[];
  return layers.slice(0, -1).map(({ kind, settings }) => ({ kind, ...settings }));
}

const NORMALISED = new Set<unknown>(['dense', 'conv1d', 'conv2d']);

/** The layers without batch normalisation, if they have any, else with it after each layer of weights. */
export function otherNormalisation(
  layers: readonly Record<string, unknown>[],
): readonly Record<string, unknown>[] {
  const has = layers.some(({ kind }) => kind === 'batchNorm');
  const made: Record<string, unknown>[] = [];
  for (const layer of layers) {
    const { activation, ...rest } = layer;
    if (has && layer['kind'] === 'batchNorm') {
      const last = made.pop();
      if (last) made.push(activation === undefined ? last : { ...last, activation });
    } else if (!has && NORMALISED.has(layer['kind'])) {
      made.push(rest, { kind: 'batchNorm', momentum: 0.9, ...(activation !== undefined && { activation }) });
    } else made.push(layer);
  }
  return made;
}

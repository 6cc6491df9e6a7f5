/** Early stopping (Prechelt 1998): gives up after so many epochs without a lower loss, and returns to the best weights. */
import type { Model } from '#core/fit.ts';
import { child, savedNumber, type Snapshot } from '#core/snapshot.ts';
import { whenReady, type MaybePromise } from '#compile/step.ts';

interface Best {
  readonly loss: number;
  readonly epoch: number;
  /** The model. */
  readonly saved: Snapshot;
}

export class EarlyStopping {
  private readonly model: Model;
  private best: Best | undefined;
  private hasStopped = false;

  constructor(model: Model) {
    this.model = model;
  }

  get stopped(): boolean {
    return this.hasStopped;
  }

  /** Considers the loss of the held-out examples after an epoch; `patience` 0: never stops. */
  consider(loss: number, patience: number): MaybePromise<void> {
    const { best, model } = this;
    if (patience === 0) return undefined;
    const { epoch } = model;
    if (!best || loss < best.loss)
      return whenReady(model.snapshot(), (saved) => {
        this.best = { loss, epoch, saved };
      });
    if (epoch - best.epoch < patience) return undefined;
    this.hasStopped = true;
    return model.restore(best.saved);
  }

  snapshot(): Snapshot {
    const { best, hasStopped } = this;
    return { stopped: hasStopped ? 1 : 0, ...(best && { best: { ...best } }) };
  }

  restore(saved: Snapshot): void {
    this.hasStopped = savedNumber(saved, 'stopped') === 1;
    this.best = 'best' in saved ? bestOf(child(saved, 'best')) : undefined;
  }
}

function bestOf(saved: Snapshot): Best {
  return {
    loss: savedNumber(saved, 'loss'),
    epoch: savedNumber(saved, 'epoch'),
    saved: child(saved, 'saved'),
  };
}

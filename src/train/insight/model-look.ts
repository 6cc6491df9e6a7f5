/** Looks at the network of a fit while it learns, on test examples. */
import { inputSize } from '#core/data-set.ts';
import type { ModelRun } from '../runs/model.ts';
import { MOST_ROWS, NetworkWatch, type NetworkLook } from './network-look.ts';

export class ModelLooker {
  private readonly run: ModelRun;
  /** Absent where there are no layers to look into. */
  private readonly watch: NetworkWatch | undefined;
  /** The example from which the next look goes on. */
  private next = 1;

  constructor(run: ModelRun) {
    const { insight } = run.model;
    this.run = run;
    this.watch = insight && new NetworkWatch('model', run.network, insight);
  }

  /** Call `synced` first. The first example is shown every time; the others, by which units are dead, are others every time. */
  look(): readonly NetworkLook[] {
    const { run, watch } = this;
    if (!watch) return [];
    const { test, train } = run.data;
    const { inputs, count, shape } = test.count > 0 ? test : train;
    const size = inputSize({ shape });
    const rows = Math.min(MOST_ROWS, count);
    const seen = inputs.slice(0, rows * size);
    for (let row = 1; row < rows; row++) {
      if (this.next >= count) this.next = 1;
      seen.set(inputs.subarray(this.next * size, (this.next + 1) * size), row * size);
      this.next++;
    }
    return [watch.look(run.scaled(seen).slice(0, rows * size), rows)];
  }
}

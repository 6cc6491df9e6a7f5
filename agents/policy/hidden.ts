/** What recurrent networks remember of several worlds: a row per world in a block per network; empty where none remembers. */
import { copyColumns, restoreColumns, type Columns, type Snapshot } from '#core/snapshot.ts';

export class Hidden {
  readonly slots: number;
  /** Per network [slots × its width]. */
  readonly blocks: readonly Float32Array[];
  readonly widths: readonly number[];

  /** `widths`: numbers per row that each network remembers. */
  constructor(widths: readonly number[], slots: number) {
    this.slots = slots;
    this.widths = widths;
    this.blocks = widths.map((width) => new Float32Array(slots * width));
  }

  /** An episode begins in this world. */
  forget(slot: number): void {
    for (let k = 0; k < this.blocks.length; k++) {
      const width = this.widths[k];
      this.blocks[k].fill(0, slot * width, (slot + 1) * width);
    }
  }

  /** Copies a row of another one, of the same networks. */
  copyRow(slot: number, from: Hidden, fromSlot: number): void {
    for (let k = 0; k < this.blocks.length; k++) {
      const width = this.widths[k];
      for (let j = 0; j < width; j++) this.blocks[k][slot * width + j] = from.blocks[k][fromSlot * width + j];
    }
  }

  snapshot(): Snapshot {
    return copyColumns(this.columns());
  }

  restore(saved: Snapshot): void {
    restoreColumns(this.columns(), saved, 'hidden');
  }

  private columns(): Columns {
    return Object.fromEntries(this.blocks.map((block, k) => [`network${k}`, block]));
  }
}

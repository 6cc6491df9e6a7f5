/** An `Rng` that plays back recorded draws and insists that each request is the recorded one, in kind and range. */
import type { Rng } from '#core/rng.ts';

/** `['u', x]` a uniform in [0, 1); `['i', n, k]` an integer k in 0 … n − 1. */
export type Draw = readonly ['u', number] | readonly ['i', number, number];

export class TapeRng implements Rng {
  /** How many draws have been played. */
  position = 0;
  private readonly draws: readonly Draw[];

  constructor(draws: readonly Draw[]) {
    this.draws = draws;
  }

  uniform(): number {
    const draw = this.next('uniform()');
    if (draw[0] !== 'u')
      throw new Error(`draw ${this.position - 1}: expected ${describe(draw)}, got uniform()`);
    return draw[1];
  }

  integer(n: number): number {
    const draw = this.next(`integer(${n})`);
    if (draw[0] !== 'i' || draw[1] !== n)
      throw new Error(`draw ${this.position - 1}: expected ${describe(draw)}, got integer(${n})`);
    return draw[2];
  }

  normal(): number {
    throw new Error(`draw ${this.position}: expected no normal(); no reference world draws one`);
  }

  /** Throws unless exactly `count` draws have been played. */
  expectPlayed(count: number, where: string): void {
    if (this.position !== count)
      throw new Error(`${where}: expected ${count} draws so far, got ${this.position}`);
  }

  private next(request: string): Draw {
    const draw = this.draws[this.position++];
    if (!draw) throw new Error(`draw ${this.position - 1}: expected no further draw, got ${request}`);
    return draw;
  }
}

function describe(draw: Draw): string {
  return draw[0] === 'u' ? 'uniform()' : `integer(${draw[1]})`;
}

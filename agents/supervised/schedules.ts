/** Learning rates over the steps of a fit, whose number is known: epochs · steps per epoch. */
import type { ModelConfig } from './config.ts';

/** One-cycle (Smith & Topin 2018) with PyTorch's constants: from a 25th up over 30 % of the steps, then down to a 250 000th. */
const RISE = 0.3;
const START = 1 / 25;
const END = START / 1e4;

/** The factor on the learning rate before step `step` of `total`. */
export function scheduled(kind: ModelConfig['schedule'], step: number, total: number): number {
  const share = Math.min(1, step / total);
  switch (kind) {
    case 'constant':
      return 1;
    case 'linear':
      return 1 - share;
    case 'cosine':
      return cosine(1, 0, share);
    case 'step':
      return 0.1 ** Math.min(2, Math.floor((3 * step) / total));
    case 'one-cycle': {
      const [top, last] = [RISE * total - 1, total - 1];
      if (step < top) return cosine(START, 1, step / top);
      return cosine(1, END, Math.min(1, (step - Math.max(0, top)) / Math.max(1, last - top)));
    }
  }
}

/** From `from` to `to` along half a cosine: Loshchilov & Hutter 2017, eq. 5. */
function cosine(from: number, to: number, share: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * share))) / 2;
}

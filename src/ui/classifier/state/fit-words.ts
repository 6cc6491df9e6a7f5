/** What is said of a fit in more than one place. */
import { epochs } from '../../state/values.ts';
import type { FitStore } from './fit-store.ts';

/** Its state in a word or two. */
export function stateOf(fit: FitStore): string {
  switch (fit.phase.value) {
    case 'starting':
      if (fit.waitsForFiles.value) return 'Waiting for files';
      return fit.loading.value ? 'Downloading' : 'Starting';
    case 'running':
      return fit.progress.value.finished ? 'Finished' : 'Learning';
    case 'paused':
      if (fit.running.value) return 'Learning';
      if (fit.progress.value.finished) return 'Finished';
      return fit.worker.pausing.value > 0 ? 'Pausing' : 'Paused';
    case 'failed':
      return 'Stopped';
  }
}

/** `2.35`, of as many digits while it grows; `2` at the end of an epoch. */
export function epochOf({ epoch }: FitStore): string {
  const { value } = epoch;
  return value === Math.round(value) ? String(value) : value.toFixed(2);
}

/** `1 epoch`, `2.35 epochs`. */
export function epochsOf({ epoch }: FitStore): string {
  return epochs(epoch.value);
}

/** Lets what a view shows go with the fit that it is about. */
import { effect, untracked } from '@preact/signals';
import type { FitInfo } from '#worker/classifier/protocol.ts';
import type { FitStore } from '../state/fit-store.ts';

/** Calls `forget` with the new fit whenever the room gets one of which `keyOf` tells something else than of the one before. */
export function followFit(
  fit: FitStore,
  keyOf: (info: FitInfo) => unknown,
  forget: (info: FitInfo) => void,
): void {
  let last: { readonly key: unknown } | undefined;
  effect(() => {
    const { value: info } = fit.info;
    if (!info) return;
    const key = keyOf(info);
    const isOther = last !== undefined && last.key !== key;
    last = { key };
    if (isOther) untracked(() => forget(info));
  });
}

/** The address of what stands on the page: its runs, and what they have in common. */
import type { Speed } from '#worker/protocol.ts';
import type { Hideable } from './hiding.ts';
import type { Shown } from './overlays.ts';
import { toLink } from './permalink.ts';
import type { RunStore } from './run-store.ts';

/** What runs side by side have in common. */
export interface Shared {
  readonly speed: Speed;
  readonly shown: Shown;
  readonly hide: readonly Hideable[];
}

export function linkOf([first, ...others]: readonly RunStore[], { speed, shown, hide }: Shared): string {
  const setup = { request: first.wanted.value, backend: first.backend.value, speed };
  return toLink({ setup, others: others.map(({ wanted }) => wanted.value), shown, hide });
}

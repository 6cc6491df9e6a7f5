/** The state of the classifier's room: which tab is open, the fit that the tabs share, what a lesson hides, and its address. */
import { computed, signal } from '@preact/signals';
import type { WorkerLike } from '#worker/client.ts';
import { fromFitLink, toFitLink, type FitLink, type Tab } from './fit-link.ts';
import { FitStore } from './fit-store.ts';
import type { Digit } from './pad.ts';

export class Room implements Disposable {
  /** Starts another worker, for a tab that needs a fit of its own. */
  readonly spawn: () => WorkerLike;
  readonly fit: FitStore;
  readonly tab = signal<Tab>('train');
  /** What is on the pad of Draw. */
  readonly drawn = signal<Digit | undefined>(undefined);
  readonly hide = signal<readonly string[]>([]);
  /** Begins paused, as a lesson may ask. */
  private readonly paused = signal(false);
  /** The part of the address after `#`. */
  readonly link = computed(() =>
    toFitLink({
      tab: this.tab.value,
      request: this.fit.draft.value,
      backend: this.fit.backend.value,
      hide: this.hide.value,
      paused: this.paused.value,
    }),
  );

  constructor(spawn: () => WorkerLike) {
    this.spawn = spawn;
    this.fit = new FitStore(spawn);
  }

  /** Whether a lesson leaves a control out. */
  hides(name: string): boolean {
    return this.hide.value.includes(name);
  }

  /** Opens a link; the fit starts over only if the link is of another one. */
  async open(address: string): Promise<void> {
    const { tab, request, backend, hide, paused, problems } = fromFitLink(address);
    this.tab.value = tab;
    this.hide.value = hide;
    this.paused.value = paused;
    const before = { request: this.fit.draft.value, backend: this.fit.backend.value };
    if (this.fit.info.value && sameFit(before, { request, backend })) return;
    this.fit.playing.value = !paused;
    await this.fit.open(request, { backend, problems });
  }

  [Symbol.dispose](): void {
    this.fit[Symbol.dispose]();
  }
}

type Opened = Pick<FitLink, 'request' | 'backend'>;

/** Whether two links are of the same fit, whatever else they say. */
function sameFit(one: Opened, other: Opened): boolean {
  const rest = { tab: 'train', hide: [], paused: false } as const;
  return toFitLink({ ...one, ...rest }) === toFitLink({ ...other, ...rest });
}

/** What the component of a tab gets. */
export interface RoomProps {
  readonly room: Room;
}

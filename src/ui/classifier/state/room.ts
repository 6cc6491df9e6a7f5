/** The state of the classifier's room: which tab is open, the fit that the tabs share, what a lesson hides, and its address. */
import { computed, effect, signal, untracked } from '@preact/signals';
import type { WorkerLike } from '#worker/client.ts';
import {
  fromFitLink,
  OWN_FITS,
  toFitLink,
  type FitLink,
  type Hideable,
  type Setting,
  type Tab,
} from './fit-link.ts';
import { MISTAKES } from '../../state/permalink.ts';
import { FitStore } from './fit-store.ts';
import { Keepers } from './keepers.ts';
import type { Digit } from './pad.ts';

export type Opened = Pick<FitLink, 'request' | 'backend'>;

/** What a link is opened with after a reload. */
interface Resumed {
  /** The name in the browser's database under which the fit goes on. */
  readonly kept?: string | undefined;
  /** Whether it learns, if the link does not say that it begins paused. */
  readonly playing?: boolean;
  /** The fit, where the tab has one of its own and the link says nothing of this one. */
  readonly fit?: Opened | undefined;
}

/** What keys and buttons ask of a fit. */
export interface FitCommands {
  toggle(): unknown;
  step(by?: 'step' | 'epoch'): unknown;
  reset(): unknown;
}

export class Room implements Disposable {
  /** Starts another worker, for a tab that needs a fit of its own. */
  readonly spawn: () => WorkerLike;
  readonly fit: FitStore;
  readonly tab = signal<Tab>('train');
  /** What is on the pad of Draw. */
  readonly drawn = signal<Digit | undefined>(undefined);
  readonly hide = signal<readonly Hideable[]>([]);
  /** Settings of the playground, as a link holds them. */
  readonly play = signal<readonly Setting[]>([]);
  /** The commands of a tab with a fit of its own, for the keys. */
  readonly commands = signal<FitCommands | undefined>(undefined);
  /** Tabs with a state of their own. */
  readonly keepers = new Keepers();
  /** Whether the builder of the model's network is open. */
  readonly building = signal(false);
  /** Begins paused, as a lesson may ask. */
  private readonly paused = signal(false);
  /** The part of the address after `#`. */
  readonly link = computed(() =>
    toFitLink({
      tab: this.tab.value,
      request: this.fit.draft.value,
      play: this.tab.value === 'playground' ? this.play.value : [],
      backend: this.fit.backend.value,
      hide: this.hide.value,
      paused: this.paused.value,
    }),
  );
  /** Whether there is anything that an address could hold. */
  readonly settled = computed(() => OWN_FITS.has(this.tab.value) || this.fit.info.value !== undefined);
  /** Opens the room's fit, when a tab needs it. */
  private waiting: (() => Promise<void>) | undefined;
  private readonly stop: () => void;

  constructor(spawn: () => WorkerLike) {
    this.spawn = spawn;
    this.fit = new FitStore(spawn);
    this.stop = effect(() => {
      if (!OWN_FITS.has(this.tab.value)) void untracked(() => this.openWaiting());
    });
  }

  /** Whether a lesson leaves a control out. */
  hides(name: Hideable): boolean {
    return this.hide.value.includes(name);
  }

  /** Opens a link; the fit starts over only if the link is of another one. */
  async open(address: string, { kept, playing = true, fit }: Resumed = {}): Promise<void> {
    const link = fromFitLink(address);
    const { tab, play, hide, paused, problems } = link;
    this.hide.value = hide;
    this.play.value = play;
    this.paused.value = paused;
    const begin = async (): Promise<void> => {
      this.fit.playing.value = playing && !paused;
      await this.fit.open(request, { backend, problems: waits ? [] : problems, kept });
      // A save that cannot be read is not what the address asks for.
      if (kept !== undefined && !this.fit.info.value) await this.fit.open(request, { backend });
    };
    const before = { request: this.fit.draft.value, backend: this.fit.backend.value };
    const isOpen = this.fit.info.value !== undefined;
    // A link of a tab with a fit of its own leaves the room's alone.
    const waits = OWN_FITS.has(tab);
    const { request, backend } = waits && fit ? fit : link;
    this.waiting = waits && !isOpen ? begin : undefined;
    this.tab.value = tab;
    if (!waits && !(isOpen && sameFit(before, { request, backend }))) await begin();
    else if (problems.length > 0) this.fit.worker.hint(MISTAKES, problems);
  }

  private async openWaiting(): Promise<void> {
    const { waiting } = this;
    this.waiting = undefined;
    await waiting?.();
  }

  [Symbol.dispose](): void {
    this.stop();
    this.keepers[Symbol.dispose]();
    this.fit[Symbol.dispose]();
  }
}

/** Whether two links are of the same fit, whatever else they say. */
function sameFit(one: Opened, other: Opened): boolean {
  const rest = { tab: 'train', play: [], hide: [], paused: false } as const;
  return toFitLink({ ...one, ...rest }) === toFitLink({ ...other, ...rest });
}

/** What the component of a tab gets. */
export interface RoomProps {
  readonly room: Room;
}

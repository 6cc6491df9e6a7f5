/**
 * The state of the page: the runs on it, up to four side by side, and what they have in common: world, seed, speed, and
 * whether they play. Commands of the top bar go to all runs, those of an agent to the run that is focused.
 */
import { computed, effect, signal, untracked } from '@preact/signals';
import type { WorkerLike } from '#worker/client.ts';
import type { BackendChoice, Catalogue, NamedRequest, Speed } from '#worker/protocol.ts';
import { named } from './advice.ts';
import { differencesOf, playsLike } from './difference.ts';
import { openLink } from './opening.ts';
import type { PlayedRecording } from './human-play.ts';
import type { Hideable } from './hiding.ts';
import { SHOWN_FIRST, type Shown } from './overlays.ts';
import { Ledger, type AnyRow } from './ledger.ts';
import type { Aside } from './aside.ts';
import { linkOf } from './page-link.ts';
import { FIRST, without } from './permalink.ts';
import { RunStore, type From } from './run-store.ts';
import type { Section } from './values.ts';

/** Names of the runs, by their position on the page. */
const LETTERS = ['A', 'B', 'C', 'D'] as const;
export type Letter = (typeof LETTERS)[number];

export class Page implements Disposable {
  readonly catalogue = signal<Catalogue | undefined>(undefined);
  readonly speed = signal<Speed>(FIRST.speed);
  /** The overlays that are shown, where a run has them. */
  readonly shown = signal<Shown>(SHOWN_FIRST);
  /** Controls that a teacher's link leaves out. */
  readonly hide = signal<readonly Hideable[]>([]);
  readonly hides = (name: Hideable): boolean => this.hide.value.includes(name);
  readonly runs = signal<readonly RunStore[]>([]);
  /** The run that the agent panel and H refer to. */
  readonly focused = computed(
    () => this.runs.value.find(({ id }) => id === this.chosen.value) ?? this.runs.value[0],
  );
  /** The run in human play. */
  readonly player = computed(() => this.runs.value.find((run) => run.humanPlays.game.value));
  /** Whether there are several runs to compare. */
  readonly comparing = computed(() => this.runs.value.length > 1);
  /** Whether there is room for another run. */
  readonly hasRoom = computed(() => this.runs.value.length < LETTERS.length);
  readonly running = computed(() => this.runs.value.some((run) => run.worker.phase.value === 'running'));
  /** Whether there is a run that accepts commands. */
  readonly ready = computed(() => this.runs.value.some((run) => run.worker.ready));
  /** How each further run differs from the first, one entry each. */
  readonly differences = computed(() => {
    const [first, ...others] = this.runs.value;
    return others.map((run) => differencesOf(first.form, run.form));
  });
  /** All runs of this session. */
  readonly ledger = new Ledger(this.catalogue);
  /** The address of everything on the page. */
  readonly link = computed(() => {
    const { runs, speed, shown, hide } = this;
    return linkOf(runs.value, { speed: speed.value, shown: shown.value, hide: hide.value });
  });
  /** What the page goes back to after a lesson; undefined outside one. */
  readonly aside = signal<Aside | undefined>(undefined);
  private readonly chosen = signal(0);
  readonly recordings = signal<readonly PlayedRecording[]>([]);
  /** Starts a worker for a run, or for what others have learnt. */
  readonly spawn: () => WorkerLike;
  private readonly stop: () => void;
  private made = 0;
  /** Whether runs should advance, as far as the page decides. */
  playing = true;
  /** Number of groups of runs that are being created to start together. */
  private readonly gathering = signal(0);
  private address = '';
  /** Number of links opened: an older one, which took longer to read, changes nothing. */
  private openings = 0;

  constructor(spawn: () => WorkerLike) {
    this.spawn = spawn;
    this.runs.value = [this.create()];
    // During human play in one run the others wait too.
    this.stop = effect(() => {
      const { value: player } = this.player;
      untracked(() => (player ? this.hold(player) : this.release()));
    });
  }

  /**
   * Opens a link: wrong fields are reported and take their defaults. `kept`: for every run what it goes on from, if it
   * does. Resolves to whether that is on the page: another link may have been opened since.
   */
  async open(link: string, kept: readonly (From | undefined)[] = []): Promise<boolean> {
    const mine = ++this.openings;
    this.address = link;
    await openLink(this, link, { kept, isNewest: () => mine === this.openings });
    return mine === this.openings;
  }

  /** Shows other runs in place of those that are there, which are not ended. */
  replaceAll(runs: readonly RunStore[]): void {
    this.openings++;
    this.runs.value = runs;
  }

  /** Adds a copy of the focused run in its own worker; all start over from the same seed. */
  async compare(): Promise<void> {
    // What has just been chosen is to be compared.
    const decisions = this.runs.value.flatMap(({ choosing }) => choosing.decision ?? []);
    if (decisions.length > 0) await Promise.all(decisions);
    const { value: copied } = this.focused;
    const { value: catalogue } = this.catalogue;
    if (!this.hasRoom.value || !copied.worker.info.value || !catalogue) return;
    const clean = ({ choosing, problems }: RunStore): NamedRequest =>
      named(without(choosing.aim.request, problems.value), catalogue);
    const copy = this.create();
    // Shown while its worker starts.
    copy.draft.value = clean(copied);
    copy.backend.value = copied.choosing.aim.backend;
    this.runs.value = [...this.runs.value, copy];
    this.focus(copy);
    this.ledger.comesFrom(copy, this.ledger.rowOf(copied));
    this.ledger.number(this.runs.value);
    await this.together(() => this.runs.value.map((run) => run.begin(clean(run))));
  }

  /** Ends one of several runs and its worker; the others continue. */
  close(run: RunStore): void {
    if (!this.comparing.value) return;
    this.runs.value = this.runs.value.filter((other) => other !== run);
    this.end(run);
  }

  /** Ends a run that is no longer on the page, and its worker. */
  end(run: RunStore): void {
    this.ledger.end(run, 'closed');
    run[Symbol.dispose]();
  }

  focus(run: RunStore): void {
    this.chosen.value = run.id;
  }

  letterOf(run: RunStore): Letter {
    return LETTERS[this.runs.value.indexOf(run)] ?? LETTERS[0];
  }

  /**
   * Starts the settings of a row in the focused run. The runs beside it go on if they play the same world with the same seed,
   * else they move there.
   */
  async restore(row: AnyRow): Promise<void> {
    const { value: request } = row.request;
    const { value: focused } = this.focused;
    await this.together(() =>
      this.runs.value.flatMap((run) => {
        if (run === focused) {
          this.ledger.comesFrom(run, row);
          // Runs side by side have their backend in common.
          const backend = this.comparing.value ? run.choosing.aim.backend : row.backend;
          return run.begin(request, backend).finally(() => this.ledger.forgetOrigin(run));
        }
        return playsLike(row.form, run.form) ? [] : run.moveTo(request);
      }),
    );
  }

  /** Goes on with the run of a file in the focused run. The runs beside it move to its world and seed, if theirs are others. */
  async openFile(file: Blob): Promise<void> {
    const { value: focused } = this.focused;
    await this.together(() => [focused.begin(focused.draft.value, focused.backend.value, { file })]);
    const { value: request } = focused.draft;
    const others = this.runs.value.filter((run) => run !== focused && !playsLike(focused.form, run.form));
    if (others.length > 0) await this.together(() => others.map((run) => run.moveTo(request)));
  }

  /** Trains the settings of the focused run on five seeds, each for so many steps. */
  trainSeeds(steps: number): void {
    const row = this.ledger.rowOf(this.focused.value);
    if (row) this.ledger.addGroup(row, steps, this.spawn);
  }

  /** Restarts all runs with all pending changes. */
  reset(): Promise<void> {
    this.ledger.number(this.runs.value);
    return this.together(() => this.runs.value.map((run) => run.reset()));
  }

  /** Whether a run is ready and waits for the others to start with it. */
  waits({ worker }: RunStore): boolean {
    return this.gathering.value > 0 && this.playing && worker.phase.value === 'paused';
  }

  async toggle(): Promise<void> {
    const { value: player } = this.player;
    this.playing = player !== undefined || !this.running.value;
    if (player) return player.giveBack();
    if (this.playing) this.release();
    else await this.pause();
  }

  /** Goes on, whether it was paused or in human play. */
  async play(): Promise<void> {
    this.playing = true;
    await this.player.value?.giveBack();
    this.release();
  }

  async step(): Promise<void> {
    if (!this.ready.value) return;
    this.playing = false;
    await Promise.all(this.runs.value.map((run) => run.worker.step()));
  }

  /** Starts human play in the focused run, or ends it. */
  async toggleHumanPlay(run = this.focused.value): Promise<void> {
    const { value: player } = this.player;
    if (player) await player.giveBack();
    if (player !== run) await run.startHumanPlay();
  }

  async setSpeed(speed: Speed): Promise<void> {
    this.speed.value = speed;
    await Promise.all(this.runs.value.map((run) => run.sendSpeed()));
  }

  pickWorld(world: string): Promise<void> {
    this.ledger.number(this.runs.value);
    return this.together(() => this.runs.value.map((run) => run.pickWorld(world)));
  }

  pickBackend(backend: BackendChoice): Promise<void> {
    return this.together(() => this.runs.value.map((run) => run.pickBackend(backend)));
  }

  setSeed(seed: string): void {
    for (const run of this.runs.value) run.setSeed(seed);
  }

  /** Changes a field: of the agent in the focused run, of the world in all of them. */
  edit(section: Section, key: string, value: unknown, live: boolean): void {
    const runs = section === 'agent' ? [this.focused.value] : this.runs.value;
    for (const run of runs) run.edit(section, key, value, live);
  }

  [Symbol.dispose](): void {
    this.stop();
    this.ledger[Symbol.dispose]();
    const aside = this.aside.value?.kind === 'runs' ? this.aside.value.runs : [];
    for (const run of [...this.runs.value, ...aside]) run[Symbol.dispose]();
  }

  /** A run that is not on the page yet. */
  create(): RunStore {
    const run: RunStore = new RunStore(this.made++, this.spawn, {
      catalogue: this.catalogue,
      speed: this.speed,
      shown: this.shown,
      recordings: this.recordings,
      reopen: () => this.open(this.address),
      onRun: (run, setup, info) => this.ledger.begin(run, setup, info),
      mayRun: () =>
        this.playing &&
        this.runs.value.includes(run) &&
        !this.player.value &&
        (this.gathering.peek() === 0 || !this.comparing.value),
    });
    return run;
  }

  /** Creates runs that start at the same moment, once all of them are ready. */
  async together(make: () => readonly Promise<void>[]): Promise<void> {
    this.gathering.value++;
    try {
      await Promise.all(make());
    } finally {
      this.gathering.value--;
    }
    this.release();
  }

  private async pause(): Promise<void> {
    await Promise.all(this.runs.value.map((run) => run.worker.pause()));
  }

  private hold(player: RunStore): void {
    for (const run of this.runs.value)
      if (run !== player && run.worker.phase.value === 'running') void run.worker.pause();
  }

  private release(): void {
    for (const { worker } of this.runs.value)
      if (worker.phase.value === 'paused') void worker.attempt(() => worker.resume());
  }
}

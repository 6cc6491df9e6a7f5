/**
 * The state of one run as the page shows it: what its forms hold, what is wrong with it, human play and cloning. The
 * run itself is in its worker. Components read signals and call methods.
 */
import { computed, signal, type Signal } from '@preact/signals';
import type { Problem } from '#core/errors.ts';
import type { WorkerLike } from '#worker/client.ts';
import type { BackendChoice, Catalogue, NamedRequest, RunInfo, SavedFrom, Setup } from '#worker/protocol.ts';
import { Choosing } from './choosing.ts';
import { Cloning } from './cloning.ts';
import { Edits, type Edit } from './edits.ts';
import { EarlyChanges } from './early-changes.ts';
import { Form } from './form.ts';
import { HumanPlays, recordingText, type PlayedRecording } from './human-play.ts';
import { FIRST, omit, without } from './permalink.ts';
import type { Shown } from './overlays.ts';
import { watchOverlays } from './watch.ts';
import { AgentWorker } from './agent-worker.ts';
import { isOfField, PART, same, type Section } from './values.ts';

/** What a run shares with the others on the page. */
export interface RunDeps {
  readonly catalogue: Signal<Catalogue | undefined>;
  readonly speed: Signal<Setup['speed']>;
  readonly shown: Signal<Shown>;
  readonly recordings: Signal<readonly PlayedRecording[]>;
  readonly mayRun: () => boolean;
  /** Opens the address again, of which no run came yet. */
  readonly reopen: () => Promise<unknown>;
  /** A run has been created; the one before it has ended. */
  readonly onRun: (run: RunStore, setup: Setup, info: RunInfo) => void;
}

/** What a run goes on from. */
export interface From extends SavedFrom {
  /** What its forms showed, with changes that wait for a reset. */
  readonly draft?: NamedRequest;
}

/** In place of a field's key. */
const SEED = '';

export class RunStore implements Disposable {
  /** Distinguishes the runs of a page. */
  readonly id: number;
  /** What the forms show: ids and given values, raw. Anything not given is at its preset's value or default. */
  readonly draft = signal<NamedRequest>(FIRST.request);
  readonly backend = signal<BackendChoice>(FIRST.backend);
  readonly problems = signal<readonly Problem[]>([]);
  /** Whether it is a saved run that goes on. */
  readonly goesOn = signal(false);
  readonly worker: AgentWorker;
  readonly form: Form;
  readonly humanPlays: HumanPlays;
  /** The run that starts once there is a recording to learn from. */
  readonly cloning = new Cloning((request) => this.begin(request));
  /** The request that a link to this run holds: of the next one as soon as it is chosen, without values that are wrong. */
  readonly wanted = computed<NamedRequest>(() => {
    const { value: draft } = this.draft;
    const asked = this.choosing.wish.value?.request ?? this.cloning.asked.value?.request;
    return asked ?? { ...without(draft, this.problems.value.filter(isOfField)), agent: draft.agent };
  });
  /** What the next run will be. */
  readonly choosing: Choosing;
  private readonly deps: RunDeps;
  private readonly edits: Edits;
  /** What the forms are to show of runs that are being made. */
  private readonly drafts = new WeakMap<Setup, NamedRequest>();
  private readonly stopWatching: () => void;
  /** What the forms showed before a link that is still to start. */
  private before: (Pick<Setup, 'backend'> & { readonly request: NamedRequest }) | undefined;
  private readonly early = new EarlyChanges<Edit, NamedRequest>();

  constructor(id: number, spawn: () => WorkerLike, deps: RunDeps) {
    this.id = id;
    this.deps = deps;
    this.choosing = new Choosing(this, deps.catalogue);
    const worker = new AgentWorker(spawn, {
      mayRun: deps.mayRun,
      onMade: (setup, info) => this.onMade(setup, info),
      onRefused: (setup, problems) => this.onRefused(setup, problems),
      onPlayed: (episode) => this.humanPlays.take(episode),
      onDeath: () => this.humanPlays.end(),
      restart: () => this.restart(),
    });
    this.worker = worker;
    this.stopWatching = watchOverlays({
      info: worker.info,
      shown: deps.shown,
      tell: (overlays) => void worker.attempt(() => worker.call((api) => api.watch(overlays))),
    });
    this.form = new Form(deps.catalogue, this.draft, worker.info);
    this.humanPlays = new HumanPlays(
      (command) => void worker.attempt(() => worker.call(command)),
      deps.recordings,
    );
    this.edits = new Edits({
      draft: this.draft,
      info: worker.info,
      problems: this.problems,
      check: this.check,
      isAlive: () => worker.phase.value !== 'failed',
      setLive: (change) => worker.call((api) => api.setLive(change)),
      run: (command) => worker.attempt(command),
      // Human play waits for a key again and continues under the new weights.
      onReward: () => this.humanPlays.releaseKeys(),
    });
  }

  readonly check = (request: NamedRequest): Promise<readonly Problem[]> =>
    this.worker.ask((api) => api.check(request));

  /** What the progress of the run counts. */
  get unit(): RunInfo['unit'] {
    return this.worker.info.value?.unit ?? 'env steps';
  }

  /** Shows what a link asks for, while its run is being made. If that is refused, what was shown before comes back. */
  propose(request: NamedRequest, backend: BackendChoice): void {
    this.before ??= { request: this.draft.value, backend: this.backend.value };
    this.draft.value = request;
    this.backend.value = backend;
  }

  /** Starts a run, or goes on with one that was saved; if it is refused, the forms return to the run that continues. */
  begin(request: NamedRequest, backend = this.choosing.aim.backend, from: From = {}): Promise<void> {
    const { draft, ...saved } = from;
    const setup = { request, backend, speed: this.deps.speed.value, ...saved };
    if (draft) this.drafts.set(setup, draft);
    return this.choosing.make(setup, () => this.worker.make(setup));
  }

  /** Starts the drafted run, or the one that has just been chosen, from step 0, with all pending changes. */
  reset(): Promise<void> {
    // One that is still being decided starts over anyway.
    return this.choosing.decision ?? this.begin(this.choosing.aim.request);
  }

  sendSpeed(): Promise<void> {
    const { value: speed } = this.deps.speed;
    return this.worker.attempt(() => this.worker.call((api) => api.setSpeed(speed)));
  }

  /** Starts human play in a separate copy of the world; the agent is paused. */
  async startHumanPlay(): Promise<void> {
    const { worker } = this;
    if (!worker.ready) return;
    const paused = worker.pause();
    worker.phase.value = 'starting';
    await paused;
    await worker.attempt(async () => {
      const outcome = await worker.call((api) => api.startHumanPlay());
      worker.phase.value = 'paused';
      if (outcome.ok) return this.humanPlays.begin(outcome.value);
      worker.hint('This world does not support human play', outcome.problems);
      await worker.resume();
    });
  }

  /** Ends human play; the agent continues unless the page is paused. */
  async giveBack(): Promise<void> {
    if (!this.humanPlays.game.value) return;
    this.humanPlays.end();
    await this.worker.attempt(async () => {
      const left = await this.worker.call((api) => api.endHumanPlay());
      if (left) this.humanPlays.take(left);
      await this.worker.resume();
    });
  }

  /** Starts the run that waits for a recording, or a new one with this agent, with the user's recording of its world. */
  async clonePlayed(agent: string): Promise<void> {
    await this.giveBack();
    if (this.cloning.asked.value?.request.agent !== agent) await this.pickAgent(agent);
    const recording = this.humanPlays.of(this.cloning.asked.value?.request.world);
    if (recording) await this.cloning.give(recordingText(recording));
  }

  /** Another world; an agent that was chosen by hand comes along where it can. */
  pickWorld(world: string): Promise<void> {
    return this.choosing.world(world);
  }

  /** Starts this agent in the world of another request with its seed. */
  moveTo(other: NamedRequest): Promise<void> {
    return this.choosing.moveTo(other);
  }

  /** Another agent; one that learns from a recording asks for it first. */
  pickAgent(agent: string): Promise<void> {
    return this.choosing.agent(agent);
  }

  /** A preset replaces all settings; no name means the defaults. */
  pickPreset(preset: string | undefined): Promise<void> {
    this.early.clear();
    return this.choosing.preset(preset);
  }

  pickBackend(backend: BackendChoice): Promise<void> {
    return this.begin(this.choosing.aim.request, backend);
  }

  setSeed(seed: string): void {
    this.draft.value = seed.trim() === '' ? omit(this.draft.value, 'seed') : { ...this.draft.value, seed };
    this.tell({ section: 'world', key: SEED, value: seed, live: false });
  }

  /** Changes a field: a live one in the running agent at once, others at the next reset. */
  edit(section: Section, key: string, value: unknown, live: boolean): void {
    this.put(section, key, value);
    this.tell({ section, key, value, live });
  }

  /** Starts a new worker, which resumes from the last checkpoint with what the form shows. Without a catalogue no link was read yet. */
  restart(): Promise<unknown> {
    if (!this.deps.catalogue.value) return this.deps.reopen();
    return this.worker.attempt(async () => {
      if (await this.worker.restart()) this.tellLive();
      else await this.begin(this.draft.value);
    });
  }

  /** Takes the run back in its past; its live values, in the form too, are again those of then. */
  async goBack(to: number | 'left'): Promise<readonly Problem[]> {
    const outcome = await this.worker.call((api) => api.restore(to));
    if (!outcome.ok) return outcome.problems;
    this.worker.info.value = outcome.value;
    for (const { section, key, is } of this.form.liveDifferences()) this.put(section, key, is);
    return [];
  }

  [Symbol.dispose](): void {
    this.stopWatching();
    this.humanPlays.end();
    this.worker[Symbol.dispose]();
  }

  /** Drafts a value; one that is the preset's or the default is not given. */
  private put(section: Section, key: string, value: unknown): void {
    const part = PART[section];
    const { [part]: values = {} } = this.draft.value;
    const given = same(value, this.form.unchanged(section, key))
      ? omit(values, key)
      : { ...values, [key]: value };
    this.draft.value = { ...this.draft.value, [part]: given };
  }

  private tell(edit: Edit): void {
    if (this.choosing.wish.value || this.worker.phase.value === 'starting')
      this.early.add(edit, this.draft.value);
    this.edits.tell(edit);
  }

  /** Live values that changed after the checkpoint, or while there was no worker. */
  private tellLive(): void {
    for (const { section, key, shown: value } of this.form.liveDifferences())
      this.edits.tell({ section, key, value, live: true });
  }

  private onMade(made: Setup, info: RunInfo): void {
    const setup = { ...made, request: info.asked ?? made.request };
    const { request, backend } = setup;
    this.before = undefined;
    const draft = info.asked && this.drafts.get(made);
    this.draft.value = draft?.world === request.world && draft.agent === request.agent ? draft : request;
    this.backend.value = backend;
    this.problems.value = [];
    this.goesOn.value = made.file !== undefined || made.kept !== undefined;
    this.cloning.ask(undefined);
    this.humanPlays.end();
    this.deps.onRun(this, setup, info);
    this.early.repeat(({ section, key, value, live }, draft) => {
      // Worlds have their seed in common.
      if (key === SEED) return this.setSeed(String(value));
      const of = section === 'agent' ? 'agent' : 'world';
      if (draft[of] === request[of]) this.edit(section, key, value, live);
    });
  }

  private onRefused({ request, file, kept }: Setup, problems: readonly Problem[]): boolean {
    this.early.clear();
    // It says nothing about what the forms show.
    if (file || kept !== undefined) return false;
    const clones = this.cloning.asked.value !== undefined && request.demonstrations !== undefined;
    if (clones) this.cloning.refuse(problems);
    else {
      if (this.worker.info.value && this.before) {
        this.draft.value = this.before.request;
        this.backend.value = this.before.backend;
        this.before = undefined;
      }
      // Settings can be corrected only where they are shown.
      if (problems.every(({ field }) => field.startsWith('agent.'))) this.draft.value = request;
      this.problems.value = problems;
    }
    return clones;
  }
}

/**
 * The state of one run as the page shows it: what its forms hold, what is wrong with it, human play and cloning. The
 * run itself is in its worker. Components read signals and call methods.
 */
import { computed, signal, type Signal } from '@preact/signals';
import type { Problem } from '#core/errors.ts';
import type { WorkerLike } from '#worker/client.ts';
import type { BackendChoice, Catalogue, NamedRequest, RunInfo, SavedFrom, Setup } from '#worker/protocol.ts';
import { isOwn, named, playable } from './advice.ts';
import { Cloning } from './cloning.ts';
import { Edits, type Edit } from './edits.ts';
import { EarlyChanges } from './early-changes.ts';
import { Form } from './form.ts';
import { HumanPlays, recordingText, type PlayedRecording } from './human-play.ts';
import { FIRST, omit, without, withoutAgent } from './permalink.ts';
import type { Shown } from './overlays.ts';
import { watchOverlays } from './watch.ts';
import { AgentWorker } from './agent-worker.ts';
import { isOfField, PART, problemAt, same, type Section } from './values.ts';

/** What a run shares with the others on the page. */
export interface RunDeps {
  readonly catalogue: Signal<Catalogue | undefined>;
  readonly speed: Signal<Setup['speed']>;
  readonly shown: Signal<Shown>;
  readonly recordings: Signal<readonly PlayedRecording[]>;
  readonly mayRun: () => boolean;
  /** Opens the address again, of which no run came yet. */
  readonly reopen: () => Promise<void>;
  /** A run has been created; the one before it has ended. */
  readonly onRun: (run: RunStore, setup: Setup, info: RunInfo) => void;
}

export class RunStore implements Disposable {
  /** Distinguishes the runs of a page. */
  readonly id: number;
  /** What the forms show: ids and given values, raw. Anything not given is at its preset's value or default. */
  readonly draft = signal<NamedRequest>(FIRST.request);
  readonly backend = signal<BackendChoice>(FIRST.backend);
  readonly problems = signal<readonly Problem[]>([]);
  readonly worker: AgentWorker;
  readonly form: Form;
  readonly humanPlays: HumanPlays;
  /** The run that starts once there is a recording to learn from. */
  readonly cloning = new Cloning((request) => this.begin(request));
  /** The request that a link to this run holds, without values that are wrong. */
  readonly wanted = computed<NamedRequest>(() => {
    const { value: draft } = this.draft;
    const asked = this.cloning.asked.value?.request;
    return asked ?? { ...without(draft, this.problems.value.filter(isOfField)), agent: draft.agent };
  });
  /** Whether the agent came along from another world: chosen by hand, it stays in the next one as well. */
  private carried = false;
  private readonly deps: RunDeps;
  private readonly edits: Edits;
  private readonly stopWatching: () => void;
  private readonly early = new EarlyChanges<Edit, NamedRequest>();

  constructor(id: number, spawn: () => WorkerLike, deps: RunDeps) {
    this.id = id;
    this.deps = deps;
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

  /** Starts a run, or goes on with one that was saved; if it is refused, the forms return to the run that continues. */
  begin(request: NamedRequest, backend = this.backend.value, from: SavedFrom = {}): Promise<void> {
    return this.worker.make({ request, backend, speed: this.deps.speed.value, ...from });
  }

  /** Starts the drafted run from step 0, with all pending changes. */
  reset(): Promise<void> {
    return this.begin(this.draft.value);
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

  /**
   * Starts another world with its own defaults and its own agent. An agent that was chosen by hand stays with its settings,
   * unless it cannot play the world.
   */
  async pickWorld(world: string): Promise<void> {
    const { value: catalogue } = this.deps.catalogue;
    if (!catalogue) return;
    const { value: wanted } = this.wanted;
    const carries = this.carried || !isOwn(wanted, catalogue);
    const rest = { ...omit(omit(omit(wanted, 'params'), 'rewards'), 'demonstrations'), world };
    const moved = carries ? rest : named(withoutAgent(rest), catalogue);
    await this.worker.attempt(async () => {
      const { request, problems, asked } = await playable(moved, catalogue, this.check);
      await this.begin(request);
      if (this.worker.info.value?.request.world !== world) return;
      this.cloning.ask(asked);
      const isOther = problems.length > 0 && !problemAt(problems, 'preset');
      this.carried = carries && !isOther;
      if (carries && problems.length > 0)
        this.worker.note(
          isOther
            ? 'The agent was replaced by the one that this world starts with'
            : 'The preset is not for this world; its settings are back at their defaults',
          problems,
        );
    });
  }

  /** Starts this agent in the world of another request with its seed; another agent where this one cannot play it. */
  async moveTo(other: NamedRequest): Promise<void> {
    const { value: catalogue } = this.deps.catalogue;
    if (!catalogue) return;
    const { agent, preset, config } = this.wanted.value;
    const own = { agent, ...(preset !== undefined && { preset }), ...(config && { config }) };
    await this.worker.attempt(async () => {
      const { request, asked } = await playable({ ...withoutAgent(other), ...own }, catalogue, this.check);
      await this.begin(request);
      this.cloning.ask(asked);
    });
  }

  /** An agent that learns from a recording starts when it has one; until then the current run continues. */
  async pickAgent(agent: string): Promise<void> {
    const { value: draft } = this.draft;
    const kept = omit(draft, 'demonstrations');
    const start = this.form.world.value?.start;
    // The agent that the world starts with comes with its preset.
    const fresh = { ...withoutAgent(draft), ...(start?.agent === agent ? start : { agent }) };
    const entry = this.deps.catalogue.value?.agents.find(({ id }) => id === agent);
    this.carried = false;
    if (entry?.needs === 'demonstrations') return this.cloning.ask(agent === draft.agent ? kept : fresh);
    const withdrawn = this.cloning.asked.value !== undefined && agent === draft.agent;
    this.cloning.ask(undefined);
    if (!withdrawn) await this.begin(fresh);
  }

  /** A preset replaces all settings; no name means the defaults. */
  pickPreset(preset: string | undefined): Promise<void> {
    const rest = omit(omit(this.draft.value, 'config'), 'preset');
    this.early.clear();
    return this.begin({ ...rest, ...(preset !== undefined && { preset }) });
  }

  pickBackend(backend: BackendChoice): Promise<void> {
    return this.begin(this.draft.value, backend);
  }

  setSeed(seed: string): void {
    this.draft.value = seed.trim() === '' ? omit(this.draft.value, 'seed') : { ...this.draft.value, seed };
    this.edits.tell({ section: 'world', key: '', value: seed, live: false });
  }

  /** Changes a field: a live one in the running agent at once, others at the next reset. */
  edit(section: Section, key: string, value: unknown, live: boolean): void {
    this.put(section, key, value);
    const edit = { section, key, value, live };
    if (this.worker.phase.value === 'starting') this.early.add(edit, this.draft.value);
    this.edits.tell(edit);
  }

  /** Starts a new worker, which resumes from the last checkpoint with what the form shows. Without a catalogue no link was read yet. */
  restart(): Promise<void> {
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

  /** Live values that changed after the checkpoint, or while there was no worker. */
  private tellLive(): void {
    for (const { section, key, shown: value } of this.form.liveDifferences())
      this.edits.tell({ section, key, value, live: true });
  }

  private onMade(made: Setup, info: RunInfo): void {
    const setup = { ...made, request: info.asked ?? made.request };
    const { request, backend } = setup;
    this.draft.value = request;
    this.backend.value = backend;
    this.problems.value = [];
    this.cloning.ask(undefined);
    this.humanPlays.end();
    this.deps.onRun(this, setup, info);
    this.early.repeat(({ section, key, value, live }, draft) => {
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
      // Settings can be corrected only where they are shown.
      if (problems.every(({ field }) => field.startsWith('agent.'))) this.draft.value = request;
      this.problems.value = problems;
    }
    return clones;
  }
}

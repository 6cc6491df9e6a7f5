/**
 * The page's state and what can be done to it. Components read signals and call methods; only this file talks to the
 * worker, so that nothing on the page waits for an answer that may never come.
 */
import { computed, signal } from '@preact/signals';
import { problemLine, type Problem } from '#core/errors.ts';
import { TrainerClient, WorkerDied, type WorkerLike } from '#worker/client.ts';
import type {
  BackendChoice,
  BatchEvent,
  Catalogue,
  Outcome,
  RunInfo,
  RunRequest,
  Setup,
  Speed,
  TrainerEvent,
} from '#worker/protocol.ts';
import { playable, repair } from './advice.ts';
import { Cloning } from './cloning.ts';
import { Edits } from './edits.ts';
import { Form } from './form.ts';
import { HumanPlays, recordingText } from './human-play.ts';
import { FIRST, fromLink, omit, toLink } from './permalink.ts';
import { Record } from './record.ts';
import { Screen } from './screen.ts';
import { PART, same, type Section } from './values.ts';

/** `starting`: a run is being made. `failed`: it ended by an error or the worker is gone. */
export type Phase = 'starting' | 'running' | 'paused' | 'failed';

/** A message across the page, until it is settled or put away. */
export interface Notice {
  readonly kind: 'error' | 'hint';
  readonly title: string;
  readonly lines: readonly string[];
  readonly restart: boolean;
}

export interface Progress {
  readonly steps: number;
  readonly episodes: number;
  /** Env steps per second. */
  readonly rate: number;
}

const NOTHING: Progress = { steps: 0, episodes: 0, rate: 0 };

export class Store {
  readonly catalogue = signal<Catalogue | undefined>(undefined);
  /** What the forms show: ids and given values, raw. What is not given is at its preset's value or default. */
  readonly draft = signal<RunRequest>(FIRST.request);
  readonly backend = signal<BackendChoice>(FIRST.backend);
  readonly speed = signal<Speed>(FIRST.speed);
  /** The run that is there, with the values in force. */
  readonly info = signal<RunInfo | undefined>(undefined);
  readonly phase = signal<Phase>('starting');
  readonly problems = signal<readonly Problem[]>([]);
  readonly notice = signal<Notice | undefined>(undefined);
  readonly progress = signal<Progress>(NOTHING);
  readonly screen = new Screen((buffer) => this.client.giveBack(buffer));
  /** Whether the overlay with the agent's inspection is on. */
  readonly overlay = signal(true);
  readonly record = new Record();
  /** The forms over the draft: what they show and what waits. */
  readonly form = new Form(this.catalogue, this.draft, this.info);
  readonly humanPlays = new HumanPlays((command) => void this.quietly(() => this.client.call(command)));
  /** The run that the user wants as soon as there is a recording to learn from. */
  readonly cloning = new Cloning((request) => this.begin(request));
  private readonly edits = new Edits({
    draft: this.draft,
    info: this.info,
    problems: this.problems,
    check: (request) => this.check(request),
    setLive: (change) => this.client.call((api) => api.setLive(change)),
    run: (command) => this.quietly(command),
    // Play by hand waits for a key again: it goes on under the new weights.
    onReward: () => this.humanPlays.releaseKeys(),
  });
  /** The address of this very set-up. */
  readonly link = computed(() => toLink(this.setup(this.cloning.asked.value?.request ?? this.draft.value)));

  private readonly client: TrainerClient;
  private making = false;
  private next: Setup | undefined;
  private playing = true;
  /** The newest run that the worker has spoken of; its numbers begin anew with every worker. */
  private run = 0;

  constructor(spawn: () => WorkerLike) {
    this.client = new TrainerClient(spawn, {
      onEvent: (event) => this.onEvent(event),
      onDeath: (message) => {
        this.run = 0;
        this.humanPlays.end();
        this.fail('The worker that trains has died', [message]);
      },
      onSilence: (silent) => this.onSilence(silent),
    });
  }

  /** Opens a link: what is wrong in it is said and starts at its default. */
  async open(link: string): Promise<void> {
    await this.quietly(async () => {
      this.catalogue.value = await this.client.call((api) => api.catalogue());
      const { setup, problems } = fromLink(link);
      const advice = await repair(setup.request, this.catalogue.value, this.check);
      const all = [...problems, ...advice.problems];
      this.backend.value = setup.backend;
      this.speed.value = setup.speed;
      await this.begin(advice.request);
      this.cloning.ask(advice.asked);
      if (all.length > 0 && this.phase.value !== 'failed')
        this.hint('The link is not all right: defaults are used for', all);
    });
  }

  /** Makes the drafted run anew, with all changes that waited for it. */
  async reset(): Promise<void> {
    await this.begin(this.draft.value);
  }

  async toggle(): Promise<void> {
    if (this.humanPlays.game.value) {
      this.playing = true;
      return this.giveBack();
    }
    await (this.phase.value === 'running' ? this.pause() : this.play());
  }

  async step(): Promise<void> {
    if (this.phase.value !== 'running' && this.phase.value !== 'paused') return;
    this.playing = false;
    this.phase.value = 'paused';
    await this.quietly(() => this.client.step());
  }

  /** The user plays, in a world of its own; the agent waits. */
  async startHumanPlay(): Promise<void> {
    if (this.phase.value !== 'running' && this.phase.value !== 'paused') return;
    this.phase.value = 'starting';
    await this.quietly(async () => {
      await this.client.pause();
      const outcome = await this.client.call((api) => api.startHumanPlay());
      this.phase.value = 'paused';
      if (outcome.ok) return this.humanPlays.begin(outcome.value);
      this.hint('This world cannot be taken over', outcome.problems);
      await this.resume();
    });
  }

  /** The agent goes on, if it was going on before. */
  async giveBack(): Promise<void> {
    if (!this.humanPlays.game.value) return;
    this.humanPlays.end();
    await this.quietly(async () => {
      const left = await this.client.call((api) => api.endHumanPlay());
      if (left) this.humanPlays.take(left);
      await this.resume();
    });
  }

  /** Starts the run that waits for a recording, else one of this agent, with what was played in its world. */
  async clonePlayed(agent: string): Promise<void> {
    await this.giveBack();
    if (this.cloning.asked.value?.request.agent !== agent) await this.pickAgent(agent);
    const recording = this.humanPlays.of(this.cloning.asked.value?.request.world);
    if (recording) await this.cloning.give(recordingText(recording));
  }

  async setSpeed(speed: Speed): Promise<void> {
    this.speed.value = speed;
    await this.quietly(() => this.client.call((api) => api.setSpeed(speed)));
  }

  /** Another world starts at once, with its own defaults. Agent and settings stay, unless the agent cannot play it. */
  async pickWorld(world: string): Promise<void> {
    const { value: catalogue } = this.catalogue;
    if (!catalogue) return;
    const wanted = this.cloning.asked.value?.request ?? this.draft.value;
    const rest = omit(omit(omit(wanted, 'params'), 'rewards'), 'demonstrations');
    await this.quietly(async () => {
      const { request, problems, asked } = await playable({ ...rest, world }, catalogue, this.check);
      await this.begin(request);
      if (this.info.value?.request.world !== world) return;
      this.cloning.ask(asked);
      if (problems.length > 0) this.hint('Another agent plays, since the one before cannot', problems);
    });
  }

  /** An agent that learns from a recording begins when it has one; the run before goes on until then. */
  async pickAgent(agent: string): Promise<void> {
    const { value: draft } = this.draft;
    const kept = omit(draft, 'demonstrations');
    const fresh = { ...omit(omit(kept, 'config'), 'preset'), agent };
    const entry = this.catalogue.value?.agents.find(({ id }) => id === agent);
    if (entry?.needs === 'demonstrations') return this.cloning.ask(agent === draft.agent ? kept : fresh);
    const thoughtBetter = this.cloning.asked.value !== undefined && agent === draft.agent;
    this.cloning.ask(undefined);
    if (!thoughtBetter) await this.begin(fresh);
  }

  /** A preset replaces all settings; no name means the defaults. */
  async pickPreset(preset: string | undefined): Promise<void> {
    const rest = omit(omit(this.draft.value, 'config'), 'preset');
    await this.begin({ ...rest, ...(preset !== undefined && { preset }) });
  }

  async pickBackend(backend: BackendChoice): Promise<void> {
    await this.begin(this.draft.value, backend);
  }

  setSeed(seed: string): void {
    this.draft.value = seed.trim() === '' ? omit(this.draft.value, 'seed') : { ...this.draft.value, seed };
    this.edits.tell({ section: 'world', key: '', value: seed, live: false });
  }

  /** Changes a field: a live one of the running agent at once, others with the next reset. */
  edit(section: Section, key: string, value: unknown, live: boolean): void {
    const part = PART[section];
    const { [part]: values = {} } = this.draft.value;
    const given = same(value, this.form.unchanged(section, key))
      ? omit(values, key)
      : { ...values, [key]: value };
    this.draft.value = { ...this.draft.value, [part]: given };
    this.edits.tell({ section, key, value, live });
  }

  /** A new worker, which goes on from the last checkpoint. */
  async restart(): Promise<void> {
    this.notice.value = undefined;
    this.phase.value = 'starting';
    this.run = 0;
    await this.quietly(async () => {
      const outcome = await this.client.restart();
      if (!outcome) return this.begin(this.draft.value);
      if (!outcome.ok) return this.fail('The run could not be restarted', outcome.problems.map(problemLine));
      this.adopt(outcome.value);
      await this.resume();
    });
  }

  private async play(): Promise<void> {
    this.playing = true;
    if (this.phase.value === 'paused') await this.quietly(() => this.resume());
  }

  private async pause(): Promise<void> {
    this.playing = false;
    this.phase.value = 'paused';
    await this.quietly(() => this.client.pause());
  }

  private async resume(): Promise<void> {
    this.phase.value = this.playing ? 'running' : 'paused';
    if (this.playing) await this.client.start();
  }

  /** Makes a run of a request; if it is refused, the forms go back to the run that goes on. The last wish wins. */
  private async begin(request: RunRequest, backend = this.backend.value): Promise<void> {
    this.next = { ...this.setup(request), backend };
    if (this.making) return;
    this.making = true;
    const failed = this.phase.value === 'failed';
    this.phase.value = 'starting';
    await this.quietly(async () => {
      while (this.next) {
        const setup = this.next;
        this.next = undefined;
        const outcome = await this.client.create(setup);
        if (!this.next) await this.settle(setup, outcome, failed);
      }
    });
    this.making = false;
  }

  private async settle(setup: Setup, outcome: Outcome<RunInfo>, failed: boolean): Promise<void> {
    if (outcome.ok) {
      this.draft.value = setup.request;
      this.backend.value = setup.backend;
      this.problems.value = [];
      // It was about the run before.
      this.notice.value = undefined;
      this.cloning.ask(undefined);
      this.humanPlays.end();
      this.adopt(outcome.value);
      await this.resume();
      return;
    }
    const clones = this.cloning.asked.value && setup.request.demonstrations !== undefined;
    if (!clones) this.problems.value = outcome.problems;
    if (!this.info.value) return this.fail('The run could not start', outcome.problems.map(problemLine));
    const goesOn = this.playing && !this.humanPlays.game.value;
    this.phase.value = failed ? 'failed' : goesOn ? 'running' : 'paused';
    if (clones) this.cloning.refuse(outcome.problems);
    else this.hint('Not changed; the run before goes on', outcome.problems);
  }

  private adopt(info: RunInfo): void {
    this.info.value = info;
  }

  private readonly check = (request: RunRequest): Promise<readonly Problem[]> =>
    this.client.call((api) => api.check(request));

  private setup(request: RunRequest): Setup {
    return { request, backend: this.backend.value, speed: this.speed.value };
  }

  private onEvent(event: TrainerEvent): void {
    if (event.run > this.run) this.turnTo(event.run);
    switch (event.kind) {
      case 'frame':
        this.screen.take(event);
        break;
      case 'batch':
        if (event.run === this.run) this.onBatch(event);
        break;
      case 'played':
        this.humanPlays.take(event.episode);
        break;
      case 'failed':
        this.fail('The run stopped with an error', [event.message]);
        break;
    }
  }

  /** Forgets the run before: what comes now belongs to another one. */
  private turnTo(run: number): void {
    this.run = run;
    this.record.clear();
    this.progress.value = NOTHING;
    this.screen.forget();
  }

  private onBatch(event: BatchEvent): void {
    this.record.take(event);
    const { progress: steps, rate } = event;
    this.progress.value = { steps, rate, episodes: this.record.returns.points };
  }

  private onSilence(silent: boolean): void {
    if (silent)
      this.notice.value = {
        kind: 'hint',
        title: 'The worker has not answered for a while',
        lines: ['It may be busy, or gone. A restart goes on from the last checkpoint.'],
        restart: true,
      };
    else if (this.notice.value?.kind === 'hint' && this.notice.value.restart) this.notice.value = undefined;
  }

  private hint(title: string, problems: readonly Problem[]): void {
    this.notice.value = { kind: 'hint', title, lines: problems.map(problemLine), restart: false };
  }

  private fail(title: string, lines: readonly string[]): void {
    this.phase.value = 'failed';
    this.notice.value = { kind: 'error', title, lines, restart: true };
  }

  /** Runs a command of the page. A dead worker has been announced already; anything else is said. */
  private async quietly(command: () => Promise<unknown>): Promise<void> {
    try {
      await command();
    } catch (error) {
      if (error instanceof WorkerDied) return;
      this.fail('Something went wrong on the page', [error instanceof Error ? error.message : String(error)]);
    }
  }
}

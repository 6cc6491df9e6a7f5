/**
 * What the user chooses for the next run: its world, agent, preset and backend. Some choices take their time, because the worker
 * is asked first whether they can start; of several, the one that was made last counts, and each builds on the one before.
 */
import { signal, type ReadonlySignal } from '@preact/signals';
import { problemLine } from '#core/errors.ts';
import type { BackendChoice, Catalogue, NamedRequest } from '#worker/protocol.ts';
import { isOwn, named, playable } from './advice.ts';
import { note } from './notice.ts';
import { omit, withoutAgent } from './permalink.ts';
import type { From, RunStore } from './run-store.ts';
import { problemAt } from './values.ts';

/** What is to be made, as far as that is known. */
interface Aim {
  readonly request: NamedRequest;
  readonly backend: BackendChoice;
}

/** Starts a run, unless something else has been chosen; false if so, before it is there or after. */
type Start = (request: NamedRequest, backend?: BackendChoice, from?: From) => Promise<boolean>;

export class Choosing {
  private readonly run: RunStore;
  private readonly catalogue: ReadonlySignal<Catalogue | undefined>;
  /** What has been chosen and is not there yet. */
  readonly wish = signal<Aim | undefined>(undefined);
  /** What asks the worker first. */
  private deciding: Promise<void> | undefined;
  private turn = 0;
  /** Whether the agent came along from another world: chosen by hand, it stays in the next one as well. */
  private carried = false;

  constructor(run: RunStore, catalogue: ReadonlySignal<Catalogue | undefined>) {
    this.run = run;
    this.catalogue = catalogue;
  }

  /** What the next choice builds on. */
  get aim(): Aim {
    const { draft, backend } = this.run;
    return this.wish.value ?? { request: draft.value, backend: backend.value };
  }

  /** What is still being decided, until it has been. */
  get decision(): Promise<void> | undefined {
    return this.deciding;
  }

  /** Makes a run at once, instead of whatever was under way. */
  async make(aim: Aim, making: () => Promise<void>): Promise<void> {
    const mine = this.begin(aim);
    this.deciding = undefined;
    await making();
    this.end(mine);
  }

  /** Decides on a run in several steps. */
  decide(aim: Aim, task: (start: Start) => Promise<void>): Promise<void> {
    let mine = this.begin(aim);
    const start: Start = async (request, backend = aim.backend, from) => {
      if (mine !== this.turn) return false;
      const { deciding } = this;
      const made = this.run.begin(request, backend, from);
      this.deciding = deciding;
      mine = this.turn;
      await made;
      return mine === this.turn;
    };
    const decision = this.run.worker.attempt(() => task(start)).finally(() => this.end(mine));
    this.deciding = decision;
    return decision;
  }

  /**
   * Another world with its own defaults and its own agent. An agent that was chosen by hand stays with its settings, unless it
   * cannot play the world.
   */
  async world(world: string): Promise<void> {
    const { value: catalogue } = this.catalogue;
    if (!catalogue) return;
    const { run } = this;
    const { backend } = this.aim;
    const { value: wanted } = run.wanted;
    const carries = this.carried || !isOwn(wanted, catalogue);
    const rest = { ...omit(omit(omit(wanted, 'params'), 'rewards'), 'demonstrations'), world };
    const moved = carries ? rest : named(withoutAgent(rest), catalogue);
    await this.decide({ request: moved, backend }, async (start) => {
      const { request, problems, asked } = await playable(moved, catalogue, run.check);
      if (!(await start(request)) || run.worker.info.value?.request.world !== world) return;
      run.cloning.ask(asked);
      const isOther = problems.length > 0 && !problemAt(problems, 'preset');
      this.carried = carries && !isOther;
      if (carries && problems.length > 0)
        run.worker.notice.value = note(
          isOther
            ? 'The agent was replaced by the one that this world starts with'
            : 'The preset is not for this world; its settings are back at their defaults',
          problems.map(problemLine),
        );
    });
  }

  /** This agent in the world of another request with its seed; another agent where this one cannot play it. */
  async moveTo(other: NamedRequest): Promise<void> {
    const { value: catalogue } = this.catalogue;
    if (!catalogue) return;
    const { run } = this;
    const { agent, preset, config } = run.wanted.value;
    const own = { agent, ...(preset !== undefined && { preset }), ...(config && { config }) };
    const moved = { ...withoutAgent(other), ...own };
    await this.decide({ request: moved, backend: this.aim.backend }, async (start) => {
      const { request, asked } = await playable(moved, catalogue, run.check);
      if (await start(request)) run.cloning.ask(asked);
    });
  }

  /** An agent that learns from a recording starts when it has one; until then the current run continues. */
  async agent(agent: string): Promise<void> {
    const { run } = this;
    const { request, backend } = this.aim;
    const { worlds = [], agents = [] } = this.catalogue.value ?? {};
    const start = worlds.find(({ id }) => id === request.world)?.start;
    // The agent that the world starts with comes with its preset.
    const fresh = { ...withoutAgent(request), ...(start?.agent === agent ? start : { agent }) };
    const kept = omit(request, 'demonstrations');
    this.carried = false;
    const needs = agents.find(({ id }) => id === agent)?.needs;
    if (needs === 'demonstrations') return run.cloning.ask(agent === request.agent ? kept : fresh);
    const withdrawn = run.cloning.asked.value !== undefined && agent === request.agent;
    run.cloning.ask(undefined);
    if (!withdrawn) await run.begin(fresh, backend);
  }

  /** A preset replaces all settings; no name means the defaults. */
  preset(preset: string | undefined): Promise<void> {
    const { request, backend } = this.aim;
    const rest = omit(omit(request, 'config'), 'preset');
    return this.run.begin({ ...rest, ...(preset !== undefined && { preset }) }, backend);
  }

  private begin(aim: Aim): number {
    this.wish.value = aim;
    return ++this.turn;
  }

  private end(turn: number): void {
    if (turn !== this.turn) return;
    this.wish.value = undefined;
    this.deciding = undefined;
  }
}

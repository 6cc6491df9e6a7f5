/** Keeps the past of the current run while it trains: checkpoints, turning points and filmed episodes. */
import { transfer } from 'comlink';
import { buffersOf, type Snapshot } from '#core/snapshot.ts';
import { Shelf, type Kept } from '#train/history/shelf.ts';
import { policyOf } from '#train/history/stand-in.ts';
import { StartChoice } from '#train/history/start-choice.ts';
import { Tapes } from '#train/history/tape.ts';
import { TurningPoints, type TurningPoint } from '#train/history/turning-points.ts';
import { memoryNeeded } from '#train/request/memory.ts';
import type { Run } from '#train/runs/run.ts';
import type { Exclusive } from '../exclusive.ts';
import { outcomeLater, outcomeOf } from '../outcome.ts';
import type { Outcome } from '../protocol.ts';
import type { FilmedEpisode, SavedPolicy, TimeApi, Timeline } from './protocol.ts';

/** Env steps, or gradient steps of a fit, between the first checkpoints. */
const FIRST = 250;
/** Bytes of a full replay buffer up to which it is kept in checkpoints. */
const EXACT_MOST = 6 * 2 ** 20;
/** Milliseconds between looks for turning points. */
const LOOK_GAP = 100;
/** Looks and checkpoints take at most one part in so many of the time each, but for checkpoints of turning points. */
const SHARE = 100;
/** Checkpoints are no closer than this share of the time that the run has taken: copies also cost when they are forgotten. */
const CLOSEST = 1 / 20;
/** Episodes of a mean. */
const MEAN_OVER = 100;

interface TimeDeps {
  readonly now: () => number;
  readonly exclusive: Exclusive;
  /** The state of the run; undefined where it has diverged, which ends it. */
  readonly save: (run: Run, lean: boolean) => Promise<Snapshot | undefined>;
}

/** What is kept of one run. */
interface Past {
  readonly run: Run;
  readonly lean: boolean;
  readonly shelf: Shelf;
  readonly points: TurningPoints;
  readonly choice: StartChoice;
  readonly tapes: Tapes;
  readonly seen: { episodes: number; metrics: number };
  /** From when on turning points are looked for again, and a checkpoint may be taken; milliseconds. */
  looksFrom: number;
  freeAt: number;
  /** Milliseconds spent here while the run advanced, and those since then in which it did. */
  spent: number;
  time: number;
  followedAt: number | undefined;
  taking: boolean;
}

/** Where a run was when it last went back. */
interface Left {
  readonly state: Snapshot;
  readonly step: number;
  readonly undo: readonly (() => void)[];
}

export class TimeMachine implements TimeApi {
  private readonly deps: TimeDeps;
  private past: Past | undefined;
  private left: Left | undefined;

  constructor(deps: TimeDeps) {
    this.deps = deps;
  }

  /** Begins with the state of a run that is at rest; undefined: keeps nothing. */
  async begin(run: Run | undefined): Promise<void> {
    if (this.past) this.past.run.watcher = undefined;
    this.past = this.left = undefined;
    if (!run?.scene) return;
    const { env } = run.scene;
    const tapes = new Tapes(env, run.recorder.episodes);
    // From the first step on; `follow` says how long.
    run.watcher = tapes;
    const past: Past = {
      run,
      lean: memoryNeeded(run.setup).field === 'replaySize' && memoryNeeded(run.setup).bytes > EXACT_MOST,
      shelf: new Shelf(Math.max(env.n, run.progressAfter(FIRST))),
      points: new TurningPoints(run.setup),
      choice: new StartChoice(run),
      tapes,
      seen: { episodes: run.recorder.episodes, metrics: run.recorder.metricRows },
      looksFrom: -Infinity,
      freeAt: -Infinity,
      spent: 0,
      time: 0,
      followedAt: undefined,
      taking: false,
    };
    this.past = past;
    await this.take(past, undefined);
  }

  /** Between two slices of a run that advances. */
  follow(run: Run | undefined): void {
    const { past, deps } = this;
    if (!past || !run || past.taking) return;
    if (past.run !== run) {
      // Made anew on its old backend, because another one was refused.
      past.taking = true;
      void deps.exclusive(() => this.begin(run));
      return;
    }
    run.watcher = past.tapes.isDone ? undefined : past.tapes;
    const begin = deps.now();
    if (past.followedAt !== undefined) past.time += begin - past.followedAt;
    past.followedAt = begin;
    const point = begin >= past.looksFrom ? this.look(past) : undefined;
    const isDue = point !== undefined || (begin >= past.freeAt && past.shelf.isDue(run.progress));
    const took = deps.now() - begin;
    past.spent += took;
    if (begin >= past.looksFrom) past.looksFrom = begin + Math.max(LOOK_GAP, SHARE * took);
    if (!isDue) return;
    past.taking = true;
    void deps.exclusive(() => this.take(past, point));
  }

  /** The run rests: what follows is no time of it. */
  rest(): void {
    if (this.past) this.past.followedAt = undefined;
  }

  /** Restores a snapshot, with which another past begins, a checkpoint, or where the run was before it last went back. */
  async restore(run: Run, to: Snapshot | number | 'left'): Promise<void> {
    if (typeof to !== 'object') return this.goBack(run, to);
    await run.restore(to);
    await this.begin(run);
  }

  private async goBack(run: Run, to: number | 'left'): Promise<void> {
    const { past, left } = this;
    if (!past || past.run !== run) throw new Error('goBack: expected a run whose past is kept');
    if (to === 'left') {
      if (!left) throw new Error('goBack: expected a run that has gone back');
      await run.restore(left.state);
      for (const undo of left.undo) undo();
      this.left = undefined;
    } else {
      const kept = found(past.shelf.find(to), `checkpoint ${to}`);
      const state = await this.deps.save(run, past.lean);
      const step = run.progress;
      await run.restore(kept.state);
      const { recorder, scene } = run;
      const undo = [past.shelf.goBack(kept.step), past.points.goBack(kept.step)];
      if (scene) undo.push(past.tapes.goBack(scene.env, recorder.episodes));
      this.left = state && { state, step, undo };
    }
    past.seen.episodes = run.recorder.episodes;
    past.seen.metrics = run.recorder.metricRows;
  }

  timeline(): Timeline | undefined {
    const { past, left } = this;
    if (!past) return undefined;
    const { shelf, points, tapes, spent, time } = past;
    return {
      checkpoints: shelf.all.map(({ id, step, episodes, mean }) => ({ id, step, episodes, mean })),
      points: points.all,
      tapes: tapes.all.map(({ number, return: total, length }) => ({ number, return: total, length })),
      exact: !past.lean,
      bytes: shelf.bytes,
      cost: spent / Math.max(time, spent, 1),
      left: left?.step,
    };
  }

  async policy(of: number | 'now'): Promise<Outcome<SavedPolicy>> {
    return outcomeLater(() =>
      this.deps.exclusive(async () => {
        const { run, shelf } = found(this.past, 'run');
        const state =
          of === 'now'
            ? found(await this.deps.save(run, true), 'state of the run')
            : found(shelf.find(of), `checkpoint ${of}`).state;
        const step = of === 'now' ? run.progress : found(shelf.find(of), `checkpoint ${of}`).step;
        // A copy: the checkpoint stays here.
        const policy = structuredClone(policyOf(state));
        return transfer({ request: run.setup.request, policy, step }, buffersOf(policy));
      }),
    );
  }

  tape(number: number): Outcome<FilmedEpisode> {
    return outcomeOf(() => {
      const { run, tapes } = found(this.past, 'run');
      const tape = found(
        tapes.all.find((each) => each.number === number),
        `filmed episode ${number}`,
      );
      return { request: run.setup.request, tape };
    });
  }

  /** Looks at what is new; returns a new turning point, if there is one. */
  private look(past: Past): TurningPoint | undefined {
    const { run, points, seen, choice } = past;
    const { recorder } = run;
    const before = points.all;
    if (recorder.episodes > seen.episodes) points.takeEpisodes(recorder.episodesSince(seen.episodes));
    if (recorder.metricRows > seen.metrics) points.takeMetrics(recorder.metricsSince(seen.metrics));
    seen.episodes = recorder.episodes;
    seen.metrics = recorder.metricRows;
    points.takeChoice(choice.look(), run.progress);
    return points.all.findLast((point) => !before.includes(point));
  }

  private async take(past: Past, point: TurningPoint | undefined): Promise<void> {
    const { run, lean, shelf, points } = past;
    const { deps } = this;
    const begin = deps.now();
    past.taking = false;
    // Another run may have taken its place, or this one may have ended.
    if (this.past !== past) return;
    const state = await deps.save(run, lean);
    if (state) shelf.put(keptOf(run, state, point), points.all);
    const took = deps.now() - begin;
    past.spent += took;
    past.freeAt = begin + Math.max(SHARE * took, CLOSEST * past.time);
  }
}

function keptOf(
  { recorder, progress: step }: Run,
  state: Snapshot,
  point: TurningPoint | undefined,
): Omit<Kept, 'id' | 'bytes'> {
  return { step, episodes: recorder.episodes, mean: recorder.recentReturn(MEAN_OVER), state, point };
}

function found<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`time machine: expected a ${what}, got none`);
  return value;
}

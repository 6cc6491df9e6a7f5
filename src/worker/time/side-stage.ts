/** Plays saved policies and filmed episodes in a worker that trains nothing. */
import { transfer } from 'comlink';
import { DrawList, STRIDE } from '#core/draw-list.ts';
import { policyOf, StandIn, type GreedyPlay } from '#train/history/stand-in.ts';
import { TapePlayer } from '#train/history/replay-tape.ts';
import { parseRecording } from '#train/recordings/recording.ts';
import { resolveRun } from '#train/request/resolve.ts';
import { exclusively } from '../exclusive.ts';
import { outcomeLater, outcomeOf } from '../outcome.ts';
import { Pace } from '../pace.ts';
import type { Outcome } from '../protocol.ts';
import { readRunFile } from '../run-file.ts';
import type { CreateCompute } from '../backend-in-use.ts';
import type { FilmedEpisode, SavedPolicy, Score, SideApi, SidePicture, TestResult } from './protocol.ts';

/** Milliseconds for which an ended episode rests. */
const REST = 700;

type Compute = Awaited<ReturnType<CreateCompute>>;

export class SideStage implements SideApi {
  private readonly createCompute: CreateCompute;
  private readonly now: () => number;
  private readonly list = new DrawList();
  private readonly pace = new Pace();
  private readonly exclusive = exclusively();
  private compute: Compute | undefined;
  private standIn: { readonly key: string; readonly is: StandIn } | undefined;
  private shown: GreedyPlay | TapePlayer | undefined;
  private last: Score | undefined;
  private restsUntil = 0;

  constructor(createCompute: CreateCompute, now: () => number) {
    this.createCompute = createCompute;
    this.now = now;
  }

  watch(saved: SavedPolicy, seed: number): Promise<Outcome<void>> {
    return this.inTurn(async () => {
      const player = await this.standInFor(saved);
      this.show(player.play(seed));
    });
  }

  watchFile(file: Blob, seed: number): Promise<Outcome<void>> {
    return this.inTurn(async () => {
      const { request, state, steps: step } = await readRunFile(file);
      const player = await this.standInFor({ request, policy: policyOf(state), step });
      this.show(player.play(seed));
    });
  }

  replay({ request, tape }: FilmedEpisode): Outcome<void> {
    return outcomeOf(() => this.show(new TapePlayer(resolveRun(request), tape)));
  }

  picture(): SidePicture | undefined {
    const { shown, list } = this;
    if (!shown) return undefined;
    this.moveOn(shown);
    const { env } = shown;
    env.draw(0, list);
    const { count, width, height, background } = list;
    const numbers = list.numbers.slice(0, count * STRIDE);
    const isOver = (env.terminated[0] | env.truncated[0]) !== 0;
    // The picture already shows the start of the next episode.
    const episode = isOver
      ? { return: 0, length: 0 }
      : { return: env.episodeReturn[0], length: env.episodeLength[0] };
    const { last } = this;
    return transfer({ numbers, count, width, height, background, episode, last }, [numbers.buffer]);
  }

  test(saved: SavedPolicy, episodes: number, seed: number): Promise<Outcome<TestResult>> {
    return this.inTurn(async () => {
      const player = await this.standInFor(saved);
      const { mean, std } = player.evaluate({ episodes, seed });
      return { step: saved.step, episodes, seed, mean, std };
    });
  }

  playFrom(saved: SavedPolicy, recording: string): Promise<Outcome<Score>> {
    return this.inTurn(async () => (await this.standInFor(saved)).playFrom(parseRecording(recording)));
  }

  dispose(): void {
    this.shown = undefined;
    this.standIn?.is.dispose();
    this.standIn = undefined;
    this.compute?.[Symbol.dispose]();
    this.compute = undefined;
  }

  /** One task at a time, since all of them have the same player. */
  private inTurn<T>(task: () => Promise<T>): Promise<Outcome<T>> {
    return outcomeLater(() => this.exclusive(task));
  }

  /** The player for a policy, made once per run and then given one policy after another. */
  private async standInFor({ request, policy }: SavedPolicy): Promise<StandIn> {
    const key = JSON.stringify(request);
    if (this.standIn?.key !== key) {
      this.standIn?.is.dispose();
      this.standIn = undefined;
      // Acting is compiled on every backend, and nothing else is done here.
      this.compute ??= await this.createCompute('simd', { threads: 1 });
      this.standIn = { key, is: await StandIn.create(resolveRun(request), this.compute) };
    }
    // What is shown would go on with another policy in the middle of an episode.
    if (!(this.shown instanceof TapePlayer)) this.shown = undefined;
    await this.standIn.is.adopt(policy);
    return this.standIn.is;
  }

  private show(play: GreedyPlay | TapePlayer): void {
    this.shown = play;
    this.last = undefined;
    this.restsUntil = 0;
    this.pace.restart();
  }

  /** Plays the steps that are due. */
  private moveOn(shown: GreedyPlay | TapePlayer): void {
    const { pace } = this;
    const { env } = shown;
    const now = this.now();
    if (now < this.restsUntil) return;
    const due = pace.due(now, env.spec.fps);
    pace.spend(due);
    for (let k = 0; k < due; k++) {
      if (shown instanceof TapePlayer && shown.over) shown.rewind();
      shown.step();
      if (!(env.terminated[0] | env.truncated[0])) continue;
      this.last = { return: env.episodeReturn[0], length: env.episodeLength[0] };
      this.restsUntil = now + REST;
      pace.restart();
      break;
    }
  }
}

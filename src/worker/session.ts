/** The worker's side of the arena: the commands of its run, the looks into it, and human play. */
import { transfer } from 'comlink';
import { type Problem } from '#core/errors.ts';
import type { Overlay } from '#core/overlay.ts';
import { describeNetworks, type NetworkEntry } from '#train/checkpoints/networks.ts';
import type { NetworkLook } from '#train/insight/network-look.ts';
import { catalogue, type Catalogue } from '#train/catalogue/catalogue.ts';
import type { RunRequest } from '#train/request/resolve.ts';
import type { Mark, Tuning } from '#train/record/recorder.ts';
import { filmEpisode, memoryOf, type FilmedEpisode, type FilmRequest } from './filming.ts';
import { outcomeOf, problemsOf } from './outcome.ts';
import type { HumanPlayInfo, Outcome, PlayedEpisode, TrainerApi } from './protocol.ts';

import { RunSession } from './run-session.ts';

export class Session extends RunSession implements TrainerApi {
  catalogue(): Catalogue {
    return catalogue();
  }

  check(request: RunRequest): readonly Problem[] {
    return problemsOf(() => this.requests.resolve(request));
  }

  planNetworks(request: RunRequest): Outcome<readonly NetworkEntry[]> {
    return outcomeOf(() => describeNetworks(this.requests.resolve(request)));
  }

  lookAtNetworks(): Promise<Outcome<readonly NetworkLook[]>> {
    return this.withRun('lookAtNetworks', (run) => {
      const { is } = this.holder.backend;
      const looks = is ? this.networkEye.look(run, is) : [];
      this.reporter.dead = this.networkEye.dead();
      return looks;
    });
  }

  lookAway(): void {
    this.networkEye.close(this.holder.backend.is);
    this.reporter.dead = undefined;
  }

  watch(overlays: readonly Overlay[]): Promise<void> {
    return this.exclusive(() => this.reporter.watch(overlays));
  }

  async setLive(change: Tuning): Promise<Outcome<Mark>> {
    return this.withRun('setLive', (run) => {
      const mark = run.tune(change);
      // Returns under other reward weights belong to another recording.
      if (this.humanPlay.player && change.kind === 'reward') this.humanPlay.begin(run.setup);
      this.reporter.report(true);
      return mark;
    });
  }

  async film(request: FilmRequest): Promise<Outcome<FilmedEpisode>> {
    const filmed = await this.withRun('film', (run) => filmEpisode(run, request));
    return filmed.ok ? transfer(filmed, memoryOf(filmed.value)) : filmed;
  }

  async startHumanPlay(): Promise<Outcome<HumanPlayInfo>> {
    this.driver.stop();
    return this.withRun('startHumanPlay', (run) => {
      const info = this.humanPlay.begin(run.setup);
      this.reporter.rest();
      return info;
    });
  }

  press(action: number, down: boolean): void {
    this.humanPlay.player?.press(action, down);
  }

  releaseKeys(): void {
    this.humanPlay.player?.releaseKeys();
  }

  newEpisode(): void {
    this.humanPlay.player?.again();
  }

  async endHumanPlay(): Promise<PlayedEpisode | undefined> {
    return this.exclusive(() => {
      const episode = this.humanPlay.end();
      this.reporter.rest();
      return episode;
    });
  }
}

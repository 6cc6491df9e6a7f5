/** The worlds of a run of any kind that plays: created, shown and saved. */
import type { Player } from '#core/agent.ts';
import { observationSize, type EnvKernel } from '#core/env.ts';
import { refusal } from '#core/errors.ts';
import type { RngStreams } from '#core/rng.ts';
import { child, savedNumber, type Snapshot } from '#core/snapshot.ts';
import type { Normaliser } from '#core/moments.ts';
import { VectorEnv } from '#core/vector-env.ts';
import { createKernel, createMoments, type RunSetup } from '../request/resolve.ts';
import { Looking } from '../overlays/looking.ts';
import { StateViewer } from '../overlays/states.ts';
import { setWeights } from '../world/setup.ts';
import { restoreMoments, saveMoments, transformsFor, type Moments } from '../world/wrappers.ts';
import type { Scene } from './run.ts';

export interface Worlds {
  readonly kernel: EnvKernel;
  readonly env: VectorEnv;
  /** Statistics of the run's normalising wrappers. */
  readonly moments: Moments;
  /** Of observations, if they are normalised. */
  readonly normaliser: Normaliser | undefined;
}

/** Creates the worlds of a run. `discount`: the γ for normalising rewards; without it, rewards are not transformed. */
export function createWorlds(setup: RunSetup, streams: RngStreams, discount?: () => number): Worlds {
  const moments = createMoments(setup);
  const kernel = createKernel(setup);
  const n = setup.agent.slots(setup.config);
  const transforms = transformsFor(n, setup.wrappers, moments, discount);
  const env = new VectorEnv(kernel, n, streams, transforms);
  setWeights(env, setup);
  return { kernel, env, moments, normaliser: transforms.normaliser };
}

/** The first of the worlds, and what this player makes of it. */
export function sceneOf({ env, kernel, normaliser }: Worlds, player: Player): Scene {
  const looking = new Looking(env, player, StateViewer.of(env, kernel, normaliser));
  return {
    env,
    get episode() {
      return { return: env.episodeReturn[0], length: env.episodeLength[0] };
    },
    inspection: () => player.inspect(env.obs.subarray(0, observationSize(env.spec))),
    overlays: () => looking.overlays(),
    look: (asked) => looking.look(asked),
  };
}

/** `lean`: without the worlds themselves. */
export function saveWorlds({ env, moments }: Worlds, lean = false): Snapshot {
  const saved = { worldVersion: env.spec.version, moments: saveMoments(moments) };
  return lean ? { ...saved, lean } : { ...saved, env: env.snapshot() };
}

/** Throws an `InputError` if the rules have changed since. */
export function checkVersion({ spec: { id, version } }: VectorEnv, saved: Snapshot): void {
  const savedVersion = savedNumber(saved, 'worldVersion');
  if (savedVersion === version) return;
  const reader = savedVersion < version ? 'an earlier' : 'a newer';
  const got = `version ${savedVersion}, whose rules are different: ${reader} version of Ludus can continue it`;
  throw refusal('checkpoint', `${id} version ${version}`, got);
}

export function restoreWorlds({ env, moments }: Worlds, saved: Snapshot): void {
  restoreMoments(moments, child(saved, 'moments'));
  if (saved['lean'] !== true) env.restore(child(saved, 'env'));
}

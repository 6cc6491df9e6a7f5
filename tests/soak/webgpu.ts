/**
 * A network that learns on WebGPU in one page, past 100 000 episodes and past 65 536 reads from the device, near which pages of
 * tfjs have been known to stall. A pull of the bandit is an episode.
 */
import { setTimeout as later } from 'node:timers/promises';
import { launch } from '#node/bench/browser.ts';
import { serve } from '#node/page-server.ts';
import { toLink } from '#ui/state/permalink.ts';
import type { Half } from './half.ts';
import { hold } from './note.ts';
import { startedHold } from './processes.ts';
import { Tab } from './tab.ts';

const EPISODES = 100_000;
const READS = 65_536;
/** Milliseconds of a leg, and of silence that is a stall. */
const LEG = 30_000;
const STALL = 300_000;

const LINK = toLink({
  setup: {
    request: {
      world: 'bandit',
      agent: 'dqn',
      config: {
        // The fewest kernels of an update, of which every one is two reads: the loss, and the parameters for acting.
        network: [{ kind: 'dense', units: 2 }],
        double: false,
        nStep: 1,
        loss: 'mse',
        optimizer: 'sgd',
        gradientClip: 0,
        averageRate: 1,
        learningStarts: 16,
        batchSize: 2,
        replaySize: 1000,
        // Three episodes per update, so that both bounds come at about the same time.
        numEnvs: 3,
        trainEvery: 3,
        gradientSteps: 1,
      },
    },
    backend: 'webgpu',
    speed: 'turbo',
  },
});

export async function webgpuHalf(): Promise<Half> {
  const site = await serve();
  const browser = await launch({ webgpu: true });
  const tab = await Tab.open(browser, site, { room: 'arena', link: LINK });
  // Software draws the page as well: the less there is of it, the more is left for the network.
  await tab.page.setViewportSize({ width: 320, height: 100 });
  await tab.learns();
  const backend = await tab.page.getByRole('status', { name: 'Backend in use' }).innerText();
  hold(backend.includes('webgpu'), `expected WebGPU, got ${backend}`);
  const begin = performance.now();
  const read = (): Promise<number> => tab.worker.evaluate('outside.reads');
  let [episodes, reads] = [0, 0];
  let minutes = NaN;
  return {
    name: 'webgpu',
    async leg(_number, _rng, note) {
      const before = (await tab.seen()).progress;
      await later(LEG);
      const { progress } = await tab.seen();
      if (progress === before) await later(STALL);
      note.trained += (await tab.seen()).progress - before;
      hold(note.trained > 0, `it stands still at ${before} steps and ${await read()} reads`);
      [episodes, reads] = [progress, await read()];
      note.name = `dqn on bandit, ${backend}: ${episodes} episodes, ${reads} reads`;
      if (episodes >= EPISODES && reads >= READS) minutes = (performance.now() - begin) / 60_000;
      const [uncaught] = tab.uncaught;
      hold(uncaught === undefined, `uncaught: ${uncaught}`);
    },
    isOver: () => !Number.isNaN(minutes),
    async sample() {
      return {
        ...(await tab.sample()),
        ...startedHold(),
      };
    },
    async facts() {
      // Seconds of the whole, for who wants the rate.
      return { episodes, 'reads from the device': reads, 'minutes until both bounds': minutes };
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await site[Symbol.asyncDispose]();
    },
  };
}

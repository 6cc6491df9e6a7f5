/** The trained agents that come with the page; scripts/train-gallery.ts trains them and writes agents.json. */
import told from './agents.json';

export interface TrainedAgent {
  /** World id, by which the agents are told apart. */
  readonly world: string;
  /** Titles of world and agent. */
  readonly title: string;
  readonly agent: string;
  /** Env steps that it was trained for. */
  readonly steps: number;
  /** Of its file. */
  readonly bytes: number;
  /** Its greedy returns over so many episodes of one seed. */
  readonly mean: number;
  readonly std: number;
  readonly episodes: number;
  readonly seed: number;
}

export const trainedAgents: readonly TrainedAgent[] = told;

/** One by one, so that the build finds them. */
const FILES: Readonly<Record<string, string>> = {
  'frozen-lake': new URL('./agents/frozen-lake.ludus', import.meta.url).href,
  'cart-pole': new URL('./agents/cart-pole.ludus', import.meta.url).href,
  pendulum: new URL('./agents/pendulum.ludus', import.meta.url).href,
  'lunar-lander': new URL('./agents/lunar-lander.ludus', import.meta.url).href,
  breakout: new URL('./agents/breakout.ludus', import.meta.url).href,
  'minigrid-lava-gap': new URL('./agents/minigrid-lava-gap.ludus', import.meta.url).href,
};

/** Loads the file of an agent. */
export async function fileOf({ world, title }: TrainedAgent): Promise<Blob> {
  const response = await fetch(FILES[world]);
  if (!response.ok) throw new Error(`The agent of ${title} could not be loaded: ${response.status}`);
  return response.blob();
}

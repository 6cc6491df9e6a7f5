/**
 * Minigrid's recordings: the level comes from `init`, the actions are played, and everything in `columns` is compared
 * after each step, the grid at the end. The recorded id's family says which of our worlds plays by its rules.
 */
import { expect } from 'vitest';
import { cell, EMPTY, hueOf, Hue, insideOf, stateOf, Type, typeOf, WALL } from '#envs/grid/minigrid/cells.ts';
import { Slot, type Worlds } from '#envs/grid/minigrid/slot.ts';
import { TapeRng } from '../tape.ts';
import { defaultReward, kernelOf, type Adapter } from './adapter.ts';

/** type, colour, state, and what a box holds. */
type Cell = readonly [number, number, number, Cell?] | null;

interface Init {
  readonly width: number;
  readonly height: number;
  /** Row-major. */
  readonly grid: readonly Cell[];
  readonly agentPos: readonly [number, number];
  readonly agentDir: number;
  readonly mission: string;
  readonly maxSteps: number;
  readonly image0: readonly number[];
  readonly extra: Readonly<Record<string, unknown>>;
}

/** action, reward, terminated, truncated, direction, agentPos, carrying, image, draws */
type Step = readonly [
  number,
  number,
  boolean,
  boolean,
  number,
  readonly [number, number],
  Cell,
  readonly number[],
  readonly (readonly [low: number, high: number, value: number])[],
];

interface Episode {
  readonly init: Init;
  readonly finalGrid: readonly Cell[];
  readonly steps: readonly Step[];
}

/** Our world of a family, its parameters, and the numbers that the rules watch. */
interface Here {
  readonly world: string;
  readonly params: Readonly<Record<string, unknown>>;
  readonly mission?: readonly number[];
  readonly marks?: readonly number[];
}

type Point = readonly [number, number];

/** The largest side: GoToDoor's rooms are smaller than their grid may be. */
function size({ width, height }: Init): { size: number } {
  return { size: Math.max(width, height) };
}

/** `a grey ball` → [6, 5]: the last words of a mission, or those before a cut. */
function thing(words: string): readonly number[] {
  const [hue, type] = words.trim().split(' ').slice(-2);
  return [Type[type as keyof typeof Type], Hue[hue as keyof typeof Hue]];
}

/** The door of a colour. */
function doorOf({ grid, width }: Init, hue: number): Point {
  const at = grid.findIndex((found) => found?.[0] === Type.door && found[1] === hue);
  return [at % width, Math.floor(at / width)];
}

const point = (value: unknown) => value as Point;

/** By family, the first that fits: how a level of it is set up here. Sizes and counts come from the level itself. */
const families: readonly (readonly [RegExp, (init: Init) => Here])[] = [
  [/^Empty/, (init) => ({ world: 'empty', params: size(init) })],
  [/^FourRooms/, (init) => ({ world: 'four-rooms', params: size(init) })],
  [/^DoorKey/, (init) => ({ world: 'door-key', params: size(init) })],
  [/^LavaGap/, (init) => ({ world: 'lava-gap', params: size(init) })],
  [/^LavaCrossing/, (init) => ({ world: 'lava-crossing', params: size(init) })],
  [/^SimpleCrossing/, (init) => ({ world: 'simple-crossing', params: size(init) })],
  [/^DistShift/, () => ({ world: 'dist-shift', params: {} })],
  [/^MultiRoom/, () => ({ world: 'multi-room', params: {} })],
  [/^LockedRoom/, () => ({ world: 'locked-room', params: {}, mission: [0, 0, 0, 0] })],
  [/^Unlock-/, () => ({ world: 'unlock', params: {} })],
  [/^UnlockPickup/, (init) => ({ world: 'unlock-pickup', params: {}, mission: thing(init.mission) })],
  [
    /^BlockedUnlockPickup/,
    (init) => ({ world: 'blocked-unlock-pickup', params: {}, mission: thing(init.mission) }),
  ],
  [/^ObstructedMaze-1/, (init) => ({ world: 'obstructed-maze', params: {}, mission: thing(init.mission) })],
  [
    /^KeyCorridor/,
    (init) => {
      const roomSize = (init.width - 1) / 3 + 1;
      const rows = (init.height - 1) / (roomSize - 1);
      return { world: 'key-corridor', params: { roomSize, rows }, mission: thing(init.mission) };
    },
  ],
  [
    /^RedBlueDoors/,
    (init) => ({
      world: 'red-blue-doors',
      params: { size: init.height },
      marks: [...doorOf(init, Hue.red), ...doorOf(init, Hue.blue)],
    }),
  ],
  [
    /^Memory/,
    (init) => ({
      world: 'memory',
      params: size(init),
      marks: [...point(init.extra['success_pos']), ...point(init.extra['failure_pos'])],
    }),
  ],
  [
    /^GoToDoor/,
    (init) => ({
      world: 'go-to-door',
      params: size(init),
      mission: thing(init.mission),
      marks: point(init.extra['target_pos']),
    }),
  ],
  [
    /^GoToObject/,
    (init) => ({
      world: 'go-to-object',
      params: size(init),
      mission: thing(init.mission),
      marks: point(init.extra['target_pos']),
    }),
  ],
  [/^Fetch/, (init) => ({ world: 'fetch', params: size(init), mission: thing(init.mission) })],
  [
    /^PutNear/,
    (init) => ({
      world: 'put-near',
      params: size(init),
      mission: [...thing(init.mission.split(' near ')[0]), ...thing(init.mission)],
      marks: point(init.extra['target_pos']),
    }),
  ],
  [
    /^Dynamic-Obstacles/,
    (init) => {
      const obstacles = init.extra['obstacles'] as readonly Point[];
      const params = { ...size(init), obstacles: obstacles.length };
      return { world: 'dynamic-obstacles', params, marks: obstacles.flat() };
    },
  ],
];

export const minigrid: Adapter = {
  claims: (recording) => typeof recording.minigrid === 'string',
  replay(recording) {
    const id = recording.minigrid!;
    const family = families.find(([pattern]) => pattern.test(id.replace(/^MiniGrid-/, '')));
    if (!family) return { kind: 'not built yet', world: id };
    const episodes = recording['episodes'] as readonly Episode[];
    let steps = 0;
    for (const [e, episode] of episodes.entries()) {
      const here = family[1](episode.init);
      const played = play(episode, here, `${id}, episode ${e}`);
      if (!played) return { kind: 'not built yet', world: `minigrid-${here.world}` };
      steps += episode.steps.length;
    }
    return { kind: 'passed', what: `${episodes.length} episodes, ${steps} steps` };
  },
};

/** Plays one episode; false if its world is not registered. */
function play({ init, steps, finalGrid }: Episode, here: Here, where: string): boolean {
  const params = { ...here.params, maxSteps: init.maxSteps };
  const kernel = kernelOf<Worlds>(`minigrid-${here.world}`, params);
  if (!kernel) return false;
  const s = kernel.allocate(1);
  const slot = writeLevel(s, init, here);
  const image = () => seenImage(kernel, s);
  expect(image(), `${where}, first image`).toEqual(init.image0);
  steps.forEach((step, t) => {
    const [action, reward, terminated, truncated, direction, agentPos, carrying, seen, draws] = step;
    const rng = new TapeRng(draws.map(([low, high, value]) => ['i', high - low, value - low]));
    const out = { events: new Float64Array(kernel.spec.rewards.length), terminated: false };
    kernel.step(s, 0, action, rng, out);
    const at = `${where}, step ${t}`;
    rng.expectPlayed(draws.length, at);
    expect(defaultReward(kernel, out.events), `${at}: reward`).toBe(reward);
    expect(out.terminated, `${at}: terminated`).toBe(terminated);
    expect(t + 1 >= kernel.spec.maxSteps, `${at}: truncated`).toBe(truncated);
    expect([s.direction[0], s.x[0], s.y[0]], `${at}: direction, agentPos`).toEqual([direction, ...agentPos]);
    expect(asCell(s.carrying[0]), `${at}: carrying`).toEqual(carrying);
    expect(image(), `${at}: image`).toEqual(seen);
  });
  expect(readGrid(slot, init), `${where}: finalGrid`).toEqual(finalGrid);
  return true;
}

type Kernel = NonNullable<ReturnType<typeof kernelOf<Worlds>>>;

/** The first three channels of the observation; the others repeat the direction and the mission in every cell. */
function seenImage(kernel: Kernel, s: Worlds): readonly number[] {
  const channels = kernel.spec.observation.shape[2]!;
  const observation = new Float32Array(49 * channels);
  kernel.observe(s, 0, observation, 0);
  for (let k = 0; k < 49; k++) {
    expect(observation[k * channels + 3], 'plane of the direction').toBe(s.direction[0]);
    for (let m = 4; m < channels; m++)
      expect(observation[k * channels + m], 'planes of the mission').toBe(s.mission[m - 4]);
  }
  return Array.from({ length: 147 }, (_, k) => observation[Math.floor(k / 3) * channels + (k % 3)]);
}

function writeLevel(s: Worlds, init: Init, here: Here): Slot {
  // The frame of walls is as wide on every side, so the width and height follow from the array's length and the level.
  const side = here.params['size'] as number | undefined;
  const width = here.world === 'go-to-door' ? side! : init.width;
  const height = here.world === 'go-to-door' ? side! : init.height;
  const slot = new Slot({ width, height, mission: s.mission.length, marks: s.marks.length }).on(s, 0);
  slot.fill(0, 0, width - 1, height - 1, WALL);
  init.grid.forEach((found, k) => slot.set(k % init.width, Math.floor(k / init.width), asCode(found)));
  slot.putAgent(...init.agentPos, init.agentDir);
  s.mission.set(here.mission ?? []);
  s.marks.set(here.marks ?? []);
  return slot;
}

function readGrid(slot: Slot, { width, height }: Init): readonly Cell[] {
  return Array.from({ length: width * height }, (_, k) => asCell(slot.get(k % width, Math.floor(k / width))));
}

function asCode(found: Cell): number {
  if (!found) return EMPTY;
  const [type, hue, state, inside] = found;
  return cell(type, hue, state, inside ? asCode(inside) : 0);
}

function asCell(code: number): Cell {
  if (code === 0 || code === EMPTY) return null;
  const shown = [typeOf(code), hueOf(code), stateOf(code)] as const;
  return insideOf(code) ? [...shown, asCell(insideOf(code))] : shown;
}

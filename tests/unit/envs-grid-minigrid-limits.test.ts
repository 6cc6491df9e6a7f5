/**
 * MiniGrid at every size and setting: either refused by field, or its levels can be played to success within the time
 * limit, which a player that sees everything then does.
 */
import { describe, expect, it } from 'vitest';
import { describe as describeFields, parseConfig, type FieldDescription } from '#core/config.ts';
import type { EnvKernel } from '#core/env.ts';
import { InputError } from '#core/errors.ts';
import { rngStreams } from '#core/rng.ts';
import { EMPTY, hueOf, Door, Hue, stateOf, Type, typeOf } from '#envs/grid/minigrid/cells.ts';
import { Act } from '#envs/grid/minigrid/rules.ts';
import { DX, DY, Slot, type Worlds } from '#envs/grid/minigrid/slot.ts';
import { minigrid } from '#envs/grid/minigrid/worlds.ts';
import { Player } from './minigrid-player.ts';
import { picture, worldOf } from './minigrid-levels.ts';

const LEVELS = 20;

type Params = Readonly<Record<string, unknown>>;
type Play = (player: Player, slot: Slot) => void;

interface Case {
  /** Width and height of the grid. */
  readonly extent: (params: Params) => readonly [number, number];
  readonly play: Play;
}

const square = ({ size }: Params) => [size as number, size as number] as const;

const toGoal: Play = (player) => {
  if (player.stand((code) => typeOf(code) === Type.goal)) return;
  if (player.reach((code) => typeOf(code) === Type.goal)) player.act(Act.forward);
};

/** Right and down to the goal, past balls that come and go: forward only onto what is free before they move. */
function dodge(player: Player, slot: Slot): void {
  const { s, i, width } = slot;
  while (!player.ended && player.steps < 4 * width * width) {
    const open = [0, 1].filter((d) => {
      const [x, y] = [s.x[i] + DX[d], s.y[i] + DY[d]];
      return x < width - 1 && y < width - 1 && typeOf(slot.get(x, y)) !== Type.ball;
    });
    const direction = s.direction[i];
    if (open.includes(direction)) player.act(Act.forward);
    else player.act(open.length > 0 && ((open[0] - direction) & 3) === 1 ? Act.right : Act.left);
  }
}

/** The k-th thing that the mission names. */
function named(slot: Slot, k: number): (code: number) => boolean {
  return (code) => typeOf(code) === slot.mission(2 * k) && hueOf(code) === slot.mission(2 * k + 1);
}

const pickUpNamed: Play = (player, slot) => {
  if (player.reach(named(slot, 0))) player.act(Act.pickUp);
};

const atMark =
  (slot: Slot, k: number) =>
  (_code: number, x: number, y: number): boolean =>
    x === slot.mark(k) && y === slot.mark(k + 1);

const cases: Readonly<Record<string, Case>> = {
  empty: { extent: square, play: toGoal },
  'four-rooms': { extent: square, play: toGoal },
  'door-key': { extent: square, play: toGoal },
  'simple-crossing': { extent: square, play: toGoal },
  'lava-crossing': { extent: square, play: toGoal },
  'lava-gap': { extent: square, play: toGoal },
  'dist-shift': { extent: () => [9, 7], play: toGoal },
  'dynamic-obstacles': { extent: square, play: dodge },
  'go-to-door': {
    extent: square,
    play(player, slot) {
      player.face(atMark(slot, 0));
      player.act(Act.done);
    },
  },
  'go-to-object': {
    extent: square,
    play(player, slot) {
      const near = (_code: number, x: number, y: number) =>
        Math.abs(x - slot.mark(0)) <= 1 && Math.abs(y - slot.mark(1)) <= 1;
      // Objects may shut the agent in.
      if (!player.stand(near)) player.dig(near);
      player.act(Act.done);
    },
  },
  fetch: { extent: square, play: pickUpNamed },
  'put-near': {
    extent: square,
    play(player, slot) {
      if (!player.face(named(slot, 0))) return;
      player.act(Act.pickUp);
      const near = (code: number, x: number, y: number) =>
        code === EMPTY && Math.abs(x - slot.mark(0)) <= 1 && Math.abs(y - slot.mark(1)) <= 1;
      if (player.face(near)) player.act(Act.drop);
    },
  },
  unlock: {
    extent: () => [11, 6],
    play(player) {
      player.face((code) => typeOf(code) === Type.key);
      player.act(Act.pickUp);
      player.face((code) => typeOf(code) === Type.door);
      player.act(Act.toggle);
    },
  },
  'unlock-pickup': { extent: () => [11, 6], play: pickUpNamed },
  'blocked-unlock-pickup': { extent: () => [11, 6], play: pickUpNamed },
  'red-blue-doors': {
    extent: ({ size }) => [2 * (size as number), size as number],
    play(player) {
      for (const hue of [Hue.red, Hue.blue]) {
        player.face((code) => typeOf(code) === Type.door && hueOf(code) === hue);
        if (stateOf(player.front()) !== Door.open) player.act(Act.toggle);
      }
    },
  },
  memory: { extent: square, play: (player, slot) => void player.stand(atMark(slot, 0)) },
  'multi-room': { extent: () => [25, 25], play: toGoal },
  'locked-room': { extent: () => [19, 19], play: toGoal },
  'key-corridor': {
    extent: ({ roomSize, rows }) => [
      3 * ((roomSize as number) - 1) + 1,
      (rows as number) * ((roomSize as number) - 1) + 1,
    ],
    play: pickUpNamed,
  },
  'obstructed-maze': { extent: () => [11, 6], play: pickUpNamed },
  own: { extent: () => [8, 5], play: toGoal },
};

function valuesOf(field: FieldDescription): readonly unknown[] {
  switch (field.kind) {
    case 'number':
      return Array.from({ length: field.max - field.min + 1 }, (_, k) => field.min + k);
    case 'choice':
      return field.options;
    case 'toggle':
      return [false, true];
    case 'json':
      // A level to draw is tested in own-levels.test.ts.
      return [field.default];
  }
}

/**
 * Every combination of a world's settings except the time limit. Where a size and a number of things make thousands of
 * them, the numbers at sizes above 12 are the smallest, the largest, and those around the size and its half.
 */
function settingsOf(id: string): readonly Params[] {
  let all: readonly Params[] = [{}];
  for (const field of describeFields(worldOf(id).params)) {
    if (field.key === 'maxSteps') continue;
    all = all.flatMap((params) => valuesOf(field).map((value) => ({ ...params, [field.key]: value })));
  }
  return all.filter(({ size, obstacles = 0, crossings = 1 }) => {
    const [side, count] = [Number(size), Math.max(Number(obstacles), Number(crossings))];
    const telling = [1, side >> 1, (side >> 1) + 1, (side >> 1) + 2, side - 3, side - 2, 32, 58];
    return !(side > 12) || telling.includes(count);
  });
}

/** The world's kernel, or the error with which it refuses to make one. */
function make(id: string, params: Params): EnvKernel | InputError {
  const world = worldOf(id);
  try {
    return world.create(parseConfig(world.params, params, 'world'));
  } catch (error) {
    if (error instanceof InputError) return error;
    throw error;
  }
}

describe.each(Object.entries(cases))('%s', (id, { extent, play }) => {
  it('is refused by field, or can be played to success', () => {
    const keys = describeFields(worldOf(id).params).map(({ key }) => `world.${key}`);
    let playable = 0;
    for (const params of settingsOf(id)) {
      const kernel = make(id, params);
      const where = `${id} ${JSON.stringify(params)}`;
      if (kernel instanceof InputError) {
        for (const { field } of kernel.problems) expect(keys, where).toContain(field);
        continue;
      }
      playable++;
      const failure = firstFailure(kernel, extent(params), play);
      if (failure) expect.fail(`${where}: ${failure}`);
    }
    expect(playable).toBeGreaterThan(0);
    expect(make(id, {}), 'the world as it comes').not.toBeInstanceOf(InputError);
  });
});

it('covers every world of the family', () => {
  expect(Object.keys(cases).sort()).toEqual(minigrid.map(({ id }) => id.slice('minigrid-'.length)).sort());
});

function firstFailure(kernel: EnvKernel, [width, height]: readonly [number, number], play: Play): string {
  const rng = rngStreams(1)('levels');
  const s = kernel.allocate(1) as Worlds;
  const slot = new Slot({ width, height, mission: s.mission.length, marks: s.marks.length }).on(s, 0);
  expect(s.grid.length).toBe((width + 12) * (height + 12));
  const player = new Player(kernel, slot, rng);
  for (let k = 0; k < LEVELS; k++) {
    kernel.reset(s, 0, rng);
    slot.on(s, 0);
    const level = width <= 12 ? picture(slot) : '';
    player.begin();
    play(player, slot);
    if (player.ended !== 'success') return `level ${k} ends in ${player.ended ?? 'nothing'}\n${level}`;
    if (player.steps > kernel.spec.maxSteps) return `level ${k} takes ${player.steps} steps`;
  }
  return '';
}

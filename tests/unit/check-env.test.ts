/** `checkEnv` finds what is wrong with a world, and says which rule it breaks: each fault here is planted in a sound world. */
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { number } from '#core/config.ts';
import { Colour } from '#core/draw-list.ts';
import { defineEnv, type EnvDefinition, type EnvKernel } from '#core/env.ts';
import { checkEnv } from '#package/contract/check-env.ts';
import { ContractError } from '#package/contract/rule.ts';
import { forgetOwnDefinitions } from '#tests/own-definitions.ts';

forgetOwnDefinitions();

type State = Readonly<{ temperature: Float64Array }>;
type Kernel = EnvKernel<State, number>;

const params = z.object({
  weather: number({ label: 'Weather', help: 'Noise per step.', default: 0.3, min: 0, max: 5 }),
});

function sound(weather: number): Kernel {
  return {
    spec: {
      id: 'room',
      version: 1,
      title: 'Room',
      observation: { kind: 'vector', shape: [1] },
      action: { kind: 'discrete', names: ['cool', 'heat'] },
      rewards: [{ id: 'comfort', label: 'Comfort', weight: 1, help: '1 at 21 °C.' }],
      maxSteps: 50,
      fps: 20,
      keys: { ArrowLeft: 0, ArrowRight: 1 },
    },
    allocate: (n) => ({ temperature: new Float64Array(n) }),
    reset(s, i, rng) {
      s.temperature[i] = 10 + 20 * rng.uniform();
    },
    step(s, i, action, rng, out) {
      s.temperature[i] += (action === 1 ? 0.5 : -0.5) + weather * rng.normal();
      const off = Math.abs(s.temperature[i] - 21);
      out.events[0] = 1 - off / 10;
      out.terminated = off > 20;
    },
    observe(s, i, into, offset) {
      into[offset] = s.temperature[i] / 10;
    },
    draw(s, i, list) {
      list.begin(100, 10);
      list.rect(50, 4, s.temperature[i] / 4, 2, Colour.agent, 1);
    },
  };
}

/** The sound world with something else in it. */
function room(plant: (kernel: Kernel) => Partial<Kernel> = () => ({})): EnvDefinition {
  const create = (weather: number): Kernel => {
    const kernel = sound(weather);
    return { ...kernel, ...plant(kernel) };
  };
  return defineEnv({
    id: 'room',
    title: 'Room',
    group: 'sanity',
    summary: 'A room to keep at 21 degrees.',
    params,
    create: ({ weather }) => create(weather),
  });
}

async function brokenIn(world: EnvDefinition): Promise<readonly string[]> {
  const error: unknown = await checkEnv(world).catch((thrown: unknown) => thrown);
  if (!(error instanceof ContractError))
    throw new Error('expected a broken rule, got none', { cause: error });
  return error.rules;
}

describe('checkEnv', () => {
  it('reports which rules a sound world keeps', async () => {
    const { held, broken } = await checkEnv(room());
    expect(broken).toEqual([]);
    expect(held).toContainEqual({ rule: 'keeps slots apart', subject: 'room' });
    expect(held).toContainEqual({ rule: 'does what its table says', subject: 'room weather' });
    expect(held.length).toBeGreaterThan(12);
  });

  const hidden = { steps: 0 };
  const faults: readonly (readonly [string, (kernel: Kernel) => Partial<Kernel>])[] = [
    ['describes itself', ({ spec }) => ({ spec: { ...spec, id: 'other-room' } })],
    ['has consistent actions and keys', ({ spec }) => ({ spec: { ...spec, keys: { ArrowUp: 2 } } })],
    [
      'names all of its numbers or channels, or none',
      ({ spec }) => ({ spec: { ...spec, observation: { kind: 'vector', shape: [1], names: ['a', 'b'] } } }),
    ],
    [
      'writes all of an observation, nothing else, and only numbers that make sense',
      () => ({ observe: (s, i, into, offset) => void (into[offset] = Math.sqrt(s.temperature[i] - 1e6)) }),
    ],
    [
      'repeats with the same seed and differs with another wherever it draws at all',
      (kernel) => ({
        step(s, i, action, rng, out) {
          kernel.step(s, i, action, rng, out);
          out.events[0] += hidden.steps++;
        },
      }),
    ],
    [
      'keeps slots apart',
      (kernel) => ({
        step(s, i, action, rng, out) {
          kernel.step(s, i, action, rng, out);
          s.temperature[0] += 0.1;
        },
      }),
    ],
    [
      'draws inside its extent, the same for the same state, and leaves the state alone',
      () => ({
        draw(s, i, list) {
          list.begin(10, 10);
          list.rect(50, 4, s.temperature[i], 2, Colour.agent, 1);
        },
      }),
    ],
    [
      'names quantities that it measures, and that formulas can use',
      ({ spec }) => ({ spec: { ...spec, quantities: ['temperature', 'pressure'] } }),
    ],
    [
      'refreshes to what it observes',
      (kernel) => ({
        refresh(s, i, into, offset) {
          if (into[offset] === 0) kernel.observe(s, i, into, offset);
        },
      }),
    ],
  ];

  it.each(faults)('finds a world that breaks: %s', async (rule, plant) => {
    expect(await brokenIn(room(plant))).toContain(rule);
  });

  it('finds state that is not in the columns', async () => {
    const world = room((kernel) => {
      const heated = new Map<number, number>();
      return {
        reset(s, i, rng) {
          heated.set(i, 0);
          kernel.reset(s, i, rng);
        },
        step(s, i, action, rng, out) {
          heated.set(i, (heated.get(i) ?? 0) + action);
          kernel.step(s, i, action, rng, out);
          out.events[0] += heated.get(i) ?? 0;
        },
      };
    });
    expect(await brokenIn(world)).toEqual(['goes on after snapshot and restore as if nothing had happened']);
  });

  it('finds a parameter that does nothing, unless its effect is rare', async () => {
    const world = defineEnv({ ...room(), params, create: () => sound(0.3) });
    expect(await brokenIn(world)).toEqual(['does what its table says']);
    await expect(checkEnv(world, { rare: ['weather'] })).resolves.toMatchObject({ broken: [] });
  });

  it('names the shape that a world in JavaScript has left out', async () => {
    const observation = { kind: 'discrete', states: 2 } as unknown as Kernel['spec']['observation'];
    const world = room(({ spec }) => ({ spec: { ...spec, observation } }));
    await expect(checkEnv(world)).rejects.toThrow(
      'room.observation.shape: expected a list of lengths, [1] of a discrete observation, got nothing',
    );
  });

  it('names the rule, where it is broken, and what was found', async () => {
    const world = room(({ spec }) => ({ spec: { ...spec, fps: 0 } }));
    await expect(checkEnv(world)).rejects.toThrow(
      /^room: describes itself: fps: expected more than 0, got 0$/,
    );
  });
});

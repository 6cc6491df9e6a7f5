import fc from 'fast-check';
import { describe as group, expect, it } from 'vitest';
import { z } from 'zod';
import {
  choice,
  currentKeys,
  describe,
  expectation,
  integer,
  isOff,
  json,
  number,
  parseConfig,
  toggle,
} from '#core/config.ts';
import { InputError } from '#core/errors.ts';

const table = z.object({
  rate: number({ label: 'Rate', help: '', default: 0.1, min: 0, max: 1, scale: 'log', live: true }),
  slots: integer({ label: 'Slots', help: '', default: 4, min: 1, max: 64, unit: 'worlds' }),
  map: choice({ label: 'Map', help: '', options: ['small', 'large'], default: 'small' }),
  sticky: toggle({ label: 'Sticky', help: '', default: false }),
  layers: json(z.array(z.number().int().positive()), {
    label: 'Layers',
    help: '',
    default: [64, 64],
    expected: 'a list of layer sizes',
  }),
});

function lines(raw: Record<string, unknown>): readonly string[] {
  try {
    parseConfig(table, raw, 'agent');
  } catch (error) {
    if (error instanceof InputError) return error.message.split('\n');
    throw error;
  }
  return [];
}

group('a field that can be off', () => {
  const limited = z.object({
    limit: integer({ label: 'Limit', help: '', default: 0, off: 0, min: 0, max: 100 }),
    repeat: integer({ label: 'Repeat', help: '', default: 4, off: 1, min: 1, max: 8 }),
  });

  it('takes `off` as a text for its value, and says so', () => {
    expect(parseConfig(limited, { limit: 'off', repeat: 'Off' }, 'wrap')).toEqual({ limit: 0, repeat: 1 });
    expect(() => parseConfig(limited, { limit: 'none' }, 'wrap')).toThrow(
      'wrap.limit: expected a whole number from 0 to 100, or off, got "none"',
    );
    const [limit, repeat] = describe(limited);
    expect([0, 'off', 1, '4'].map((value) => [isOff(limit, value), isOff(repeat, value)])).toEqual([
      [true, false],
      [true, true],
      [false, true],
      [false, false],
    ]);
  });

  it('refuses `off` where nothing can be switched off', () => {
    expect(lines({ rate: 'off' })).toEqual(['agent.rate: expected a number from 0 to 1, got "off"']);
  });
});

group('parseConfig', () => {
  it('fills in defaults, a fresh copy each time', () => {
    const values = parseConfig(table, {}, 'agent');
    expect(values).toEqual({ rate: 0.1, slots: 4, map: 'small', sticky: false, layers: [64, 64] });
  });

  it('reads texts as the kind of their field', () => {
    const raw = { rate: '1e-3', slots: '8', map: 'large', sticky: 'true', layers: '[32]' };
    expect(parseConfig(table, raw, 'agent')).toEqual({
      rate: 0.001,
      slots: 8,
      map: 'large',
      sticky: true,
      layers: [32],
    });
  });

  it('gives for values what it gives for their texts', () => {
    const values = fc.record({
      rate: fc.double({ min: 0, max: 1, noNaN: true }).map((value) => value + 0),
      slots: fc.integer({ min: 1, max: 64 }),
      sticky: fc.boolean(),
      layers: fc.array(fc.integer({ min: 1, max: 512 })),
    });
    fc.assert(
      fc.property(values, (given) => {
        const texts = Object.fromEntries(
          Object.entries(given).map(([key, value]) => [key, JSON.stringify(value)]),
        );
        expect(parseConfig(table, texts, 'agent')).toEqual(parseConfig(table, given, 'agent'));
      }),
    );
  });

  it.each([
    [{ rate: 7 }, 'agent.rate: expected a number from 0 to 1, got 7'],
    [{ rate: 'fast' }, 'agent.rate: expected a number from 0 to 1, got "fast"'],
    [{ rate: '' }, 'agent.rate: expected a number from 0 to 1, got ""'],
    [{ rate: NaN }, 'agent.rate: expected a number from 0 to 1, got NaN'],
    [{ rate: null }, 'agent.rate: expected a number from 0 to 1, got null'],
    [{ slots: '1.5' }, 'agent.slots: expected a whole number from 1 to 64, got 1.5'],
    [{ map: 'tiny' }, 'agent.map: expected one of small, large, got "tiny"'],
    [{ sticky: 'yes' }, 'agent.sticky: expected true or false, got "yes"'],
    [{ layers: '[64' }, 'agent.layers: expected a list of layer sizes, got "[64"'],
    [{ rat: 1 }, 'agent.rat: expected a known name (near: rate), got an unknown field'],
    [{ speed: 1 }, 'agent.speed: expected one of rate, slots, map, sticky, layers, got an unknown field'],
  ])('says what is wrong with %j', (raw, line) => {
    expect(lines(raw)).toEqual([line]);
  });

  it('names the place inside structured data, and every wrong field', () => {
    expect(lines({ layers: [64, -1], slots: 0, speed: 1 }).map((line) => line.split(':')[0])).toEqual([
      'agent.layers.1',
      'agent.slots',
      'agent.speed',
    ]);
  });

  it('gives the parts of a default their defaults', () => {
    const part = z.object({ units: z.number(), bias: z.boolean().default(true) });
    const text = { label: 'Head', help: 'The last layer.', expected: 'a layer' };
    const nested = z.object({ head: json(part, { ...text, default: { units: 2 } }) });
    expect(parseConfig(nested, {}, 'agent')).toEqual({ head: { units: 2, bias: true } });
  });

  it.each(['constructor', 'toString'])('does not take %s for a field', (key) => {
    expect(lines({ [key]: 1 })).toHaveLength(1);
  });
});

group('a field that has been renamed', () => {
  const renamed = z.object({
    numEnvs: integer({ label: '', help: '', default: 1, min: 1, max: 64, formerly: ['worlds', 'copies'] }),
    steps: integer({ label: '', help: '', default: 8, min: 1, max: 64 }),
  });

  it.each(['numEnvs', 'worlds', 'copies'])('is still read as %s, from a value or a text', (key) => {
    for (const eight of [8, '8'])
      expect(parseConfig(renamed, { [key]: eight }, 'agent')).toEqual({ numEnvs: 8, steps: 8 });
  });

  it('overrides a base, whichever name either uses', () => {
    for (const [mine, theirs] of [
      ['worlds', 'numEnvs'],
      ['numEnvs', 'worlds'],
      ['copies', 'worlds'],
    ])
      expect(parseConfig(renamed, { [mine]: 8 }, 'agent', { [theirs]: 4, steps: 2 })).toEqual({
        numEnvs: 8,
        steps: 2,
      });
  });

  it.each([
    [{ worlds: 2, numEnvs: 2 }, 'agent.worlds: expected only numEnvs, its current name, got both'],
    [{ worlds: 2, copies: 2 }, 'agent.copies: expected only numEnvs, its current name, got both'],
    [{ worlds: 0 }, 'agent.numEnvs: expected a whole number from 1 to 64, got 0'],
  ])('is refused by name where it is given twice or wrongly: %j', (raw, line) => {
    expect(() => parseConfig(renamed, raw, 'agent')).toThrow(line);
  });

  it('has its present key in what forms are given', () => {
    expect(currentKeys(describe(renamed), { worlds: '8', other: 1 })).toEqual({ numEnvs: '8', other: 1 });
  });
});

group('describe', () => {
  it('gives every field as plain data, in order', () => {
    const fields = describe(table);
    expect(structuredClone(fields)).toEqual(fields);
    expect(fields.map((field) => field.key)).toEqual(['rate', 'slots', 'map', 'sticky', 'layers']);
    expect(fields[0]).toMatchObject({ kind: 'number', scale: 'log', live: true, integer: false });
    expect(fields.map((field) => expectation(field))).toContain('true or false');
  });

  it('refuses a field that is not from the table functions', () => {
    expect(() => describe(z.object({ plain: z.number() }))).toThrow('plain');
  });
});

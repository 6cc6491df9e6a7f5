/** Long links: packed and read again, whatever is in them; damaged and hostile ones are refused. */
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { Address } from '#ui/state/address.ts';
import { isPacked, packLink, readLink } from '#ui/state/packed-link.ts';
import { FIRST, fromLink, toLink } from '#ui/state/permalink.ts';

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 });
const values = fc.dictionary(fc.stringMatching(/^[a-z]\w{0,20}$/), word, {
  maxKeys: 4,
  noNullPrototype: true,
});
/** A setup whose link is always long. */
const setups = fc.record({
  params: fc.record({ level: fc.string({ minLength: 2000, maxLength: 20_000 }) }),
  rewards: values,
  wrappers: values,
  config: values,
});

/** A link with anything in place of a packed one. */
const packed = (content: string | Buffer): string => `#z=${deflateRawSync(content).toString('base64url')}`;

describe('a link', () => {
  test('that is long is packed, shorter, fit for an address, and holds the same', async () => {
    await fc.assert(
      fc.asyncProperty(setups, async (parts) => {
        const setup = { ...FIRST, request: { world: 'own', agent: 'dqn', ...parts } };
        const link = toLink({ setup });
        const short = await packLink(link);
        expect(short.length).toBeLessThan(link.length);
        if (isPacked(short)) expect(short).toMatch(/^z=[\w-]+$/);
        expect(await readLink(`#${short}`)).toEqual(fromLink(link));
        expect((await readLink(short)).setup).toEqual(setup);
      }),
      { numRuns: 40 },
    );
  });

  test('that is short stays as it is, and is read as before', async () => {
    const link = toLink({ setup: FIRST });
    expect(packLink(link)).toBe(link);
    expect(await readLink(`#${link}&wrold=1`)).toEqual(fromLink(`#${link}&wrold=1`));
  });

  test('that is cut off, damaged, or holds far more than it is long is one problem, and the defaults open', async () => {
    const whole = `#${await packLink(toLink({ setup: { ...FIRST, request: { ...FIRST.request, params: { level: 'ab'.repeat(2000) } } } }))}`;
    expect(isPacked(whole)).toBe(true);
    const bomb = packed(Buffer.alloc(2 ** 24, 'a'));
    expect(bomb.length).toBeLessThan(2 ** 16);
    for (const [link, got] of [
      [whole.slice(0, -5), 'one that is cut off or damaged'],
      ['#z=', 'one that is cut off or damaged'],
      ['#z=a*b', 'one that is cut off or damaged'],
      [packed(Buffer.from([0xff, 0xfe])), 'one that is cut off or damaged'],
      [bomb, 'more'],
      [`#z=${'A'.repeat(2 ** 16 + 1)}`, String(2 ** 16 + 1)],
    ]) {
      const { setup, problems } = await readLink(link);
      expect(problems).toMatchObject([{ field: 'link', got }]);
      expect(setup.request.world).toBe(FIRST.request.world);
    }
  });
});

test('the address takes the packed link, but not after a newer one', async () => {
  const written: string[] = [];
  const address = new Address((link) => written.push(link));
  const long = toLink({
    setup: { ...FIRST, request: { ...FIRST.request, config: { a: 'x'.repeat(3000) } } },
  });
  address.follow(long, 0);
  await vi.waitFor(() => expect(written).toHaveLength(1));
  expect((await readLink(written[0])).setup.request.config).toEqual({ a: 'x'.repeat(3000) });
  vi.useFakeTimers();
  address.follow(long, 0);
  vi.runAllTimers();
  address.follow('seed=1', 0);
  vi.runAllTimers();
  vi.useRealTimers();
  await packLink(long);
  expect(written.slice(1)).toEqual(['seed=1']);
});

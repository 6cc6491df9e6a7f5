/** Commands that train nothing, by the real command line: lists, play and measurements. */
import { describe, expect, it } from 'vitest';
import { ludus, start } from './ludus.ts';

describe('envs and agents', () => {
  it('print a JSON line per entry when piped', async () => {
    const { code, lines } = await ludus('envs');
    expect(code).toBe(0);
    expect(lines.map((line) => line['id'])).toEqual(
      expect.arrayContaining(['cart-pole', 'frozen-lake', 'breakout']),
    );
    expect(lines.find(({ id }) => id === 'taxi')).toMatchObject({ start: { agent: 'q-learning' } });
    const agent = await ludus('agents', 'q-learning');
    expect(agent.lines).toHaveLength(1);
    expect(agent.lines[0]).toMatchObject({ id: 'q-learning', group: 'tabular' });
  });

  it('exit quietly when the reader closes the pipe early', async () => {
    const running = start(['envs']);
    running.child.stdout?.destroy();
    expect(await running.finished).toMatchObject({ code: 0, stderr: '' });
  });
});

describe('play', () => {
  it('plays piped keys, a JSON line per step, until Escape', async () => {
    const right = '\u001b[C';
    const { finished } = start(
      ['play', 'frozen-lake', '--world', 'slippery=false'],
      `${right}${right}q${right}`,
    );
    const { code, lines } = await finished;
    expect(lines.map((line) => line['action'])).toEqual([2, 2]);
    expect(code).toBe(0);
  });

  it('applies reward weights', async () => {
    const { finished } = start(
      ['play', 'frozen-lake', '--reward', 'ice=-2', '--world', 'slippery=false'],
      '\u001b[C',
    );
    expect((await finished).lines).toMatchObject([{ step: 1, reward: -2 }]);
  });
});

describe('bench', () => {
  it('prints a line per row', async () => {
    const { code, lines } = await ludus('bench', 'worlds', '--only', 'cart-pole', '--json');
    expect(code).toBe(0);
    expect(lines).toEqual([
      {
        suite: 'worlds',
        row: 'cart-pole',
        value: expect.any(Number),
        unit: 'steps/s',
        vs: expect.any(Object),
      },
    ]);
    expect(lines[0]['value']).toBeGreaterThan(0);
  });
});

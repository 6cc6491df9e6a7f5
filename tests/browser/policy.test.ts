/** The page's Content Security Policy: what comes from elsewhere, and text as code, is refused. */
import { expect, test } from 'vitest';
import { servePage, visit, type Visit } from './page.ts';

const served = servePage();

/** In a task of its own, since what a debugger evaluates may do more than the page. */
const attempt = ({ page }: Visit, what: 'code' | 'fetch' | 'worker' | 'own'): Promise<string> =>
  page.evaluate(
    (kind) =>
      new Promise<string>((resolve) => {
        setTimeout(async () => {
          try {
            if (kind === 'code') Reflect.construct(Function, ['return 1']);
            if (kind === 'fetch') await fetch('http://localhost:1/');
            if (kind === 'worker') void new Worker('http://localhost:1/worker.js');
            if (kind === 'own') await fetch('./favicon.svg');
            resolve('done');
          } catch (error) {
            resolve(error instanceof Error ? error.name : 'refused');
          }
        });
      }),
    what,
  );

test('text is no code, and nothing comes from elsewhere', async () => {
  await using v = await visit(served, 'world=catch&agent=dqn');
  await v.run().above('Steps', 0);
  expect(v.complaints).toEqual([]);
  expect(await attempt(v, 'code')).toBe('EvalError');
  expect(await attempt(v, 'fetch')).toBe('TypeError');
  expect(await attempt(v, 'worker')).not.toBe('done');
  expect(await attempt(v, 'own')).toBe('done');
});

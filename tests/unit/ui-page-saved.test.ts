/** A run on the page that goes on from its file, with the forms that stood beside it. */
import { expect, test } from 'vitest';
import { pageHarness } from '#tests/page-harness.ts';

const LAKE = 'world=frozen-lake&agent=q-learning&backend=cpu&speed=64&seed=3';

const harness = pageHarness();

test('a run that goes on shows its forms as they were from its first moment, if they were about it', async () => {
  await harness.page.open(`#${LAKE}`);
  const { value: run } = harness.page.focused;
  const saved = await run.worker.call((api) => api.save());
  if (!saved.ok) throw new Error('expected the file of the run');
  const file = new Blob([saved.value.content]);
  const { value: before } = run.draft;
  const draft = { ...before, params: { size: '8x8' } };
  const shown: unknown[] = [];
  const stop = run.worker.info.subscribe(() => shown.push(run.draft.peek()));
  await run.begin(before, 'cpu', { file, draft });
  stop();
  expect(shown.at(-1)).toBe(draft);
  await run.begin(before, 'cpu', { file, draft: { ...draft, agent: 'sarsa' } });
  expect(run.draft.value).toMatchObject({ agent: 'q-learning' });
  expect(run.draft.value.params?.['size']).toBeUndefined();
});

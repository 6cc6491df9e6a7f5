/** A browser without WebGPU: the next backend computes, and the top bar says so. */
import { expect, test } from 'vitest';
import { servePage, visit } from './page.ts';

const served = servePage();

test('without WebGPU it trains on the next backend and says why', async () => {
  await using v = await visit(served);
  const run = v.run();
  await run.above('Steps', 200);
  const inUse = v.page.getByRole('status', { name: 'Backend in use' });
  expect(await inUse.innerText()).toMatch(/(simd|webgl|wasm|cpu).* \(no WebGPU\)$/);
  const backend = v.page.getByRole('combobox', { name: 'Backend' });
  await backend.selectOption('webgpu');
  await v.button('Dismiss').waitFor();
  expect(await v.page.getByRole('banner').getByRole('alert').innerText()).toMatch(/webgpu/);
  expect(await backend.inputValue()).toBe('auto');
  await run.above('Steps', await run.number('Steps'));
  expect(v.complaints).toEqual([]);
});

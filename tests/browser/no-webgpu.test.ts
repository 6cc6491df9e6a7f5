/** A browser without WebGPU: the next backend computes, and the top bar says so. */
import { expect, test } from 'vitest';
import { launch, serve } from '#node/bench/browser.ts';
import { visit } from './page.ts';

test('without WebGPU it trains on the next backend and says why', async () => {
  await using site = await serve();
  await using browser = await launch({ webgpu: false });
  await using v = await visit(browser, site);
  await v.above('#steps', 200);
  expect(await v.text('#backend-label')).toMatch(/^no WebGPU → .*(simd|webgl|wasm|cpu)/);
  await v.page.locator('#backend').selectOption('webgpu');
  await v.page.locator('#notice').waitFor();
  expect(await v.text('.backend .error')).toMatch(/webgpu/);
  expect(await v.page.locator('#backend').inputValue()).toBe('auto');
  await v.above('#steps', await v.number('#steps'));
  expect(v.complaints).toEqual([]);
});

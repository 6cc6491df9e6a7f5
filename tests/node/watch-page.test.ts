/** What `ludus sweep --serve` serves: the page, and two files of the sweep's folder, to be read by the page alone. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveSweep, type WatchPage } from '#node/sweep/watch-page.ts';
import { ludus, temporaryFolder } from './ludus.ts';

const home = temporaryFolder();
const folder = join(home, 'first');
let page: WatchPage;

beforeAll(async () => {
  const built = join(home, 'built');
  mkdirSync(join(folder, 'states'), { recursive: true });
  mkdirSync(built);
  writeFileSync(join(built, 'index.html'), '<!doctype html>the page');
  writeFileSync(join(folder, 'plan.json'), '{"plan": 1}');
  writeFileSync(join(folder, 'best.json'), 'secret');
  writeFileSync(join(folder, 'states', 'a.ludus'), 'secret');
  writeFileSync(join(home, 'outside.json'), 'secret');
  page = await serveSweep(folder, { port: 0, built });
});
afterAll(() => page[Symbol.asyncDispose]());

interface Answer {
  readonly status: number | undefined;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

/** As it is written: `fetch` would take `..` out of a path. */
function ask(path: string, { method = 'GET', headers = {} } = {}): Promise<Answer> {
  const { port } = new URL(page.url);
  return new Promise((done, fail) => {
    const asked = request({ host: '127.0.0.1', port, path, method, headers }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part: string) => (text += part));
      response.on('end', () => done({ status: response.statusCode, headers: response.headers, text }));
    });
    asked.on('error', fail).end();
  });
}

it('gives the page and the plan, and the results as they grow', async () => {
  expect(new URL(page.url).hash).toBe('#room=sweeps&served=first');
  const index = await ask('/');
  expect(index.text).toContain('the page');
  expect(index.headers).toMatchObject({ 'cross-origin-embedder-policy': 'require-corp' });
  expect(index.headers).not.toHaveProperty('access-control-allow-origin');
  expect(await ask('/sweep/plan.json')).toMatchObject({ status: 200, text: '{"plan": 1}' });
  expect((await ask('/sweep/results.jsonl')).status).toBe(404);
  writeFileSync(join(folder, 'results.jsonl'), '{}\n');
  const first = await ask('/sweep/results.jsonl');
  expect(first).toMatchObject({ status: 200, text: '{}\n' });
  const known = { headers: { 'if-none-match': String(first.headers['etag']) } };
  expect(await ask('/sweep/results.jsonl', known)).toMatchObject({ status: 304, text: '' });
  writeFileSync(join(folder, 'results.jsonl'), '{}\n{}\n');
  expect(await ask('/sweep/results.jsonl', known)).toMatchObject({ status: 200, text: '{}\n{}\n' });
});

describe('gives nothing else', () => {
  it.each([
    '/sweep',
    '/sweep/',
    '/sweep/best.json',
    '/sweep/states/a.ludus',
    '/sweep/../outside.json',
    '/sweep/../first/best.json',
    '/sweep/%2e%2e/outside.json',
    '/sweep/..%2foutside.json',
    '/sweep/plan.json/../best.json',
    '/sweep/plan.json%00',
    '/sweep//plan.json',
    '/../outside.json',
    '/%2e%2e/outside.json',
    '/..%2f..%2ffirst/best.json',
    '//etc/passwd',
    '/@fs/etc/passwd',
  ])('%s', async (path) => {
    const { status, text } = await ask(path);
    expect(text).not.toContain('secret');
    expect(text).not.toContain('root:');
    // Other paths are the page's, which has one file.
    expect([404, 403, 400]).toContain(text.includes('the page') ? 404 : status);
  });

  it('to be written', async () => {
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH'])
      expect((await ask('/sweep/plan.json', { method })).status).toBe(405);
    expect(readFileSync(join(folder, 'plan.json'), 'utf8')).toBe('{"plan": 1}');
  });

  it('to another site, or under another name', async () => {
    const there = await ask('/sweep/plan.json', { headers: { origin: 'http://elsewhere.example' } });
    expect(there.headers).not.toHaveProperty('access-control-allow-origin');
    for (const path of ['/', '/sweep/plan.json'])
      for (const host of ['elsewhere.example', 'localhost.elsewhere.example', '127.0.0.1.nip.example:4180'])
        expect((await ask(path, { headers: { host } })).status).toBe(403);
  });
});

it('a port that is taken is refused by its option', async () => {
  const { port } = new URL(page.url);
  const built = join(home, 'built');
  await expect(serveSweep(folder, { port: Number(port), built })).rejects.toThrow(
    `--serve: expected a port that is free, got ${port}`,
  );
  const { code, stderr } = await ludus('sweep', 'plan.json', '--serve', 'nowhere');
  expect(code).toBe(2);
  expect(stderr).toContain('--serve: expected a whole number from 1 to 65535');
});

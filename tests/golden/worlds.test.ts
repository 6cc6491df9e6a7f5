/**
 * Replays every recording of a world in the golden folder (`LUDUS_GOLDEN`, default `../shared/golden`), whatever its
 * name: what world and which parameters comes from inside the file. Prints one line per file.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import type { Adapter, Outcome, Recording } from './adapters/adapter.ts';
import { blackjack } from './adapters/blackjack.ts';
import { classicControl } from './adapters/classic-control.ts';
import { minatar } from './adapters/minatar.ts';
import { minigrid } from './adapters/minigrid.ts';
import { toyText } from './adapters/toy-text.ts';

/** One per kind of recording; the first that claims a file replays it. */
const adapters: readonly Adapter[] = [classicControl, minatar, toyText, blackjack, minigrid];

const folder = resolve(process.env['LUDUS_GOLDEN'] ?? '../shared/golden');

function recordingsIn(root: string): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.json.gz'))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)))
    .sort();
}

function read(path: string): Recording {
  return JSON.parse(gunzipSync(readFileSync(path)).toString('utf8')) as Recording;
}

/** Whether a file is a recording of a world at all; the algorithms' files are somebody else's. */
function isWorld(recording: Recording): boolean {
  return ['gymnasium', 'minigrid', 'env'].some((key) => typeof recording[key] === 'string');
}

function replay(recording: Recording): Outcome {
  const adapter = adapters.find((candidate) => candidate.claims(recording));
  if (adapter) return adapter.replay(recording);
  return { kind: 'not built yet', world: String(recording.gymnasium ?? recording.minigrid ?? recording.env) };
}

if (!existsSync(folder)) {
  report(`worlds: skipped, there is no folder ${folder} (set LUDUS_GOLDEN)`);
  it.skip(`golden recordings of worlds: skipped, there is no folder ${folder} (set LUDUS_GOLDEN)`, () => {});
} else {
  describe('golden recordings of worlds', () => {
    const files = recordingsIn(folder);
    let worlds = 0;
    it.for(files)('%s', (file, context) => {
      const recording = read(join(folder, file));
      if (!isWorld(recording)) return context.skip('not a recording of a world');
      worlds++;
      const outcome = replay(recording);
      if (outcome.kind === 'passed') report(`${file}: passed (${outcome.what})`);
      else {
        report(`${file}: not built yet (${outcome.world})`);
        context.skip(`${outcome.world} is not built yet`);
      }
    });
    it('finds at least one recording', () => {
      expect(worlds, `recordings of worlds under ${folder}`).toBeGreaterThan(0);
    });
  });
}

function report(line: string): void {
  process.stdout.write(`golden ${line}\n`);
}

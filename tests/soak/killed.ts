/** A `ludus` process that is killed at any moment: what it had saved is there, and another goes on from it. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import type { Rng } from '#core/rng.ts';
import { CHECKPOINT, EARLIER_CHECKPOINTS } from '#node/checkpoint-file.ts';
import { start, type RunningLudus } from '#tests/node/ludus.ts';
import { decodeCheckpoint } from '#train/checkpoints/checkpoint.ts';
import { hold, type Note } from './note.ts';
import type { Subject } from './subjects.ts';

const KILLED = 'process killed (SIGKILL)';
/** Milliseconds after the first save, at most. */
const LONGEST = 5000;

export async function killed(subject: Subject, rng: Rng, note: Note): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'ludus-soak-'));
  const out = join(place, 'run');
  let running: RunningLudus | undefined;
  try {
    running = start([...wordsFor(subject), '--json', '--out', out, '--save-every', '1']);
    await somethingIn(out, running);
    const end = performance.now() + rng.uniform() * LONGEST;
    let seen = read(join(out, CHECKPOINT));
    while (performance.now() < end) {
      await later(20);
      seen = read(join(out, CHECKPOINT)) ?? seen;
    }
    note.fault(KILLED);
    running.child.kill('SIGKILL');
    await running.finished;
    const steps = await checkKept(out, seen, note);
    const words = subject.kind === 'run' ? ['train'] : ['fit'];
    running = start([...words, '--resume', out, '--json']);
    await running.saw('start');
    running.child.kill('SIGTERM');
    const { lines, code, stderr } = await running.finished;
    const begun = lines.find(({ kind }) => kind === 'start')?.['step'];
    hold(begun === steps, `resumed at ${String(begun)}, saved at ${steps}: ${stderr}`);
    hold(code === 143, `exit code ${String(code)}: ${stderr}`);
    const last = (await decodeCheckpoint(bytesOf(join(out, CHECKPOINT)))).steps;
    hold(last >= steps, `saved at ${last}, resumed at ${steps}`);
    note.trained += last;
    note.recover(KILLED);
  } finally {
    running?.child.kill('SIGKILL');
    await running?.finished;
    rmSync(place, { recursive: true, force: true });
  }
}

/** The last file that was seen in its place is there, or newer ones have moved it. Gives the steps of the newest. */
async function checkKept(out: string, seen: Buffer | undefined, note: Note): Promise<number> {
  hold(seen !== undefined, 'a save was seen');
  const files = [CHECKPOINT, ...EARLIER_CHECKPOINTS].map((name) => join(out, name)).filter(existsSync);
  const newest = await decodeCheckpoint(bytesOf(files[0]));
  const before = await decodeCheckpoint(new Uint8Array(seen));
  const hash = hashOf(seen);
  const isThere = newest.steps > before.steps || files.some((file) => hashOf(readFileSync(file)) === hash);
  note.kept(seen.length, isThere);
  hold(isThere, `a save of ${before.steps} is gone, the newest is of ${newest.steps}`);
  return newest.steps;
}

/** An endless run as words of a command line. */
function wordsFor({ kind, request }: Subject): readonly string[] {
  const { epochs, ...config } = request.config ?? {};
  const all = kind === 'fit' || epochs === undefined ? config : { ...config, epochs };
  const settings = Object.entries(all).flatMap(([key, value]) => [
    '--set',
    `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  ]);
  const seed = ['--seed', String(request.seed)];
  if (kind === 'run')
    return [
      'train',
      request.world,
      '--agent',
      request.agent ?? '',
      ...settings,
      ...seed,
      '--steps',
      '1e12',
      '--episodes',
      '0',
    ];
  const given = { '--data': request.dataConfig, '--augment': request.augment };
  const others = Object.entries(given).flatMap(([option, values]) =>
    Object.entries(values ?? {}).flatMap(([key, value]) => [option, `${key}=${String(value)}`]),
  );
  return [
    'fit',
    request.data,
    '--model',
    request.model,
    ...settings,
    ...others,
    ...seed,
    '--epochs',
    '100000',
  ];
}

async function somethingIn(out: string, { child }: RunningLudus): Promise<void> {
  // Written after the checkpoint.
  while (!existsSync(join(out, 'config.json'))) {
    hold(child.exitCode === null, `ended before it saved, with exit code ${String(child.exitCode)}`);
    await later(20);
  }
}

function read(path: string): Buffer | undefined {
  try {
    return readFileSync(path);
  } catch {
    return undefined;
  }
}

function bytesOf(path: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(readFileSync(path));
}

function hashOf(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

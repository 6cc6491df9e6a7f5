/**
 * One owner at a time for what is written on disk: a lock file that names the process. It goes when the process ends; one that a
 * killed process left behind is taken over.
 */
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { InputError, refusal, show } from '#core/errors.ts';
import { cannotWrite, DiskError, makeFolder, reason, removeQuietly } from './files.ts';

/** The lock file of a folder, inside it. */
export const LOCK_FILE = '.ludus-lock';

interface Owner {
  readonly pid: number;
  /** When the process started, since ids are used again: in clock ticks since boot. Absent where the system does not tell. */
  readonly started?: string | undefined;
  readonly host: string;
  /** Tells the locks of one process apart. */
  readonly id: string;
}

/** Milliseconds that a lock file may stay without its content before it counts as left behind. */
const PATIENCE = 200;

export class Lock implements Disposable {
  private readonly path: string;
  private readonly id: string;
  private readonly onExit = (): void => this.release();

  private constructor(path: string, id: string) {
    this.path = path;
    this.id = id;
    process.once('exit', this.onExit);
  }

  /** Locks an existing folder; `flag` names it in the error if another process has it. */
  static ofFolder(folder: string, flag: string): Lock {
    return Lock.take(join(folder, LOCK_FILE), flag, `a folder that no other process writes to`, folder);
  }

  /** Makes a folder if it is missing, and locks it; `flag` names it in errors. */
  static ofNewFolder(folder: string, flag: string): Lock {
    try {
      makeFolder(folder);
      return Lock.ofFolder(folder, flag);
    } catch (error) {
      if (error instanceof InputError) throw error;
      throw new DiskError(`${flag}: cannot create the folder ${show(folder)}: ${reason(error)}`, {
        cause: error,
      });
    }
  }

  /** Locks a file, which may not exist yet, by one beside it. */
  static ofFile(path: string, flag: string): Lock {
    const lock = join(dirname(path), `.${basename(path)}.lock`);
    return Lock.take(lock, flag, `a file that no other process writes to`, path);
  }

  private static take(path: string, flag: string, expected: string, locked: string): Lock {
    const id = randomUUID();
    const { pid } = process;
    const mine: Owner = { pid, started: startOf(pid), host: hostname(), id };
    const owner = acquire(path, JSON.stringify(mine));
    if (owner) {
      const where = owner.host === hostname() ? '' : ` on ${owner.host}`;
      const hint = where && ` (if that has ended, delete ${show(path)})`;
      throw refusal(
        flag,
        `${expected}; name another`,
        `${show(locked)}, which process ${owner.pid}${where} writes to${hint}`,
      );
    }
    return new Lock(path, id);
  }

  /** Whether the lock file is still there and this lock's own: not if its folder was deleted or moved. */
  get isHeld(): boolean {
    return parseOwner(readText(this.path) ?? '')?.id === this.id;
  }

  /** Frees what is locked; `path` is the lock file's, if it was moved with its folder. */
  release(path = this.path): void {
    process.off('exit', this.onExit);
    try {
      if (parseOwner(readText(path) ?? '')?.id === this.id) removeQuietly(path);
    } catch {
      // One that cannot be read is taken over as one that was left behind.
    }
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/**
 * Takes the lock at `path`, or returns the owner that is in the way. To replace a lock that was left behind is a right of its
 * own, itself a lock beside it, whose name is of that very content: of several processes that found it one replaces it, and
 * none replaces what came after it. The path is never free meanwhile.
 */
function acquire(path: string, mine: string): Owner | undefined {
  while (!create(path, mine)) {
    const text = readPatiently(path);
    if (text === undefined) continue;
    const owner = parseOwner(text);
    if (owner && isAlive(owner)) return owner;
    const claim = `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    const other = acquire(claim, mine);
    if (other) return other;
    if (readText(path) !== text) removeQuietly(claim);
    else if (replace(claim, path)) return undefined;
  }
  return undefined;
}

/** Whether a file was still there to be moved to a path, in the place of what is there. */
function replace(from: string, path: string): boolean {
  try {
    renameSync(from, path);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return false;
    throw cannotWrite(path, error);
  }
}

/** Whether the lock file could be created, which only one process can do. */
function create(path: string, content: string): boolean {
  try {
    writeFileSync(path, content, { flag: 'wx' });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    if ((error as NodeJS.ErrnoException).syscall !== 'open') removeQuietly(path);
    throw cannotWrite(path, error);
  }
}

/** The content of a lock file, empty if none comes; undefined if the file is gone. */
function readPatiently(path: string): string | undefined {
  const deadline = performance.now() + PATIENCE;
  let text = readText(path);
  while (text === '' && performance.now() < deadline) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 10);
    text = readText(path);
  }
  return text;
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw cannotWrite(path, error);
  }
}

function parseOwner(text: string): Owner | undefined {
  try {
    return JSON.parse(text) as Owner;
  } catch {
    return undefined;
  }
}

/** Whether the owner's process runs; one on another machine may. */
function isAlive({ pid, started, host }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const now = startOf(pid);
  return started === undefined || now === undefined || now === started;
}

/** When a process started (proc(5), field 22 of stat); undefined outside Linux. A zombie counts as ended. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name before may contain anything.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? 'ended' : fields[19];
  } catch {
    return undefined;
  }
}

/**
 * A disk that fails when it is told to: stands between Node's `fs` and one folder, counts the operations there, and lets the Nth
 * go wrong. Everything else is the real disk. `sync` is bookkeeping only, which a power cut looks up.
 */
import fs from 'node:fs';
import promises, { type FileHandle } from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';

const MEANINGS = {
  EIO: 'i/o error',
  ENOSPC: 'no space left on device',
  EROFS: 'read-only file system',
  ENOENT: 'no such file or directory',
} as const;
export type Code = keyof typeof MEANINGS;

/** What goes wrong with the operation whose number has come; what is not of its kind succeeds. */
export type Fault =
  | { readonly kind: 'fails'; readonly code: Code; /** From then on, for good. */ readonly stays?: boolean }
  /** Half of a write, then an error. */
  | { readonly kind: 'tears' }
  /** It says that it succeeded, and did nothing. */
  | { readonly kind: 'drops' }
  | { readonly kind: 'delays' }
  /** Nothing works any more. Of what was not synced, half of the bytes are gone and, if `names`, the names are as they were. */
  | { readonly kind: 'power cut'; readonly names: boolean };

/** All of them. */
export const FAULTS: readonly Fault[] = [
  { kind: 'fails', code: 'EIO' },
  { kind: 'fails', code: 'ENOENT' },
  { kind: 'fails', code: 'ENOSPC', stays: true },
  { kind: 'fails', code: 'EROFS', stays: true },
  { kind: 'tears' },
  { kind: 'drops' },
  { kind: 'delays' },
  { kind: 'power cut', names: false },
  { kind: 'power cut', names: true },
];

interface Operation {
  readonly name: string;
  readonly path: string;
  /** What changes the disk: bytes, names, or nothing. */
  readonly changes?: 'bytes' | 'names';
  /** The bytes of a write, and how to write some of them instead. */
  readonly content?: {
    readonly bytes: Buffer;
    readonly write: (part: Buffer) => void;
    /** Absent for a file that is named, not opened: locks, which a power cut leaves to nobody. */
    readonly file: number | undefined;
  };
}

type Call = (...args: never[]) => unknown;

/** The functions as they are when nothing goes wrong. */
const disk = { ...fs };

export class FaultyDisk implements Disposable {
  /** The operations so far. */
  readonly log: string[] = [];
  private readonly folder: string;
  private readonly fault: Fault | undefined;
  private readonly at: number;
  /** The names in the folder as they are on the disk for sure: links to the files. */
  private readonly shadow: string;
  private readonly unsynced = new Set<number>();
  private readonly open = new Map<number, string>();
  private readonly undo: (() => void)[] = [];
  private isDead = false;

  /** Lets operation `at`, counted from 0, go wrong; without a fault it only counts. */
  constructor(folder: string, fault?: Fault, at = 0) {
    this.folder = folder;
    this.fault = fault;
    this.at = at;
    this.shadow = `${folder}.shadow`;
    this.keepNames();
    this.patchSync();
    this.patchAsync();
    syncBuiltinESMExports();
  }

  /** Whether the fault has come. */
  get hasCome(): boolean {
    return this.log.length > this.at;
  }

  [Symbol.dispose](): void {
    for (const back of this.undo.toReversed()) back();
    syncBuiltinESMExports();
    if (this.isDead) this.loseUnsynced();
    disk.rmSync(this.shadow, { recursive: true, force: true });
  }

  private replace<T extends object>(object: T, name: keyof T, wrap: (real: Call) => Call): void {
    const real = object[name];
    object[name] = wrap((real as Call).bind(object)) as T[typeof name];
    this.undo.push(() => (object[name] = real));
  }

  private patchSync(): void {
    const around = (name: keyof typeof fs, changes?: 'names'): void =>
      this.replace(fs, name, (real) => (...args) => {
        const path = String(args.at(name === 'renameSync' || name === 'linkSync' ? 1 : 0));
        if (!this.isMine(path)) return real(...args);
        const operation = { name, path, ...(changes && { changes }) };
        return this.now(operation, () => real(...args));
      });
    for (const name of ['readFileSync', 'readdirSync', 'realpathSync', 'statSync'] as const) around(name);
    for (const name of ['mkdirSync', 'rmSync', 'renameSync', 'linkSync'] as const) around(name, 'names');
    this.replace(fs, 'existsSync', (real) => (...args) => {
      const path = String(args[0]);
      if (!this.isMine(path)) return real(...args);
      try {
        return this.now({ name: 'existsSync', path }, () => real(...args));
      } catch {
        return false;
      }
    });
    this.replace(fs, 'openSync', (real) => (...args) => {
      const path = String(args[0]);
      if (!this.isMine(path)) return real(...args);
      const file = this.now({ name: 'openSync', path }, () => real(...args)) as number;
      this.open.set(file, path);
      return file;
    });
    this.replace(fs, 'fsyncSync', (real) => (...args) => {
      const path = this.open.get(args[0]);
      if (path === undefined) return real(...args);
      return this.now({ name: 'fsyncSync', path, changes: 'bytes' }, () => this.sync(path, args[0]));
    });
    for (const name of ['fstatSync', 'ftruncateSync'] as const)
      this.replace(fs, name, (real) => (...args) => {
        const path = this.open.get(args[0]);
        return path === undefined ? real(...args) : this.now({ name, path }, () => real(...args));
      });
    this.replace(fs, 'closeSync', (real) => (...args) => {
      const path = this.open.get(args[0]);
      if (path === undefined) return real(...args);
      this.open.delete(args[0]);
      // Closed whatever it says, as Linux does.
      real(...args);
      return this.now({ name: 'closeSync', path }, () => undefined);
    });
    this.replace(fs, 'writeFileSync', (real) => (...args) => {
      const [to, content, ...options] = args as unknown as [number | string, string | Buffer, never];
      const path = typeof to === 'number' ? this.open.get(to) : to;
      if (path === undefined || !this.isMine(path)) return real(...args);
      const write = (part: Buffer): unknown => real(to as never, part as never, ...options);
      return this.now(
        {
          name: 'writeFileSync',
          path,
          changes: 'bytes',
          content: { bytes: Buffer.from(content), write, file: typeof to === 'number' ? to : undefined },
        },
        () => real(...args),
      );
    });
  }

  private patchAsync(): void {
    for (const name of ['rename', 'link', 'rm', 'stat', 'readFile'] as const)
      this.replace(promises, name, (real) => async (...args) => {
        const path = String(args.at(name === 'rename' || name === 'link' ? 1 : 0));
        if (!this.isMine(path)) return real(...args);
        const changes = name === 'stat' || name === 'readFile' ? {} : { changes: 'names' as const };
        return this.soon({ name, path, ...changes }, async () => real(...args));
      });
    this.replace(promises, 'open', (real) => async (...args) => {
      const path = String(args[0]);
      if (!this.isMine(path)) return real(...args);
      const file = (await this.soon({ name: 'open', path }, async () => real(...args))) as FileHandle;
      return this.watched(file, path);
    });
  }

  /** A handle whose operations are counted too. */
  private watched(file: FileHandle, path: string): FileHandle {
    const { fd } = file;
    const own: Partial<Record<string, Call>> = {
      stat: async () => this.soon({ name: 'file.stat', path }, async () => file.stat()),
      read: async (...args) =>
        this.soon({ name: 'file.read', path }, async () => (file.read as Call)(...args)),
      sync: async () =>
        this.soon({ name: 'file.sync', path, changes: 'bytes' }, async () => this.sync(path, fd)),
      close: async () => {
        await file.close();
        return this.soon({ name: 'file.close', path }, async () => undefined);
      },
      writeFile: async (given: string | Uint8Array) => {
        const bytes = Buffer.from(given);
        const write = (part: Buffer): void => void disk.writeSync(fd, part);
        const content = { bytes, write, file: fd };
        return this.soon({ name: 'file.writeFile', path, changes: 'bytes', content }, async () =>
          file.writeFile(given),
        );
      },
    };
    return new Proxy(file, {
      get: (target, key) => own[String(key)] ?? (Reflect.get(target, key) as unknown),
    });
  }

  private isMine(path: string): boolean {
    return path === this.folder || dirname(path) === this.folder;
  }

  private async soon<T>(operation: Operation, real: () => Promise<T>): Promise<T | undefined> {
    const isTurn = this.log.length === this.at && this.fault?.kind === 'delays';
    const done = this.decide(operation);
    if (isTurn) await later(2);
    return done ? undefined : real();
  }

  private now<T>(operation: Operation, real: () => T): T | undefined {
    return this.decide(operation) ? undefined : real();
  }

  /** Counts an operation and lets it fail if its turn has come; true if it is not to be made. */
  private decide(operation: Operation): boolean {
    const { fault, isDead } = this;
    const turn = this.log.length;
    if (isDead) throw failure('EIO', operation);
    this.log.push(`${operation.name} ${basename(operation.path)}`);
    const file = operation.content?.file;
    if (file !== undefined) this.unsynced.add(disk.fstatSync(file).ino);
    const stays = fault?.kind === 'fails' && fault.stays;
    if (!fault || turn < this.at || (turn > this.at && !stays)) return false;
    switch (fault.kind) {
      case 'fails':
        throw failure(fault.code, operation);
      case 'tears': {
        const { content } = operation;
        if (!content) return false;
        content.write(content.bytes.subarray(0, content.bytes.length >> 1));
        throw failure('ENOSPC', operation, 'write');
      }
      case 'drops':
        return operation.changes !== undefined;
      case 'delays':
        return false;
      case 'power cut':
        this.isDead = true;
        throw failure('EIO', operation);
    }
  }

  private sync(path: string, file: number): void {
    if (path === this.folder) this.keepNames();
    else this.unsynced.delete(disk.fstatSync(file).ino);
  }

  private keepNames(): void {
    disk.rmSync(this.shadow, { recursive: true, force: true });
    copyNames(this.folder, this.shadow);
  }

  private loseUnsynced(): void {
    if (this.fault?.kind === 'power cut' && this.fault.names) {
      disk.rmSync(this.folder, { recursive: true, force: true });
      copyNames(this.shadow, this.folder);
    }
    for (const name of disk.existsSync(this.folder) ? disk.readdirSync(this.folder) : []) {
      const path = join(this.folder, name);
      const { ino, size } = disk.statSync(path);
      if (this.unsynced.has(ino)) disk.truncateSync(path, size >> 1);
    }
  }
}

function copyNames(from: string, to: string): void {
  disk.mkdirSync(to);
  if (!disk.existsSync(from)) return;
  for (const name of disk.readdirSync(from)) disk.linkSync(join(from, name), join(to, name));
}

function failure(code: Code, { name, path }: Operation, syscall = 'open'): Error {
  const message = `${code}: ${MEANINGS[code]}, ${name} '${path}'`;
  return Object.assign(new Error(message), { code, path, syscall });
}

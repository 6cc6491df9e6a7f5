/** Where a sweep is read from: a folder or files that the user has opened, or the command that runs it. Nothing is uploaded. */
import { refusal } from '#core/errors.ts';
import { PLAN, RESULTS, type SweepFiles } from '#worker/sweep/protocol.ts';

export interface Source {
  readonly name: string;
  /** Whether `files` gives them as they are now, else as they were when they were opened. */
  readonly isLive: boolean;
  files(): Promise<SweepFiles>;
}

type FolderPicker = () => Promise<FileSystemDirectoryHandle>;

/** The browser's dialog for folders, where it has one that lets a folder be read again. */
export function folderPicker(): FolderPicker | undefined {
  const { showDirectoryPicker } = globalThis as { readonly showDirectoryPicker?: FolderPicker };
  return showDirectoryPicker?.bind(globalThis);
}

export function folderSource(folder: FileSystemDirectoryHandle): Source {
  const fileIn = async (name: string): Promise<File | undefined> => {
    try {
      return await (await folder.getFileHandle(name)).getFile();
    } catch (error) {
      if (error instanceof DOMException && error.name === 'NotFoundError') return undefined;
      throw error;
    }
  };
  return {
    name: folder.name,
    isLive: true,
    files: async () => withPlan(await fileIn(PLAN), await fileIn(RESULTS)),
  };
}

/** Of the server that `ludus sweep --serve` is, beside the page. */
export function servedSource(name: string): Source {
  return {
    name,
    isLive: true,
    files: async () => withPlan(await servedFile(PLAN), await servedFile(RESULTS)),
  };
}

async function servedFile(name: string): Promise<File | undefined> {
  const response = await fetch(`sweep/${name}`, { cache: 'no-cache' });
  if (response.status === 404) return undefined;
  if (!response.ok) throw new Error(`${name}: the server answered ${response.status}`);
  // Size and time of the file, of which other sources have the second.
  const time = /-([\d.]+)"$/.exec(response.headers.get('ETag') ?? '')?.[1];
  return new File([await response.blob()], name, { lastModified: Number(time ?? 0) });
}

/** Of files from a dialog, which are as they were when they were chosen. */
export function filesSource(files: readonly File[]): Source {
  const { plan, results } = sorted(files);
  return {
    name: files.map(({ name }) => name).join(' and '),
    isLive: false,
    files: async () => withPlan(plan, results),
  };
}

/** Of what was dropped: a folder, or files. To be called in the event, after which the browser takes them back. */
export function dropSource({ dataTransfer }: DragEvent): Source | undefined {
  const entries = [...(dataTransfer?.items ?? [])].flatMap((item) => item.webkitGetAsEntry() ?? []);
  if (entries.length === 0) return undefined;
  const name = entries.map((entry) => entry.name).join(' and ');
  const [first] = entries;
  if (isFolder(first)) {
    const entryIn = (name: string): Promise<FileSystemEntry | undefined> =>
      new Promise((done, fail) =>
        first.getFile(name, {}, done, (error) =>
          error.name === 'NotFoundError' ? done(undefined) : fail(error),
        ),
      );
    const fileIn = async (name: string): Promise<File | undefined> => {
      const entry = await entryIn(name);
      return entry && isFile(entry) ? fileOf(entry) : undefined;
    };
    return { name, isLive: true, files: async () => withPlan(await fileIn(PLAN), await fileIn(RESULTS)) };
  }
  const { plan, results } = sorted(entries.filter(isFile));
  return {
    name,
    isLive: true,
    files: async () => withPlan(plan && (await fileOf(plan)), results && (await fileOf(results))),
  };
}

function isFolder(entry: FileSystemEntry): entry is FileSystemDirectoryEntry {
  return entry.isDirectory;
}

function isFile(entry: FileSystemEntry): entry is FileSystemFileEntry {
  return entry.isFile;
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((done, fail) => entry.file(done, fail));
}

/** Which of some files is which, by their names. */
function sorted<T extends { readonly name: string }>(
  files: readonly T[],
): { readonly plan: T | undefined; readonly results: T | undefined } {
  const ending = (end: string): T | undefined => files.find(({ name }) => name.toLowerCase().endsWith(end));
  return { plan: ending('.json'), results: ending('.jsonl') };
}

/** Throws an `InputError` where there is no plan. */
function withPlan(plan: File | undefined, results: File | undefined): SweepFiles {
  if (plan) return { plan, results };
  const got = results ? `${results.name} alone` : 'no such file';
  throw refusal(PLAN, `the plan of the sweep, which lies beside ${RESULTS}`, got);
}

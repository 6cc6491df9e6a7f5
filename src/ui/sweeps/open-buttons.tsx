/** The ways to open a sweep: a folder, which is read again while the sweep runs, or its two files. */
import { FileText, FolderOpen } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { messageOf } from '#core/errors.ts';
import { filesSource, folderPicker, folderSource } from './source.ts';
import type { SweepStore } from './sweep-store.ts';

interface OpenButtonsProps {
  readonly store: SweepStore;
  /** Whether they are what the page is about now. */
  readonly main?: boolean;
}

export function OpenButtons({ store, main = false }: OpenButtonsProps) {
  return (
    <>
      <FolderButton store={store} main={main} />
      <FileButton store={store} look={main && !folderPicker() ? 'main' : ''}>
        <FileText size={15} aria-hidden /> Choose files …
      </FileButton>
    </>
  );
}

/** Nothing where the browser has no such dialog. */
export function FolderButton({ store, main = false }: OpenButtonsProps) {
  const pick = folderPicker();
  if (!pick) return null;
  return (
    <button
      type="button"
      class={main ? 'main sweep-button' : 'sweep-button'}
      title="The folder that `ludus sweep` writes; it is read again while the sweep runs"
      onClick={() => void pickFolder(store, pick)}
    >
      <FolderOpen size={15} aria-hidden /> Open folder …
    </button>
  );
}

interface FileButtonProps {
  readonly store: SweepStore;
  readonly look?: string;
  readonly children: ComponentChildren;
}

/** Opens the two files as they are when they are chosen. */
export function FileButton({ store, look = '', children }: FileButtonProps) {
  return (
    <label
      class={`file-button sweep-button ${look}`}
      title="plan.json and results.jsonl of the sweep's folder, both at once"
    >
      {children}
      <input
        type="file"
        multiple
        accept=".json,.jsonl"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          if (files.length > 0) void store.open(filesSource(files));
          // So that the same files can be chosen again.
          currentTarget.value = '';
        }}
      />
    </label>
  );
}

async function pickFolder(store: SweepStore, pick: () => Promise<FileSystemDirectoryHandle>): Promise<void> {
  try {
    await store.open(folderSource(await pick()));
  } catch (error) {
    // The user has closed the dialog.
    if (error instanceof DOMException && error.name === 'AbortError') return;
    store.refuse({ field: 'folder', expected: 'one that can be read', got: messageOf(error) });
  }
}

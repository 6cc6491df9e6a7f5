/** Undo and redo as buttons and keys. */
import { Redo2, Trash2, Undo2 } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { IconButton } from '../parts/icon-button.tsx';

interface Undoable {
  readonly canUndo: boolean;
  readonly canRedo: boolean;
  readonly undo: () => void;
  readonly redo: () => void;
}

interface UndoButtonsProps {
  readonly edit: Undoable;
  readonly onClear: () => void;
  readonly children: ComponentChildren;
}

export function UndoButtons({ edit, onClear, children }: UndoButtonsProps) {
  return (
    <div class="editor-buttons" role="group" aria-label="Changes">
      <IconButton label="Undo" title="Undo (Ctrl+Z)" disabled={!edit.canUndo} onClick={edit.undo}>
        <Undo2 size={16} aria-hidden />
      </IconButton>
      <IconButton label="Redo" title="Redo (Ctrl+Shift+Z)" disabled={!edit.canRedo} onClick={edit.redo}>
        <Redo2 size={16} aria-hidden />
      </IconButton>
      <IconButton label="Clear" onClick={onClear}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
      {children}
    </div>
  );
}

/** Handles Ctrl+Z, Ctrl+Shift+Z and Ctrl+Y. False for any other key. */
export function undoKey(event: KeyboardEvent, { undo, redo }: Undoable): boolean {
  const { ctrlKey, metaKey, shiftKey } = event;
  const key = event.key.toLowerCase();
  if (!(ctrlKey || metaKey) || (key !== 'z' && key !== 'y')) return false;
  event.preventDefault();
  if (key === 'y' || shiftKey) redo();
  else undo();
  return true;
}

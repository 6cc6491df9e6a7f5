/** The level editor: tools, board, size, JSON in and out, and what is wrong with the level. */
import { Dices, Download, FolderOpen } from 'lucide-preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import { saveFile } from '../state/save-file.ts';
import type { Page } from '../state/page.ts';
import { play, train } from './apply.ts';
import { Dialog } from './dialog.tsx';
import { Footer } from './footer.tsx';
import type { EditorProps } from './editors.tsx';
import { LevelBoard } from './level-board.tsx';
import { levelValue, readLevel, toolsOf, type Tool } from './level.ts';
import { closeEditor } from './opened.ts';
import { ThingOptions, Toolbox } from './toolbox.tsx';
import { UndoButtons, undoKey } from './undo.tsx';
import { useLevel, valuesFor, type LevelEdit, type LevelField } from './use-level.ts';
import './editors.css';

/** Characters of the largest file that is read. */
const LONGEST_FILE = 1_000_000;

export function LevelEditor({ page, field: key }: EditorProps) {
  const field = page.focused.value.form.fieldOf('world', key);
  const isLevel = field?.kind === 'json' && field.board !== undefined;
  return isLevel ? <Editor page={page} field={field as LevelField} /> : null;
}

function Editor({ page, field }: { readonly page: Page; readonly field: LevelField }) {
  const { value: run } = page.focused;
  const edit = useLevel(run, field);
  const standard = useMemo(() => toolsOf(field.board), [field]);
  const [tools, setTools] = useState(standard);
  // Walls, or whatever stands in the way, are what most levels begin with.
  const [chosen, setChosen] = useState(Math.min(1, standard.length - 1));
  const tool = tools[chosen];
  const setTool = (next: Tool): void => setTools(tools.map((each, k) => (k === chosen ? next : each)));
  const result = { page, run, values: valuesFor(field, edit.level), verdict: edit.verdict };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { code, target } = event;
    if (target instanceof HTMLInputElement || target instanceof HTMLTextAreaElement) return;
    if (undoKey(event, edit)) return;
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(code)?.[1];
    const at = digit === undefined ? tools.length : (Number(digit) + 9) % 10;
    if (at < tools.length) setChosen(at);
  };
  return (
    <Dialog
      title={`${field.label} of ${run.form.world.value?.title ?? ''}`}
      onClose={closeEditor}
      onKeyDown={onKeyDown}
    >
      <div class="editor-body">
        <div class="editor-side">
          <Toolbox tools={tools} chosen={chosen} onChoose={setChosen} />
          {tool.kind === 'thing' ? <ThingOptions tool={tool} onChange={setTool} /> : null}
        </div>
        <LevelBoard edit={edit} tool={tool} eraser={tools[0]} />
        <div class="editor-side">
          <Changes edit={edit} />
          <Size edit={edit} />
          <Json edit={edit} name={`${run.draft.value.world}-level.json`} />
        </div>
      </div>
      <Footer
        verdict={edit.verdict}
        words={{
          asking: 'Looking for a way to the goal…',
          fine: 'This level can be solved.',
          wrong: 'This level',
        }}
        play="Play it"
        train="Train in it"
        onPlay={() => void play(result)}
        onTrain={() => void train(result)}
      />
    </Dialog>
  );
}

function Changes({ edit }: { readonly edit: LevelEdit }) {
  const { board, level } = edit;
  const empty = { rows: level.rows.map((row) => board.letters[0].letter.repeat(row.length)), entries: [] };
  return (
    <UndoButtons edit={edit} onClear={() => edit.put(empty)}>
      <button
        type="button"
        class="icon wide"
        title="A random solvable level of this size"
        onClick={() => void edit.random()}
      >
        <Dices size={16} aria-hidden /> Random
      </button>
    </UndoButtons>
  );
}

function Size({ edit }: { readonly edit: LevelEdit }) {
  const { board, level } = edit;
  const [width, height] = [level.rows[0].length, level.rows.length];
  const side = (label: string, value: number, put: (side: number) => void) => (
    <label>
      {label}
      <input
        type="number"
        min={board.min}
        max={board.max}
        value={value}
        onChange={({ currentTarget }) => put(Number(currentTarget.value))}
      />
    </label>
  );
  return (
    <fieldset class="editor-size">
      <legend>Size</legend>
      {side('Width', width, (w) => edit.size({ width: w }))}
      {side('Height', height, (h) => edit.size({ height: h }))}
    </fieldset>
  );
}

function Json({ edit, name }: { readonly edit: LevelEdit; readonly name: string }) {
  const { board, level, put } = edit;
  const text = JSON.stringify(levelValue(board, level), undefined, 1);
  const [typed, setTyped] = useState(text);
  const [wrong, setWrong] = useState<string>();
  const file = useRef<HTMLInputElement>(null);
  const id = useId();
  useEffect(() => {
    setTyped(text);
    setWrong(undefined);
  }, [text]);
  const read = (given: string): void => {
    const next = given.length > LONGEST_FILE ? 'Expected a smaller file.' : readLevel(board, given);
    if (typeof next === 'string') return setWrong(next);
    setWrong(undefined);
    put(next);
  };
  return (
    <div class="editor-json">
      <label for={id}>As JSON</label>
      <textarea
        id={id}
        spellcheck={false}
        rows={8}
        value={typed}
        onInput={({ currentTarget }) => setTyped(currentTarget.value)}
        onChange={({ currentTarget }) => read(currentTarget.value)}
      />
      {wrong === undefined ? null : (
        <p class="error" role="alert">
          {wrong}
        </p>
      )}
      <div class="editor-buttons">
        <button
          type="button"
          class="icon wide"
          title="Save the level as a file"
          onClick={() => saveFile(name, new Blob([text], { type: 'application/json' }))}
        >
          <Download size={15} aria-hidden /> Save
        </button>
        <button
          type="button"
          class="icon wide"
          title="Open a level from a file"
          onClick={() => file.current?.click()}
        >
          <FolderOpen size={15} aria-hidden /> Open
        </button>
        <input
          ref={file}
          type="file"
          hidden
          aria-label="File of a level"
          accept=".json,application/json"
          onChange={({ currentTarget }) => {
            const [picked] = currentTarget.files ?? [];
            if (picked) void picked.text().then(read);
            currentTarget.value = '';
          }}
        />
      </div>
    </div>
  );
}

/** The editor that is open: a dialog, whose code is loaded with the first one. */
import type { ComponentType } from 'preact';
import { Lazy } from '../parts/lazy.tsx';
import type { Page } from '../state/page.ts';
import { opened } from './opened.ts';

export interface EditorProps {
  readonly page: Page;
  /** Of the edited parameter. */
  readonly field: string;
}

const loads = {
  level: async (): Promise<ComponentType<EditorProps>> => (await import('./level-editor.tsx')).LevelEditor,
  road: async (): Promise<ComponentType<EditorProps>> => (await import('./road-editor.tsx')).RoadEditor,
} as const;

export function Editors({ page }: { readonly page: Page }) {
  const { value: open } = opened;
  // Another world has other parameters.
  const there = open && page.focused.value.form.fieldOf('world', open.key);
  return open && there ? (
    <Lazy key={open.kind} load={loads[open.kind]} props={{ page, field: open.key }} />
  ) : null;
}

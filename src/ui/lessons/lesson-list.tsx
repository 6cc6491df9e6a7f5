/** The list of lessons: what each is about, and how far the learner has got. */
import { Check, X } from 'lucide-preact';
import { useEffect, useRef } from 'preact/hooks';
import { IconButton } from '../parts/icon-button.tsx';
import { plural } from '../state/values.ts';
import { CONTENT } from './content/content.ts';
import type { Lessons } from './lessons.ts';
import { LESSONS } from './names.ts';
import { progress } from './progress.ts';
import './lessons.css';

export interface LessonListProps {
  readonly lessons: Lessons;
  readonly onClose: () => void;
}

export function LessonList({ lessons, onClose }: LessonListProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const { open, done, steps } = progress.value;
  useEffect(() => {
    dialog.current?.showModal();
    dialog.current?.querySelector<HTMLElement>('[data-open]')?.focus();
  }, []);
  return (
    <dialog
      class="lesson-list"
      ref={dialog}
      aria-label="Lessons"
      onClose={onClose}
      // Its keys are not those of the runs behind it.
      onKeyDown={(event) => event.stopPropagation()}
      onClick={(event) => {
        // Beside the dialog, on its backdrop.
        if (event.target === dialog.current) dialog.current?.close();
      }}
    >
      <div class="lesson-list-head">
        <h2>Lessons</h2>
        <IconButton label="Close" onClick={() => dialog.current?.close()}>
          <X size={16} aria-hidden />
        </IconButton>
      </div>
      <p>
        Each one sets up a run on this page and tells you what to look at and what to try. Your own setup
        comes back when you leave.
      </p>
      <ol>
        {LESSONS.map((id) => {
          const { title, summary, steps: all } = CONTENT[id];
          const { [id]: step = 0 } = steps;
          return (
            <li key={id}>
              <button
                type="button"
                data-open={id === open || undefined}
                onClick={() => {
                  dialog.current?.close();
                  lessons.enter(id);
                }}
              >
                <b>{title}</b>
                <span>{summary}</span>
                <small>
                  {step > 0 ? `step ${step + 1} of ${all.length}` : plural(all.length, 'step')}
                  {done.includes(id) ? <Check size={14} aria-label="done" /> : null}
                </small>
              </button>
            </li>
          );
        })}
      </ol>
    </dialog>
  );
}

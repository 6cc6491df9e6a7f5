/** The tour: seven short lessons, each with a prediction and a real run. */
import { Check } from 'lucide-preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import type { RoomProps } from '../state/room.ts';
import { Bench } from '../tour/bench.ts';
import { Lesson } from '../tour/lesson.tsx';
import { CONTENT, LESSONS, type LessonId } from '../tour/lessons.ts';
import { keepProgress, readProgress, type Progress } from '../../state/progress.ts';
import { FitNotice } from './fit-notice.tsx';
import '../styles/playground.css';
import '../styles/tour.css';

const KEY = 'ludus.tour';
/** Keys do nothing here: lessons have buttons. */
const NO_COMMANDS = { toggle: () => undefined, step: () => undefined, reset: () => undefined };

export function Tour({ room }: RoomProps) {
  const bench = useMemo(() => new Bench(room.spawn), [room]);
  const [progress, setProgress] = useState<Progress<LessonId>>(() => readProgress(KEY, LESSONS));
  useEffect(() => {
    room.commands.value = NO_COMMANDS;
    return () => {
      room.commands.value = undefined;
      bench[Symbol.dispose]();
    };
  }, [room, bench]);
  const keep = (change: (old: Progress<LessonId>) => Progress<LessonId>): void =>
    setProgress((old) => {
      const next = change(old);
      keepProgress(KEY, next);
      return next;
    });
  const open = (id: LessonId): void => keep((old) => ({ ...old, open: id }));
  const at = LESSONS.indexOf(progress.open);
  const next = LESSONS.at(at + 1);
  return (
    <div class="tour">
      <FitNotice fit={bench.fit} />
      <nav class="lessons" aria-label="Lessons">
        <ol>
          {LESSONS.map((id) => (
            <li key={id}>
              <button
                type="button"
                aria-current={id === progress.open ? 'page' : undefined}
                onClick={() => open(id)}
              >
                {CONTENT[id].title}
                {progress.done.includes(id) ? <Check size={14} aria-label="done" /> : null}
              </button>
            </li>
          ))}
        </ol>
      </nav>
      <div>
        <Lesson
          key={progress.open}
          id={progress.open}
          bench={bench}
          onDone={() =>
            keep((old) => ({
              ...old,
              done: LESSONS.filter((id) => id === old.open || old.done.includes(id)),
            }))
          }
        />
        {next && at + 1 < LESSONS.length ? (
          <button type="button" class="next-lesson" onClick={() => open(next)}>
            {progress.done.includes(progress.open) ? 'Next' : 'Skip to'}: {CONTENT[next].title}
          </button>
        ) : null}
      </div>
    </div>
  );
}

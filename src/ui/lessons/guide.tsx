/** A lesson beside the live page: one step at a time, which lights up a part of the page and says what to do there. */
import { ArrowLeft, X } from 'lucide-preact';
import { useEffect, useState } from 'preact/hooks';
import { IconButton } from '../parts/icon-button.tsx';
import { openTab } from '../state/dock.ts';
import { fromLink } from '../state/permalink.ts';
import { CONTENT } from './content/content.ts';
import type { Lessons } from './lessons.ts';
import { LESSONS, type LessonId } from './names.ts';
import { finish, reach, stepOf } from './progress.ts';
import { StepView } from './step.tsx';
import './lessons.css';

export interface GuideProps {
  readonly lessons: Lessons;
  readonly id: LessonId;
}

export function Guide({ lessons, id }: GuideProps) {
  // Another lesson is another guide.
  return <OpenLesson key={id} lessons={lessons} id={id} />;
}

function OpenLesson({ lessons, id }: GuideProps) {
  const { title, link, steps } = CONTENT[id];
  const [at, setAt] = useState(() => stepOf(id, steps.length));
  const [ready, setReady] = useState(false);
  const [ticked, setTicked] = useState<ReadonlySet<number>>(new Set());
  useEffect(() => {
    let gone = false;
    const tab = openTab.peek();
    openTab.value = 'curves';
    reach(id, at);
    void lessons.setUp(link).then(() => gone || setReady(true));
    return () => {
      gone = true;
      openTab.value = tab;
    };
    // Once for a lesson: what the learner does to its run stays.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  const go = (to: number): void => {
    reach(id, to);
    setAt(to);
  };
  const step = steps[at];
  return (
    <aside class="guide" aria-label={`Lesson: ${title}`}>
      <header class="guide-head">
        <h2>{title}</h2>
        <IconButton
          label="Leave the lesson"
          title="Leave the lesson and get your own setup back"
          onClick={() => void leave(lessons)}
        >
          <X size={16} aria-hidden />
        </IconButton>
      </header>
      <ol class="guide-steps" aria-label="Steps">
        {steps.map((each, k) => (
          <li key={each.title}>
            <button
              type="button"
              aria-label={`Step ${k + 1} of ${steps.length}: ${each.title}${ticked.has(k) ? ', done' : ''}`}
              title={each.title}
              aria-current={k === at ? 'step' : undefined}
              data-ticked={ticked.has(k) || undefined}
              onClick={() => go(k)}
            />
          </li>
        ))}
      </ol>
      <StepView
        key={at}
        step={step}
        lessons={lessons}
        ready={ready}
        ticked={ticked.has(at)}
        speed={fromLink(link).setup.speed}
        onTick={() => setTicked((all) => new Set(all).add(at))}
      />
      <Ways lessons={lessons} id={id} at={at} ticked={ticked.has(at)} go={go} />
    </aside>
  );
}

interface WaysProps extends GuideProps {
  readonly at: number;
  readonly ticked: boolean;
  readonly go: (step: number) => void;
}

/** Back and on; every step can be skipped. */
function Ways({ lessons, id, at, ticked, go }: WaysProps) {
  const { steps } = CONTENT[id];
  const isLast = at === steps.length - 1;
  const next = LESSONS.at(LESSONS.indexOf(id) + 1);
  const look = ticked ? 'guide-next main' : 'guide-next';
  return (
    <footer class="guide-ways">
      <button type="button" disabled={at === 0} onClick={() => go(at - 1)}>
        <ArrowLeft size={14} aria-hidden /> Back
      </button>
      <span class="spring" />
      {isLast ? (
        <>
          {next ? (
            <button
              type="button"
              title={CONTENT[next].title}
              onClick={() => {
                finish(id);
                lessons.enter(next);
              }}
            >
              Next lesson
            </button>
          ) : null}
          <button
            type="button"
            class={look}
            onClick={() => {
              finish(id);
              void leave(lessons);
            }}
          >
            Finish
          </button>
        </>
      ) : (
        <button type="button" class={look} aria-keyshortcuts="L" onClick={() => go(at + 1)}>
          {ticked ? 'Next' : 'Skip'} <kbd aria-hidden>L</kbd>
        </button>
      )}
    </footer>
  );
}

async function leave(lessons: Lessons): Promise<void> {
  const left = lessons.leave();
  document.querySelector<HTMLElement>('.lessons-button')?.focus();
  await left;
}

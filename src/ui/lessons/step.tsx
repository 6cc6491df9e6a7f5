/** One step: its text, what it asks for, and the tick once that has been done. */
import { effect, untracked } from '@preact/signals';
import { Circle, CircleCheck } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import { useEffect, useId, useMemo, useRef, useState } from 'preact/hooks';
import type { Speed } from '#worker/protocol.ts';
import { Question, Reveal, type Prediction, type Verdict } from '../parts/predict.tsx';
import type { Check, Predict, Step } from './lesson.ts';
import type { Lessons } from './lessons.ts';
import { lightUp } from './light.ts';
import { Seen, type Moment } from './seen.ts';

interface StepProps {
  readonly step: Step;
  readonly lessons: Lessons;
  /** Whether the lesson's run has been set up. */
  readonly ready: boolean;
  readonly ticked: boolean;
  /** At which the lesson is watched, when an experiment is over. */
  readonly speed: Speed;
  readonly onTick: () => void;
}

export function StepView({ step, lessons, ready, ticked, speed, onTick }: StepProps) {
  const { title, text, at, task } = step;
  const id = useId();
  const seen = useMemo(() => new Seen(lessons.page), [lessons]);
  useEffect(() => (ready ? lightUp(at, id) : undefined), [ready, at, id]);
  useEffect(() => {
    if (!ready || ticked || task.kind !== 'do') return undefined;
    let since: Moment | undefined;
    return effect(() => {
      if (!seen.ready) return;
      since ??= untracked(() => seen.moment);
      if (task.done(seen, since)) onTick();
    });
    // A tick is for good.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [ready, ticked]);
  return (
    <div class="guide-step">
      <h3>{title}</h3>
      <p id={id}>
        {text} {task.kind === 'do' ? <Ask ask={task.ask} ticked={ticked} /> : null}
      </p>
      {task.kind === 'predict' ? (
        <Prophecy task={task} seen={seen} lessons={lessons} speed={speed} onTick={onTick} />
      ) : null}
      {task.kind === 'check' ? <SelfCheck task={task} onTick={onTick} /> : null}
      <span class="guide-said" role="status">
        {ticked && task.kind === 'do' ? 'Done.' : ''}
      </span>
    </div>
  );
}

function Ask({ ask, ticked }: { readonly ask: string; readonly ticked: boolean }) {
  const Icon = ticked ? CircleCheck : Circle;
  return (
    <span class="guide-ask" data-ticked={ticked || undefined}>
      <Icon size={16} aria-hidden /> {ask}
    </span>
  );
}

interface ProphecyProps extends Pick<StepProps, 'lessons' | 'speed' | 'onTick'> {
  readonly task: Predict;
  readonly seen: Seen;
}

/** A prediction, the run that shows what is true, and what it has shown. */
function Prophecy({ task, seen, lessons, speed, onTick }: ProphecyProps) {
  const [predicted, setPredicted] = useState<Prediction>();
  /** The run before the experiment. */
  const [before, setBefore] = useState<string>();
  const running = before !== undefined;
  const [verdict, setVerdict] = useState<Verdict>();
  const run = (): void => {
    setBefore(seen.run);
    void lessons.setUp(task.link);
  };
  useEffect(() => {
    if (!running || verdict) return undefined;
    let over = false;
    const stop = effect(() => {
      const shown = seen.ready && seen.run !== before ? task.verdict(seen) : undefined;
      if (!shown || over) return;
      over = true;
      setVerdict(shown);
      onTick();
      void untracked(() => lessons.page.setSpeed(speed));
    });
    return () => {
      stop();
      // Left before it was over, for another step.
      if (!over && lessons.open.peek() !== undefined) void lessons.page.setSpeed(speed);
    };
    // The experiment goes on while its parts are drawn.
    // oxlint-disable-next-line react/exhaustive-deps
  }, [before, verdict]);
  return (
    <>
      <Question asked={task} predicted={predicted} verdict={verdict} onPredict={setPredicted} />
      {predicted === undefined || verdict ? null : (
        <p>
          <button type="button" class="main" disabled={running} onClick={run}>
            {running ? 'Running…' : 'Run it'}
          </button>
        </p>
      )}
      {verdict ? (
        <InSight>
          <Reveal asked={task} predicted={predicted} verdict={verdict} />
        </InSight>
      ) : null}
    </>
  );
}

/** What has just been said, at the lower end of a guide that may have to scroll. */
function InSight({ children }: { readonly children: ComponentChildren }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest' }), []);
  return <div ref={place}>{children}</div>;
}

/** A question with feedback on every answer; another one may be tried. */
function SelfCheck({ task, onTick }: { readonly task: Check; readonly onTick: () => void }) {
  const [chosen, setChosen] = useState<number>();
  const name = useId();
  const answer = chosen === undefined ? undefined : task.answers[chosen];
  return (
    <>
      <fieldset class="question">
        <legend>{task.question}</legend>
        {task.answers.map((each, k) => (
          <label key={each.answer} data-right={k === chosen ? each.right === true : undefined}>
            <input
              type="radio"
              name={name}
              checked={k === chosen}
              onChange={() => {
                setChosen(k);
                if (each.right) onTick();
              }}
            />{' '}
            {each.answer}
          </label>
        ))}
      </fieldset>
      {answer ? (
        <InSight key={chosen}>
          <p class="tour-said" data-wrong={answer.right ? undefined : ''} role="status">
            <b>{answer.right ? 'Right.' : 'Not quite.'}</b> {answer.feedback}
          </p>
        </InSight>
      ) : null}
    </>
  );
}

/** A lesson: what it is about, a prediction of the reader, the experiment, and what it has shown. */
import type { ComponentType } from 'preact';
import { useId, useState } from 'preact/hooks';
import { Adversarial } from './adversarial.tsx';
import type { Bench } from './bench.ts';
import { Convolution } from './convolution.tsx';
import { DoubleDescent, Overfitting } from './curves.tsx';
import type { Verdict } from './experiments.ts';
import { CONTENT, type LessonId } from './lessons.ts';
import { Perceptron } from './perceptron.tsx';
import { LinearLayers, Logistic } from './planes.tsx';

export interface ExperimentProps {
  readonly bench: Bench;
  readonly onVerdict: (verdict: Verdict) => void;
}

const EXPERIMENTS: Readonly<Record<LessonId, ComponentType<ExperimentProps>>> = {
  perceptron: Perceptron,
  logistic: Logistic,
  'linear-layers': LinearLayers,
  convolution: Convolution,
  overfitting: Overfitting,
  'double-descent': DoubleDescent,
  adversarial: Adversarial,
};

interface LessonProps {
  readonly id: LessonId;
  readonly bench: Bench;
  readonly onDone: () => void;
}

export function Lesson({ id, bench, onDone }: LessonProps) {
  const { title, text } = CONTENT[id];
  const [predicted, setPredicted] = useState<number | 'skipped'>();
  const [verdict, setVerdict] = useState<Verdict>();
  const Experiment = EXPERIMENTS[id];
  const show = (verdict: Verdict): void => {
    setVerdict(verdict);
    onDone();
  };
  return (
    <article class="lesson" aria-label={title}>
      <h2>{title}</h2>
      {text.map((paragraph) => (
        <p key={paragraph}>{paragraph}</p>
      ))}
      <Question id={id} predicted={predicted} verdict={verdict} onPredict={setPredicted} />
      {predicted === undefined ? null : <Experiment bench={bench} onVerdict={show} />}
      {verdict ? <Reveal id={id} predicted={predicted} verdict={verdict} /> : null}
    </article>
  );
}

interface QuestionProps {
  readonly id: LessonId;
  readonly predicted: number | 'skipped' | undefined;
  readonly verdict: Verdict | undefined;
  readonly onPredict: (answer: number | 'skipped') => void;
}

/** Before anything is run; the answer cannot be changed once the result is there. */
function Question({ id, predicted, verdict, onPredict }: QuestionProps) {
  const { question, answers } = CONTENT[id];
  const name = useId();
  return (
    <fieldset class="question" disabled={verdict !== undefined}>
      <legend>{question}</legend>
      {answers.map((answer, k) => (
        <label key={answer} data-right={verdict ? verdict.answer === k : undefined}>
          <input type="radio" name={name} checked={predicted === k} onChange={() => onPredict(k)} /> {answer}
        </label>
      ))}
      {predicted === undefined ? (
        <button type="button" class="quiet" onClick={() => onPredict('skipped')}>
          Just show me
        </button>
      ) : null}
    </fieldset>
  );
}

function Reveal({
  id,
  predicted,
  verdict,
}: Pick<QuestionProps, 'id' | 'predicted'> & { readonly verdict: Verdict }) {
  const { answers } = CONTENT[id];
  return (
    <p class="tour-said" role="status">
      {typeof predicted !== 'number' ? null : predicted === verdict.answer ? (
        <b>As you predicted. </b>
      ) : (
        <b>
          You predicted “{answers[predicted]}”; it is “{answers[verdict.answer]}”.{' '}
        </b>
      )}
      {verdict.said}
    </p>
  );
}

/** A lesson: what it is about, a prediction of the reader, the experiment, and what it has shown. */
import type { ComponentType } from 'preact';
import { useState } from 'preact/hooks';
import { Question, Reveal, type Prediction, type Verdict } from '../../parts/predict.tsx';
import { Adversarial } from './adversarial.tsx';
import type { Bench } from './bench.ts';
import { Convolution } from './convolution.tsx';
import { DoubleDescent, Overfitting } from './curves.tsx';
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
  const { title, text, question, answers } = CONTENT[id];
  const asked = { question, answers };
  const [predicted, setPredicted] = useState<Prediction>();
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
      <Question asked={asked} predicted={predicted} verdict={verdict} onPredict={setPredicted} />
      {predicted === undefined ? null : <Experiment bench={bench} onVerdict={show} />}
      {verdict ? <Reveal asked={asked} predicted={predicted} verdict={verdict} /> : null}
    </article>
  );
}

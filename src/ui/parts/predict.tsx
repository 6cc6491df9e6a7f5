/** Predict, then reveal: a question before something is run, and what the run then says of the answer. Of both rooms' lessons. */
import { useId } from 'preact/hooks';
import '../styles/predict.css';

/** A result in words, and which of the question's answers it supports. */
export interface Verdict {
  readonly answer: number;
  readonly said: string;
}

export interface Asked {
  readonly question: string;
  readonly answers: readonly string[];
}

/** What the reader expects. */
export type Prediction = number | 'skipped';

interface QuestionProps {
  readonly asked: Asked;
  readonly predicted: Prediction | undefined;
  readonly verdict: Verdict | undefined;
  readonly onPredict: (answer: Prediction) => void;
}

/** Before anything is run; the answer cannot be changed once the result is there. */
export function Question({ asked, predicted, verdict, onPredict }: QuestionProps) {
  const name = useId();
  return (
    <fieldset class="question" disabled={verdict !== undefined}>
      <legend>{asked.question}</legend>
      {asked.answers.map((answer, k) => (
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

interface RevealProps {
  readonly asked: Asked;
  readonly predicted: Prediction | undefined;
  readonly verdict: Verdict;
}

export function Reveal({ asked: { answers }, predicted, verdict }: RevealProps) {
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

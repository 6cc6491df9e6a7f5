/** Sixty seconds: a button, a clock, and the accuracy at the end, to be beaten with another network. */
import { Timer } from 'lucide-preact';
import { plural } from '../../state/values.ts';
import { SECONDS, type Challenge, type ChallengeScore } from '../state/challenge.ts';

interface SixtySecondsProps {
  readonly challenge: Challenge;
  readonly can: boolean;
  /** Of the model, after which it is over, whatever the clock says. */
  readonly epochs: number;
}

export function SixtySeconds({ challenge, can, epochs }: SixtySecondsProps) {
  const { value: left } = challenge.left;
  const { value: last } = challenge.last;
  const { value: best } = challenge.best;
  return (
    <div class="sixty" role="group" aria-label="60 seconds">
      {left === undefined ? (
        <button
          type="button"
          class="icon wide"
          disabled={!can}
          title="Starts over and learns for 60 seconds, or until its epochs are over; then the test accuracy counts"
          onClick={() => void challenge.start()}
        >
          <Timer size={16} aria-hidden /> {SECONDS} seconds
        </button>
      ) : (
        <>
          <span class="clock" role="timer" aria-label="Seconds left">
            {left} s
          </span>
          <button type="button" onClick={() => challenge.stop()}>
            Give up
          </button>
        </>
      )}
      <p role="status">
        {last ? <span>{score(last)}. </span> : null}
        {last && isShort(last.seconds) ? (
          <span>All epochs were over by then; more of them would use the whole minute. </span>
        ) : null}
        {best ? (
          <span class="dim">
            {best === last
              ? 'That is the best of this session: change the network to beat it.'
              : `Best: ${score(best)}`}
          </span>
        ) : left === undefined ? (
          <span class="dim">How accurate can it get in a minute?</span>
        ) : null}
        {left === undefined ? null : (
          <span class="dim"> Ends after {plural(epochs, 'epoch')} if that is sooner.</span>
        )}
      </p>
    </div>
  );
}

function score({ accuracy, model, parameters, seconds }: ChallengeScore): string {
  const time = isShort(seconds) ? ` after ${seconds.toFixed(1)} s` : '';
  return `${(100 * accuracy).toFixed(2)} % by ${model} with ${plural(parameters, 'parameter')}${time}`;
}

/** Whether training was over before the clock was. */
function isShort(seconds: number): boolean {
  return seconds < SECONDS - 0.5;
}

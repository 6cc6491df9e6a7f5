/** The foot of an editor: what the world says, and what can be done with the result. */
import { Gamepad2 } from 'lucide-preact';
import type { Verdict } from './verdict.ts';

interface FooterProps {
  readonly verdict: Verdict;
  /** While the world is asked; where it takes the value; the beginning of `… needs a goal G.` */
  readonly words: { readonly asking: string; readonly fine: string; readonly wrong: string };
  readonly play: string;
  readonly train: string;
  readonly onPlay: () => void;
  readonly onTrain: () => void;
}

export function Footer({ verdict, words, play, train, onPlay, onTrain }: FooterProps) {
  const isWrong = verdict?.fine === false;
  const told = isWrong ? `${words.wrong} needs ${verdict.needs}.` : verdict ? words.fine : words.asking;
  return (
    <footer class="editor-foot">
      <p class={isWrong ? 'error' : verdict ? 'editor-fine' : 'dim'} role="status">
        {told}
      </p>
      <button
        type="button"
        class="icon wide"
        disabled={isWrong}
        title="Play it yourself; what has changed starts the run over"
        onClick={onPlay}
      >
        <Gamepad2 size={16} aria-hidden /> {play}
      </button>
      <button type="button" class="icon wide main" onClick={onTrain}>
        {isWrong ? 'Keep for later' : train}
      </button>
    </footer>
  );
}

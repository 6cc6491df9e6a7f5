/** The road editor: draw the middle of a circuit, drive it yourself, then train on it. */
import { Dices, Spline } from 'lucide-preact';
import { useMemo } from 'preact/hooks';
import { rngStreams } from '#core/rng.ts';
import { play, train } from './apply.ts';
import { Dialog } from './dialog.tsx';
import type { EditorProps } from './editors.tsx';
import { Footer } from './footer.tsx';
import { closeEditor } from './opened.ts';
import { randomRoad, readRoad, smoother, type Point } from './road.ts';
import { RoadBoard } from './road-board.tsx';
import { UndoButtons, undoKey } from './undo.tsx';
import { editedIn, useHistory } from './use-history.ts';
import { problemOf, useVerdict } from './verdict.ts';
import './editors.css';

/** Metres of road per lane. */
const LANE = 4;
const PROPOSALS = 20;

export function RoadEditor({ page, field: key }: EditorProps) {
  const { value: run } = page.focused;
  const edit = useHistory(editedIn(run, key), () => readRoad(run.form.shown('world', key)));
  const points = edit.history.present;
  const put = (next: readonly Point[]): void => edit.alter(() => next);
  const values = useMemo(() => ({ [key]: points }), [key, points]);
  const verdict = useVerdict(run, key, values);
  const result = { page, run, values, verdict };
  const random = async (): Promise<void> => {
    const rng = rngStreams(crypto.getRandomValues(new Uint32Array(1))[0])('road');
    let next = randomRoad(rng);
    for (let k = 0; k < PROPOSALS; k++) {
      if ((await problemOf(run, key, { [key]: next })) === undefined) break;
      next = k % 2 === 0 ? smoother(smoother(next)) : randomRoad(rng);
    }
    put(next);
  };
  return (
    <Dialog title="Draw the road" onClose={closeEditor} onKeyDown={(event) => void undoKey(event, edit)}>
      <div class="road-body">
        <RoadBoard
          points={points}
          width={LANE * Number(run.form.shown('world', 'lanes') ?? 2)}
          onDraw={put}
          onGoOn={(next) => edit.setHistory((before) => ({ ...before, present: next }))}
        />
        <UndoButtons edit={edit} onClear={() => put([])}>
          <button
            type="button"
            class="icon wide"
            title="Smooth the sharp corners"
            disabled={points.length === 0}
            onClick={() => put(smoother(points))}
          >
            <Spline size={16} aria-hidden /> Smoother
          </button>
          <button type="button" class="icon wide" title="A road at random" onClick={() => void random()}>
            <Dices size={16} aria-hidden /> Random
          </button>
        </UndoButtons>
      </div>
      <Footer
        verdict={verdict}
        words={{
          asking: 'Looking at the road…',
          fine:
            points.length > 0
              ? 'This road can be driven.'
              : 'No road drawn: the endless winding road is used.',
          wrong: 'This drawing',
        }}
        play="Drive it"
        train="Train on it"
        onPlay={() => void play(result)}
        onTrain={() => void train(result)}
      />
    </Dialog>
  );
}

/** The gallery of trained agents: a dialog in which they play, and from which one goes on learning on the page. */
import { useEffect, useState } from 'preact/hooks';
import { messageOf, problemLine } from '#core/errors.ts';
import type { Stage } from '#view/stage.ts';
import { Dialog } from '../editors/dialog.tsx';
import { StageCanvas } from '../parts/stage-canvas.tsx';
import type { Page } from '../state/page.ts';
import { SideScreen } from '../state/side-screen.ts';
import { Theatre } from '../state/theatre.ts';
import { count, figure, plural } from '../state/values.ts';
import { fileOf, trainedAgents, type TrainedAgent } from './agents.ts';
import '../editors/editors.css';
import './trained.css';

export interface TrainedProps {
  readonly page: Page;
  readonly stage: Promise<Stage>;
  readonly onClose: () => void;
}

export function Trained({ page, stage, onClose }: TrainedProps) {
  const world = page.focused.value.draft.value.world;
  const [chosen, setChosen] = useState(trainedAgents.find((one) => one.world === world) ?? trainedAgents[0]);
  const { screen, file, problem } = useShow(page, chosen);
  return (
    <Dialog title="Trained agents" onClose={onClose}>
      <div class="trained">
        <ul class="trained-list" aria-label="Agents">
          {trainedAgents.map((one) => (
            <li key={one.world}>
              <button
                type="button"
                class="trained-card"
                aria-pressed={one === chosen}
                onClick={() => setChosen(one)}
              >
                <strong>{one.title}</strong>
                <span>
                  {one.agent}, {count(one.steps)} steps
                </span>
              </button>
            </li>
          ))}
        </ul>
        <div class="trained-show">
          <div class="trained-picture">
            {screen ? <StageCanvas stage={stage} on={screen} label={`${chosen.title}, played`} /> : null}
          </div>
          <Score screen={screen} />
          <p class="trained-told">{toldOf(chosen)}</p>
          {problem === undefined ? null : (
            <p class="error" role="alert">
              {problem}
            </p>
          )}
          <button
            type="button"
            class="main"
            disabled={!file || !page.ready.value}
            title="Its networks and curves take the place of the selected run, which then trains it on"
            onClick={() => {
              if (file) void page.openFile(file);
              onClose();
            }}
          >
            Go on training
          </button>
        </div>
      </div>
    </Dialog>
  );
}

function toldOf({ agent, steps, mean, std, episodes, seed, bytes }: TrainedAgent): string {
  const kilobytes = Math.round(bytes / 1000);
  return `${agent}, trained for ${count(steps)} steps. Without exploring: ${figure(mean)} ± ${figure(std)} over ${episodes} episodes (mean ± std, seed ${seed}). ${kilobytes} kB.`;
}

/** Has the chosen agent play in a worker that lives as long as the dialog. */
function useShow(page: Page, chosen: TrainedAgent) {
  const [theatre, setTheatre] = useState<Theatre>();
  const [screen, setScreen] = useState<SideScreen>();
  const [file, setFile] = useState<Blob>();
  const [problem, setProblem] = useState<string>();
  useEffect(() => {
    const made = new Theatre(page.spawn);
    const shown = new SideScreen(made);
    setTheatre(made);
    setScreen(shown);
    return () => {
      shown[Symbol.dispose]();
      made[Symbol.dispose]();
    };
  }, [page]);
  useEffect(() => {
    let gone = false;
    setFile(undefined);
    setProblem(undefined);
    const show = async (): Promise<void> => {
      const loaded = await fileOf(chosen);
      if (gone || !theatre) return;
      setFile(loaded);
      const outcome = await theatre.ask((side) => side.watchFile(loaded, chosen.seed));
      if (gone) return;
      if (outcome.ok) screen?.begin();
      else setProblem(outcome.problems.map(problemLine).join(' '));
    };
    show().catch((error: unknown) => gone || setProblem(messageOf(error)));
    return () => {
      gone = true;
    };
  }, [theatre, screen, chosen]);
  return { screen, file, problem };
}

function Score({ screen }: { readonly screen: SideScreen | undefined }) {
  const score = screen?.score.value;
  return (
    <p class="trained-score" role="status" aria-label="Episode">
      {score
        ? `Return ${figure(score.episode.return)} in ${plural(score.episode.length, 'step')}${score.last ? `; last ${figure(score.last.return)}` : ''}`
        : 'Loading…'}
    </p>
  );
}

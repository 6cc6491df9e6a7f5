/** What the agent, as it is now, gets from the very start that the player's last episode had. */
import { useEffect, useState } from 'preact/hooks';
import { problemLine } from '#core/errors.ts';
import type { PlayedEpisode } from '#worker/protocol.ts';
import type { Score } from '#worker/time/protocol.ts';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { Theatre } from '../state/theatre.ts';
import { figure, plural } from '../state/values.ts';
import { Quantity } from './quantity.tsx';

interface AgentScoreProps {
  readonly page: Page;
  readonly run: RunStore;
}

const TITLE =
  'The agent as it is now, without exploring, from the same start as your last episode: same seed, same world';

export function AgentScore({ page: { spawn }, run }: AgentScoreProps) {
  const [said, setSaid] = useState('–');
  const { value: last } = run.humanPlays.last;
  const [theatre, setTheatre] = useState<Theatre>();
  useEffect(() => {
    const made = new Theatre(spawn);
    setTheatre(made);
    return () => made[Symbol.dispose]();
  }, [spawn]);
  useEffect(() => {
    let gone = false;
    if (!theatre || !last) return undefined;
    setSaid('playing…');
    scoreOf(run, theatre, last).then(
      (score) => gone || setSaid(`${figure(score.return)} in ${plural(score.length, 'step')}`),
      (error: unknown) => gone || setSaid(error instanceof Error ? error.message : '–'),
    );
    return () => {
      gone = true;
    };
  }, [run, theatre, last]);
  return <Quantity label="Agent, same start" title={TITLE} value={said} />;
}

async function scoreOf(run: RunStore, theatre: Theatre, { header, line }: PlayedEpisode): Promise<Score> {
  const saved = await run.worker.call((api) => api.time.policy('now'));
  if (!saved.ok) throw new Error(saved.problems.map(problemLine).join(' '));
  const score = await theatre.ask((side) => side.playFrom(saved.value, header + line));
  if (!score.ok) throw new Error(score.problems.map(problemLine).join(' '));
  return score.value;
}

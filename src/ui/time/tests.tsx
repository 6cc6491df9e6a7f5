/** The chosen policy against that of now, both without exploration, in the same worlds. */
import { useState } from 'preact/hooks';
import { count } from '../state/values.ts';
import { meanAndSpread, type TimeView } from './time-view.ts';

const EPISODES = [5, 20, 100] as const;

export function Tests({ view, seed }: { readonly view: TimeView; readonly seed: number }) {
  const [episodes, setEpisodes] = useState<number>(20);
  return (
    <span class="time-group">
      <button
        type="button"
        disabled={view.busy.value !== undefined}
        title={`Plays the chosen policy and that of now greedily, as \`ludus evaluate --seed ${seed}\` does`}
        onClick={() => void view.test(episodes, seed)}
      >
        Test without exploration
      </button>
      <select
        aria-label="Episodes of a test"
        value={episodes}
        onChange={({ currentTarget }) => setEpisodes(Number(currentTarget.value))}
      >
        {EPISODES.map((each) => (
          <option key={each} value={each}>
            {each} episodes
          </option>
        ))}
      </select>
    </span>
  );
}

export function TestResults({ view }: { readonly view: TimeView }) {
  const { value: comparison } = view.comparison;
  if (!comparison) return null;
  const { past, now } = comparison;
  return (
    <output aria-label="Result of the test">
      At {count(past.step)} <b>{meanAndSpread(past)}</b>, now <b>{meanAndSpread(now)}</b>
      <span class="dim">
        {' '}
        (mean ± std, {now.episodes} episodes, seed {now.seed})
      </span>
    </output>
  );
}

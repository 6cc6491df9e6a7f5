/** Below the reward's terms: opens what can be added to the reward, whose code comes with the first opening. */
import { Plus } from 'lucide-preact';
import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { REWARD_EDITS } from '#core/shaping.ts';
import { Lazy } from '../parts/lazy.tsx';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { painting } from './painting.ts';

export interface RewardEditorProps {
  readonly page: Page;
  readonly run: RunStore;
}

const load = async (): Promise<ComponentType<RewardEditorProps>> =>
  (await import('./reward-editor.tsx')).RewardEditor;

export function RewardAdditions(props: RewardEditorProps) {
  const { run } = props;
  const [wanted, setWanted] = useState(false);
  const { value: info } = run.worker.info;
  const rewards = run.draft.value.rewards ?? {};
  const given = REWARD_EDITS.filter((key) => key in rewards);
  const open = wanted || given.length > 0;
  // The cells of another world, or of none.
  useEffect(() => {
    painting.value = undefined;
  }, [info?.request.world]);
  if ((info?.spec.quantities ?? []).length === 0) return null;
  return (
    <>
      {given.length > 0 ? null : (
        <button
          type="button"
          class="icon wide"
          aria-expanded={open}
          title="A formula, bonuses on cells, or shaping by a potential"
          onClick={() => setWanted(!wanted)}
        >
          <Plus size={15} aria-hidden /> Add to the reward
        </button>
      )}
      {open ? <Lazy load={load} props={props} /> : null}
    </>
  );
}

/** The messages across the page, one per run at most, when something went wrong. */
import { Info, TriangleAlert, X } from 'lucide-preact';
import type { Page } from '../state/page.ts';
import type { RunStore } from '../state/run-store.ts';
import { LetterBadge } from './letter.tsx';

export function Notices({ page }: { readonly page: Page }) {
  return (
    <div class="notices">
      {page.runs.value.map((run) => (
        <Message key={run.id} page={page} run={run} />
      ))}
    </div>
  );
}

function Message({ page, run }: { readonly page: Page; readonly run: RunStore }) {
  const { value: notice } = run.worker.notice;
  if (!notice) return null;
  const Icon = notice.kind === 'note' ? Info : TriangleAlert;
  return (
    <div class={`notice notice-${notice.kind}`} role={notice.kind === 'note' ? 'status' : 'alert'}>
      <Icon size={18} aria-hidden />
      <div>
        <strong>
          <LetterBadge page={page} run={run} /> {notice.title}
        </strong>
        {notice.lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      {notice.restart ? (
        <button type="button" class="main" onClick={() => void page.restart(run)}>
          Restart
        </button>
      ) : null}
      <button
        type="button"
        class="icon"
        aria-label="Dismiss"
        title="Dismiss"
        onClick={() => (run.worker.notice.value = undefined)}
      >
        <X size={16} aria-hidden />
      </button>
    </div>
  );
}

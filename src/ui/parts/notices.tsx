/** The messages across the page, one per run at most, when something went wrong. */
import { Info, TriangleAlert, X } from 'lucide-preact';
import type { ComponentChildren } from 'preact';
import type { Notice as NoticeText } from '../state/notice.ts';
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
  return (
    <Notice
      notice={notice}
      badge={<LetterBadge page={page} run={run} />}
      onRestart={() => void run.restart()}
      onDismiss={() => (run.worker.notice.value = undefined)}
    />
  );
}

interface NoticeProps {
  readonly notice: NoticeText;
  /** Which run it is about, where there are several. */
  readonly badge?: ComponentChildren;
  readonly onRestart: () => void;
  readonly onDismiss: () => void;
}

export function Notice({ notice, badge, onRestart, onDismiss }: NoticeProps) {
  const Icon = notice.kind === 'note' ? Info : TriangleAlert;
  return (
    <div class={`notice notice-${notice.kind}`} role={notice.kind === 'note' ? 'status' : 'alert'}>
      <Icon size={18} aria-hidden />
      <div>
        <strong>
          {badge} {notice.title}
        </strong>
        {notice.lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      {notice.restart ? (
        <button type="button" class="main" onClick={onRestart}>
          Restart
        </button>
      ) : null}
      <button type="button" class="icon" aria-label="Dismiss" title="Dismiss" onClick={onDismiss}>
        <X size={16} aria-hidden />
      </button>
    </div>
  );
}

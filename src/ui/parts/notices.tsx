/** The messages of runs and fits, one each at most, when something went wrong. */
import { Info, TriangleAlert, X } from 'lucide-preact';
import type { Notice as NoticeText } from '../state/notice.ts';
import type { RunStore } from '../state/run-store.ts';
import { IconButton } from './icon-button.tsx';

/** What a run has to say, over its picture. */
export function RunNotice({ run }: { readonly run: RunStore }) {
  const { value: notice } = run.worker.notice;
  if (!notice) return null;
  return (
    <Notice
      notice={notice}
      onRestart={() => void run.restart()}
      onDismiss={() => (run.worker.notice.value = undefined)}
    />
  );
}

interface NoticeProps {
  readonly notice: NoticeText;
  readonly onRestart: () => void;
  readonly onDismiss: () => void;
}

export function Notice({ notice, onRestart, onDismiss }: NoticeProps) {
  const Icon = notice.kind === 'note' ? Info : TriangleAlert;
  return (
    <div class={`notice notice-${notice.kind}`} role={notice.kind === 'note' ? 'status' : 'alert'}>
      <Icon size={18} aria-hidden />
      <div>
        <strong>{notice.title}</strong>
        {notice.lines.map((line) => (
          <p key={line}>{line}</p>
        ))}
      </div>
      {notice.restart ? (
        <>
          <button type="button" class="main" onClick={onRestart}>
            Restart
          </button>
          <a
            href="./rescue.html"
            target="_blank"
            rel="noreferrer"
            title="What this browser has saved, as files"
          >
            Saved runs
          </a>
        </>
      ) : null}
      <IconButton label="Dismiss" onClick={onDismiss}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

/** The messages of runs and fits, one each at most, when something went wrong. */
import { Info, TriangleAlert, X } from 'lucide-preact';
import type { Notice as NoticeText } from '../state/notice.ts';
import type { RunStore } from '../state/run-store.ts';
import { checkpointSaver } from '../state/share.ts';
import { IconButton } from './icon-button.tsx';

/** What a run has to say, over its picture. */
export function RunNotice({ run }: { readonly run: RunStore }) {
  const { value: notice } = run.worker.notice;
  if (!notice) return null;
  return (
    <Notice
      notice={notice}
      onRestart={() => void run.restart()}
      onDownload={checkpointSaver(run)}
      onDismiss={() => (run.worker.notice.value = undefined)}
    />
  );
}

interface NoticeProps {
  readonly notice: NoticeText;
  readonly onRestart: () => void;
  /** Saves the last checkpoint as a file; undefined if there is none. */
  readonly onDownload: (() => void) | undefined;
  readonly onDismiss: () => void;
}

export function Notice({ notice, onRestart, onDownload, onDismiss }: NoticeProps) {
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
          {onDownload ? (
            <button type="button" onClick={onDownload} title="The run at its last checkpoint, as a file">
              Download my run
            </button>
          ) : (
            <a
              href="./rescue.html"
              target="_blank"
              rel="noreferrer"
              title="What this browser has saved, as files"
            >
              Saved runs
            </a>
          )}
        </>
      ) : null}
      <IconButton label="Dismiss" onClick={onDismiss}>
        <X size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

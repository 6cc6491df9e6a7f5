/** The message across the room when something went wrong. */
import { Notice } from '../../parts/notices.tsx';
import { saveRunFile } from '../../state/save-file.ts';
import type { FitStore } from '../state/fit-store.ts';

export function FitNotice({ fit }: { readonly fit: FitStore }) {
  const { value: notice } = fit.notice;
  return (
    <div class="notices">
      {notice ? (
        <Notice
          notice={notice}
          onRestart={() => void fit.restart()}
          onDownload={saverOf(fit)}
          onDismiss={() => (fit.notice.value = undefined)}
        />
      ) : null}
    </div>
  );
}

function saverOf({ worker }: FitStore): (() => void) | undefined {
  const { checkpoint } = worker;
  const { data = 'data', model = 'model' } = worker.info.value?.request ?? {};
  return checkpoint && (() => saveRunFile(`${data}-${model}`, checkpoint));
}

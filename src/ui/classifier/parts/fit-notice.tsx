/** The message across the room when something went wrong. */
import { Notice } from '../../parts/notices.tsx';
import type { FitStore } from '../state/fit-store.ts';

export function FitNotice({ fit }: { readonly fit: FitStore }) {
  const { value: notice } = fit.notice;
  return (
    <div class="notices">
      {notice ? (
        <Notice
          notice={notice}
          onRestart={() => void fit.restart()}
          onDismiss={() => (fit.notice.value = undefined)}
        />
      ) : null}
    </div>
  );
}

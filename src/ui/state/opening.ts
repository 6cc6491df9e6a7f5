/** Opens one run of a link or of an earlier session, and says what is wrong with it. */
import type { Problem } from '#core/errors.ts';
import type { Catalogue, NamedRequest, Setup } from '#worker/protocol.ts';
import { repair } from './advice.ts';
import { MISTAKES } from './permalink.ts';
import type { RunStore } from './run-store.ts';

interface Opened {
  readonly setup: Setup & { readonly request: NamedRequest };
  /** What is wrong with the link already. */
  readonly wrong: readonly Problem[];
}

export async function openRun(
  run: RunStore,
  catalogue: Catalogue,
  { setup: { request, backend, kept }, wrong }: Opened,
): Promise<void> {
  const { worker } = run;
  await worker.attempt(async () => {
    if (kept !== undefined) await run.begin(request, backend, { kept });
    const isBack = kept !== undefined && worker.info.value !== undefined;
    const refusal = kept !== undefined && !isBack ? worker.notice.value : undefined;
    const advice = isBack ? { problems: [] } : await startOver(run, catalogue, request, backend);
    const all = [...wrong, ...advice.problems];
    if (worker.phase.value === 'failed') return;
    if (all.length > 0) worker.hint(MISTAKES, all);
    else if (refusal) worker.notice.value = { ...refusal, kind: 'hint', title: LOST, restart: false };
    else if (run.form.idle().length > 0) worker.hint('Parts of the link have no effect', run.form.idle());
  });
}

const LOST = 'The run of the last session cannot go on, and has started over';

async function startOver(
  run: RunStore,
  catalogue: Catalogue,
  request: NamedRequest,
  backend: Setup['backend'],
): Promise<{ readonly problems: readonly Problem[] }> {
  const { request: repaired, problems, asked } = await repair(request, catalogue, run.check);
  await run.begin(repaired, backend);
  run.cloning.ask(asked);
  return { problems };
}

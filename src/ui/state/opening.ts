/** Opens the runs of a link or of an earlier session, and says what is wrong with them. */
import type { Problem } from '#core/errors.ts';
import type { Catalogue, NamedRequest, Setup } from '#worker/protocol.ts';
import { named, repair } from './advice.ts';
import { SHOWN_FIRST } from './overlays.ts';
import { readLink } from './packed-link.ts';
import type { Page } from './page.ts';
import { MISTAKES } from './permalink.ts';
import type { From, RunStore } from './run-store.ts';

interface Opened {
  readonly setup: Setup & { readonly request: NamedRequest };
  readonly from: From | undefined;
  /** What is wrong with the link already. */
  readonly wrong: readonly Problem[];
}

const LOST = 'The run of the last session cannot go on, and has started over';

interface Opening {
  /** For every run what it goes on from, if it does. */
  readonly kept: readonly (From | undefined)[];
  /** Whether no other link has been opened since. */
  readonly isNewest: () => boolean;
}

export async function openLink(page: Page, link: string, { kept, isNewest }: Opening): Promise<void> {
  const [first] = page.runs.value;
  await first.worker.attempt(async () => {
    const catalogue = (page.catalogue.value ??= await first.worker.ask((api) => api.catalogue()));
    const { setup, others, shown = SHOWN_FIRST, hide = [], problems } = await readLink(link);
    if (!isNewest()) return;
    page.shown.value = shown;
    page.hide.value = hide;
    const requests = [setup.request, ...others].map((request) => named(request, catalogue));
    page.speed.value = setup.speed;
    for (const run of page.runs.value.slice(requests.length)) page.close(run);
    const runs = requests.map((_, i) => page.runs.value[i] ?? page.create());
    // Before the others are shown, so that the address does not lose them while their workers start.
    runs.forEach((run, i) => run.propose(requests[i], setup.backend));
    page.runs.value = runs;
    page.ledger.open(runs);
    await page.together(() =>
      runs.map((run, i) =>
        openRun(run, catalogue, {
          setup: { ...setup, request: requests[i] },
          from: kept[i],
          wrong: i === 0 ? problems : [],
        }),
      ),
    );
    // Its question is in the panel of the run that is focused.
    const asking = isNewest() ? page.runs.value.find(({ cloning }) => cloning.asked.value) : undefined;
    if (asking) page.focus(asking);
  });
}

function openRun(
  run: RunStore,
  catalogue: Catalogue,
  { setup: { request, backend }, from, wrong }: Opened,
): Promise<void> {
  const { worker } = run;
  return run.choosing.decide({ request, backend }, async (start) => {
    const { value: before } = worker.info;
    if (from && !(await start(request, backend, from))) return;
    const isBack = worker.info.value !== before;
    const refusal = from && !isBack ? worker.notice.value : undefined;
    const all = [...wrong];
    if (!isBack) {
      const { request: repaired, problems, asked } = await repair(request, catalogue, run.check);
      if (!(await start(repaired))) return;
      run.cloning.ask(asked);
      all.push(...problems);
    }
    if (worker.phase.value === 'failed') return;
    if (all.length > 0) worker.hint(MISTAKES, all);
    else if (refusal) worker.notice.value = { ...refusal, kind: 'hint', title: LOST, restart: false };
    else if (run.form.idle().length > 0) worker.hint('Parts of the link have no effect', run.form.idle());
  });
}

/**
 * Changes of fields on their way to the worker: one at a time, and only the last of several to one field. A live one changes the
 * running agent; all others are only checked, since they wait for a reset.
 */
import type { Signal } from '@preact/signals';
import type { Problem } from '#core/errors.ts';
import type { NamedRequest, Outcome, RunInfo, TrainerApi } from '#worker/protocol.ts';
import { PART, problemAt, same, type Section } from './values.ts';

/** A change that has not been sent to the worker yet. */
export interface Edit {
  readonly section: Section;
  readonly key: string;
  readonly value: unknown;
  readonly live: boolean;
}

type Change = Parameters<TrainerApi['setLive']>[0];

/** What the queue needs of a run and of the worker. */
interface EditDeps {
  readonly draft: Signal<NamedRequest>;
  readonly info: Signal<RunInfo | undefined>;
  readonly problems: Signal<readonly Problem[]>;
  readonly check: (request: NamedRequest) => Promise<readonly Problem[]>;
  /** Whether there is a run that can be changed. */
  readonly isAlive: () => boolean;
  readonly setLive: (change: Change) => Promise<Outcome<{ readonly value: unknown }>>;
  /** Runs a command and reports errors; never rejects. */
  readonly run: (command: () => Promise<unknown>) => Promise<void>;
  /** After a reward weight has changed. */
  readonly onReward: () => void;
}

export class Edits {
  private readonly deps: EditDeps;
  private readonly waiting = new Map<string, Edit>();
  private telling = false;

  constructor(deps: EditDeps) {
    this.deps = deps;
  }

  tell(edit: Edit): void {
    this.waiting.set(`${edit.section}.${edit.key}`, edit);
    if (this.telling) return;
    this.telling = true;
    void this.deps
      .run(async () => {
        for (let [entry] = this.waiting; entry; [entry] = this.waiting) {
          this.waiting.delete(entry[0]);
          await this.tellOne(entry[1]);
        }
      })
      .finally(() => (this.telling = false));
  }

  private async tellOne({ section, key, value, live }: Edit): Promise<void> {
    const { draft, problems, info, check, isAlive, setLive, onReward } = this.deps;
    problems.value = await check(draft.value);
    const wrong = problemAt(problems.value, `${section}.${key}`);
    const { value: before } = info;
    if (!live || wrong || !before || !isAlive() || section === 'world' || section === 'wrap') return;
    const part = PART[section];
    if (same(before.request[part][key], value)) return;
    const outcome = await setLive({ kind: section, key, value });
    if (outcome.ok && section === 'reward') onReward();
    if (!outcome.ok) problems.value = outcome.problems;
    else {
      const values = { ...before.request[part], [key]: outcome.value.value };
      info.value = { ...before, request: { ...before.request, [part]: values } };
    }
  }
}

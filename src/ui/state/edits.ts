/**
 * Changes of fields on their way to the worker. A live one changes the running agent; all others are only checked, since they
 * wait for a reset.
 */
import type { Signal } from '@preact/signals';
import type { Problem } from '#core/errors.ts';
import type { NamedRequest, Outcome, RunInfo, TrainerApi } from '#worker/protocol.ts';
import { Latest } from './latest.ts';
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
  private readonly changes: Latest<Edit>;

  constructor(deps: EditDeps) {
    this.deps = deps;
    this.changes = new Latest(deps.run, (edit) => this.tellOne(edit));
  }

  tell(edit: Edit): void {
    void this.changes.tell(`${edit.section}.${edit.key}`, edit);
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
    // A run that was made in the meantime has the change from the form.
    else if (info.value?.run === before.run) {
      const { request } = info.value;
      const values = { ...request[part], [key]: outcome.value.value };
      info.value = { ...info.value, request: { ...request, [part]: values } };
    }
  }
}

/** Asks for the recording when the user chooses an agent that learns from one, then starts the run. */
import { signal } from '@preact/signals';
import { messageOf, type Problem } from '#core/errors.ts';
import type { NamedRequest, Outcome } from '#worker/protocol.ts';

/** Maximum bytes of a recording's file, days of human play. Reading more would block the worker. */
export const MOST_BYTES = 8 * 2 ** 20;

/** A run that waits for its recording. */
interface Asked {
  readonly request: NamedRequest;
  /** The problem with the last recording given. */
  readonly problems: readonly Problem[];
}

export class Cloning {
  readonly asked = signal<Asked | undefined>(undefined);
  private readonly begin: (request: NamedRequest) => Promise<void>;

  /** `begin` starts a run; if it is refused, `refuse` is called. */
  constructor(begin: (request: NamedRequest) => Promise<void>) {
    this.begin = begin;
  }

  /** Asks for a recording for this run; without a run, stops asking. */
  ask(request: NamedRequest | undefined): void {
    this.asked.value = request && { request, problems: [] };
  }

  /** Starts the run with a recording's text. */
  async give(demonstrations: string): Promise<void> {
    const { value: asked } = this.asked;
    if (asked) await this.begin({ ...asked.request, demonstrations });
  }

  /** Starts the run with a file's recording. */
  async giveFile(file: Pick<File, 'size' | 'text'>): Promise<void> {
    const { value: asked } = this.asked;
    const text = await fileText(file);
    // The question may have been withdrawn while the file was read.
    if (asked !== this.asked.value) return;
    if (text.ok) await this.give(text.value);
    else this.refuse(text.problems);
  }

  refuse(problems: readonly Problem[]): void {
    const { value: asked } = this.asked;
    if (asked) this.asked.value = { ...asked, problems };
  }
}

/** The text of a chosen file; its size is checked before it is read. */
async function fileText(file: Pick<File, 'size' | 'text'>): Promise<Outcome<string>> {
  const [most, size] = [MOST_BYTES, file.size].map((bytes) => `${(bytes / 2 ** 20).toFixed(1)} MiB`);
  if (file.size > MOST_BYTES) return unfit(`a file of at most ${most}`, size);
  try {
    return { ok: true, value: await file.text() };
  } catch (error) {
    return unfit('a file that can be read', messageOf(error));
  }
}

function unfit(expected: string, got: string): Outcome<string> {
  return { ok: false, problems: [{ field: 'recording', expected, got }] };
}

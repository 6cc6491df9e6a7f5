/** Looks at the networks of the current run for the page, as long as it asks. */
import { NetworkLooker, type NetworkLook } from '#train/insight/network-look.ts';
import type { Run } from '#train/runs/run.ts';
import type { HostCompute } from './backend-in-use.ts';

export class NetworkEye {
  private seen:
    | { readonly run: Run; readonly compute: HostCompute; readonly looker: NetworkLooker }
    | undefined;

  look(run: Run, compute: HostCompute): readonly NetworkLook[] {
    if (this.seen?.run !== run) this.close(compute);
    this.seen ??= { run, compute, looker: new NetworkLooker(compute, run) };
    return this.seen.looker.look();
  }

  /** Forgets what it saw; `compute` is the backend in use. */
  close(compute: HostCompute | undefined): void {
    // What it has on another backend went with that.
    if (this.seen?.compute === compute) this.seen?.looker.dispose();
    this.seen = undefined;
  }

  /** Dead units of a run, as far as it was looked at. */
  dead(): ReturnType<NetworkLooker['dead']> {
    return this.seen?.looker.dead();
  }
}

/** What a sweep shows while it runs: its best trials in place on a terminal, otherwise a JSON line per result. */
import { bestCommand, bestOf, untrainedRemark } from '#train/sweep/best.ts';
import type { Job } from '#train/sweep/job.ts';
import type { Plan } from '#train/sweep/plan.ts';
import type { Search } from '#train/sweep/search.ts';
import { ludusCommand, printJson, printLine } from '../output.ts';
import { bestLine, standingsTable } from './sweep-report.ts';
import type { SweepFolder } from './sweep-folder.ts';

interface Shown {
  readonly plan: Plan;
  readonly search: Search;
  readonly folder: SweepFolder;
  readonly json: boolean;
}

/** Trials of the table on a terminal, and of the report. */
const ROWS = { terminal: 10, report: 1000 };

export class SweepProgress implements Disposable {
  private readonly shown: Shown;
  private told: number;
  /** Keys of the jobs that run. */
  private begun: ReadonlySet<string> = new Set();
  /** Lines of the table that is on the terminal. */
  private lines = 0;
  private isStopped = false;

  constructor(shown: Shown) {
    this.shown = shown;
    this.told = shown.folder.results.size;
    if (shown.json && this.told > 0) printJson({ kind: 'resumed', results: this.told });
  }

  show(running: readonly Job[]): void {
    const { json, folder } = this.shown;
    if (this.isStopped) return;
    if (!json) return this.draw(running);
    for (const { key } of running) if (!this.begun.has(key)) printJson({ kind: 'begun', key });
    this.begun = new Set(running.map(({ key }) => key));
    for (const [key, { kind: outcome, ...result }] of [...folder.results].slice(this.told))
      printJson({ kind: 'result', key, outcome, ...result });
    this.told = folder.results.size;
  }

  /** Leaves the table as it is and shows nothing more. */
  stop(): void {
    this.isStopped = true;
  }

  [Symbol.dispose](): void {
    this.stop();
  }

  /** Writes and prints what was found; resolves to the exit code. */
  async finish(): Promise<number> {
    const { plan, search, folder, json } = this.shown;
    const standings = search.standings(folder.results);
    const best = bestOf(plan, standings, folder.results);
    if (!best) {
      const [[key, first] = ['', undefined]] = folder.results;
      const why = first?.kind === 'failed' ? `; ${key}: ${first.reason}` : '';
      process.stderr.write(`no trial has a score${why}\n`);
      return 1;
    }
    const command = bestCommand(plan, best);
    await folder.write('best.json', `${JSON.stringify({ ...best, command }, null, 2)}\n`);
    const table = standingsTable(plan, standings, ROWS.report);
    await folder.write('trials.txt', `${table}\n`);
    const remark = untrainedRemark(plan, folder.results);
    if (remark !== undefined) process.stderr.write(`note: ${remark}\n`);
    if (json) printJson({ ...best, kind: 'best', command });
    else printLine(`${bestLine(plan, best)}\n${bestCommand(plan, best, ludusCommand())}`);
    return 0;
  }

  private draw(running: readonly Job[]): void {
    const { plan, search, folder } = this.shown;
    const { results } = folder;
    const failed = [...results.values()].filter(({ kind }) => kind === 'failed').length;
    const count = `${results.size} of about ${search.size + plan.testSeeds} jobs done, ${running.length} running, ${failed} failed`;
    const table = standingsTable(plan, search.standings(results), ROWS.terminal);
    const width = process.stdout.columns || 80;
    const lines = [...table.split('\n'), count].map((line) => line.slice(0, width - 1));
    const up = this.lines > 0 ? `\u001b[${this.lines}F` : '';
    process.stdout.write(`${up}${lines.map((line) => `${line}\u001b[K\n`).join('')}\u001b[J`);
    this.lines = lines.length;
  }
}

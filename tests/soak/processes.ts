/** What processes hold, as Linux tells it. */
import { readdirSync, readFileSync } from 'node:fs';

/** Open files and sockets; none of a process that is gone. */
export function filesOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}

/** Resident memory in megabytes. */
function memoryOf(pid: number): number {
  try {
    const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
    return Number(kilobytes ?? 0) / 1000;
  } catch {
    return 0;
  }
}

/** The processes that one has started, and theirs. */
function descendantsOf(pid: number): readonly number[] {
  try {
    const tasks = readdirSync(`/proc/${pid}/task`);
    const children = tasks.flatMap((task) =>
      readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
    return children.flatMap((child) => [child, ...descendantsOf(child)]);
  } catch {
    return [];
  }
}

/** Of all processes that this one has started. */
export function startedHold(): Readonly<Record<string, number>> {
  const processes = descendantsOf(process.pid);
  const sum = (of: (pid: number) => number): number => processes.reduce((all, pid) => all + of(pid), 0);
  return { 'resident memory of the browser': sum(memoryOf), 'open files of the browser': sum(filesOf) };
}

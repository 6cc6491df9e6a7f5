/** Whether results belong to a plan: a job is named by all that decides its result. */
import { idOf } from './job.ts';
import type { Search } from './search.ts';

/** Results whose ids are worth keeping to be compared, and jobs of the plan among which they are looked for. */
export const COMPARED = 8;
const LOOKED_AT = 1000;

/** The first job of a plan's search whose result is that of another job; undefined if none is found. `ids` by keys. */
export async function strangeJob(
  search: Search,
  ids: ReadonlyMap<string, string>,
): Promise<string | undefined> {
  let looked = 0;
  for (const job of search.open(new Map(), new Set())) {
    const id = ids.get(job.key);
    if (id !== undefined && id !== (await idOf(job))) return job.key;
    if (++looked > LOOKED_AT) break;
  }
  return undefined;
}

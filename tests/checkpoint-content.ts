/** What the checkpoint of a run folder holds, as one number to compare. */
import { createHash } from 'node:crypto';
import { findCheckpoint, readCheckpoint } from '#node/checkpoint-file.ts';
import { packTree } from '#train/checkpoints/snapshot-tree.ts';

/** The hash of parameters, replay buffer, worlds and record of the checkpoint that is read. */
export async function contentOf(folder: string): Promise<string> {
  const { state, request, steps } = await readCheckpoint(await findCheckpoint(folder));
  const { json, arrays } = packTree(state, 'state');
  const hash = createHash('sha256').update(JSON.stringify({ request, steps, json }));
  for (const { values } of arrays) hash.update(values);
  return hash.digest('hex');
}

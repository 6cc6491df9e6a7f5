/** What a sweep's folder holds: its plan, and a line per result. */
import { z } from 'zod';

export const PLAN = 'plan.json';
export const RESULTS = 'results.jsonl';

export const resultSchema = z.object({
  key: z.string(),
  id: z.string(),
  result: z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('done'),
      greedy: z.number(),
      training: z.number().nullable(),
      updated: z.boolean().optional(),
      steps: z.number(),
      seconds: z.number(),
    }),
    z.object({
      kind: z.literal('fitted'),
      accuracy: z.number().optional(),
      loss: z.number(),
      steps: z.number(),
      seconds: z.number(),
    }),
    z.object({ kind: z.literal('failed'), reason: z.string() }),
  ]),
});

/** `id`: of its job, see `idOf`. */
export type ResultLine = z.output<typeof resultSchema>;

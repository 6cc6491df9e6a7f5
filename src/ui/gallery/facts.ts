/** What the gallery tells of a world beside its specification; scripts/world-facts.ts writes facts.json. */
import type { WorldEntry } from '#worker/protocol.ts';
import file from './facts.json';

export interface WorldFacts {
  /** What an observation holds. */
  readonly sees: string;
  /** When an episode ends. */
  readonly ends: string;
  /** The task of a level. */
  readonly mission?: string;
  /** Best possible, solved, or reached elsewhere, as far as it is known. */
  readonly known?: string;
  /** One observation does not say enough. */
  readonly memory?: true;
  /** Mean return of random play. */
  readonly random?: number;
  /** The best mean return in the project's records, whose it is, after how many env steps, and on how many seeds. */
  readonly best?: {
    readonly score: number;
    readonly agent: string;
    readonly steps: number;
    readonly seeds: number;
  };
}

const facts: Readonly<Record<string, WorldFacts>> = file as Readonly<Record<string, WorldFacts>>;

/** Undefined for a world that was added since. */
export function factsOf(world: string): WorldFacts | undefined {
  return Object.hasOwn(facts, world) ? facts[world] : undefined;
}

/** What the gallery can be narrowed to, and which worlds have it. */
export const TRAITS = [
  {
    id: 'tabular',
    title: 'Tabular',
    help: 'So few states that a table holds a value for each',
    has: ({ spec }: WorldEntry) => spec.observation.kind === 'discrete',
  },
  {
    id: 'pixels',
    title: 'Pixels',
    help: 'The agent sees a picture: planes of cells or grey pixels',
    has: ({ spec }: WorldEntry) => spec.observation.kind === 'planes',
  },
  {
    id: 'continuous',
    title: 'Continuous',
    help: 'Actions are numbers, not choices',
    has: ({ spec }: WorldEntry) => spec.action.kind === 'box',
  },
  {
    id: 'memory',
    title: 'Memory',
    help: 'One observation does not say enough: the agent has to remember',
    has: ({ id }: WorldEntry) => factsOf(id)?.memory === true,
  },
] as const;

export type Trait = (typeof TRAITS)[number]['id'];

/** Reads of the new side that go to the old one while that does not answer: it has the authority, and shows the same. */
import { codeOf, type Awaitable } from '../contract/index.ts';
import type { Patience } from './patience.ts';
import type { Sides, Stores } from './sides.ts';

const READS = ['get', 'list', 'scan'] as const;

type Read = (argument: unknown) => Awaitable<unknown>;
type Reads = Readonly<Partial<Record<(typeof READS)[number], Read>>>;

export function readsOf(sides: Sides, patience: Patience): Stores {
  const kinds = Object.keys(sides.to) as (keyof Stores)[];
  return Object.fromEntries(
    kinds.map((kind) => [kind, patient(sides.to[kind] as Reads, sides.from[kind] as Reads, patience)]),
  );
}

function patient(other: Reads, old: Reads | undefined, patience: Patience): Reads {
  return Object.fromEntries(
    READS.flatMap((name): [string, Read][] => {
      const read = other[name]?.bind(other);
      if (read === undefined) return [];
      const instead = old?.[name]?.bind(old);
      return [
        [
          name,
          async (argument) => {
            try {
              return await patience.within(async () => read(argument));
            } catch (error) {
              if (instead === undefined || !isAway(error)) throw error;
              return instead(argument);
            }
          },
        ],
      ];
    }),
  );
}

function isAway(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'UNAVAILABLE' || code === 'CLOSED';
}

/** Sections that fail because they were refused a lock, and what they leave behind. */
import { setTimeout as sleep } from 'node:timers/promises';
import { codeOf, type NewStream, type StreamRecord } from '../../../contract/index.ts';
import { lockOf, replaceLock, type Mutant } from '../../mutant.ts';

/** How long the rollback takes to begin, in milliseconds. */
const UNDONE_AFTER_MS = 20;

function isRefusal(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'LOCK_TIMEOUT' || code === 'CONFLICT';
}

type Call = Parameters<ReturnType<typeof lockOf>>;

/** If the callback was refused a lock, the section commits, and its caller is told of the refusal. */
function committing(
  about: Pick<Mutant, 'name' | 'origin'>,
  undo: (put: (stream: NewStream) => Promise<unknown>, before: readonly StreamRecord[]) => Promise<void>,
): Mutant {
  return {
    ...about,
    clauses: ['LOCK-04'],
    bases: ['memory', 'postgres'],
    mutate: (adapter) =>
      replaceLock(adapter, async <T>(...[id, callback, options]: Call) => {
        let refused: { readonly error: unknown } | undefined;
        const before: StreamRecord[] = [];
        const caught: Call[1] = async (view) => {
          try {
            return await callback({
              ...view,
              ...(view.streams === undefined ? {} : { streams: remembering(view.streams, before) }),
            });
          } catch (error) {
            if (!isRefusal(error)) throw error;
            refused = { error };
            return undefined;
          }
        };
        const result = (await lockOf(adapter)(id, caught, options)) as T;
        if (refused === undefined) return result;
        await undo(async (stream) => adapter.streamRepository?.streams?.put(stream), before);
        throw refused.error;
      }),
  };
}

type Streams = NonNullable<Parameters<Call[1]>[0]['streams']>;

/** Remembers the records that are overwritten. */
function remembering(streams: Streams, before: StreamRecord[]): Streams {
  return {
    ...streams,
    put: async (stream) => {
      const known = await streams.get(stream.id);
      if (known !== undefined) before.push(known);
      return streams.put(stream);
    },
  };
}

/** Nothing is rolled back. */
export const victimCommits: Mutant = committing(
  {
    name: 'victim-commits',
    origin:
      'A refused lock counts as the end of the loop, not as an error: the earlier writes are committed, and the caller is told to try again.',
  },
  async () => undefined,
);

/** The rollback comes after the lock was released, so whoever waited for the lock has seen the writes. */
export const victimUndoneLate: Mutant = committing(
  {
    name: 'victim-undone-late',
    origin: 'A saga that compensates later: the lock is released first.',
  },
  async (put, before) => {
    await sleep(UNDONE_AFTER_MS);
    for (const stream of before) await put(stream);
  },
);

/** A caller that waits behind a section that was refused a lock is refused, too. */
export const refusalPassedOn: Mutant = {
  name: 'refusal-passed-on',
  origin:
    'A chain of promises without a catch, tail = tail.then(run): the error of one call is passed to the next.',
  clauses: ['LOCK-04'],
  bases: ['memory', 'postgres'],
  mutate: (adapter) => {
    const waiting = new Map<string, Set<AbortController>>();
    return replaceLock(adapter, async (id, callback, options = {}) => {
      const others = waiting.get(id) ?? new Set();
      waiting.set(id, others);
      const own = new AbortController();
      others.add(own);
      const passing: typeof callback = async (view) => {
        others.delete(own);
        try {
          return await callback(view);
        } catch (error) {
          if (isRefusal(error)) for (const other of others) other.abort(error);
          throw error;
        }
      };
      const signals = options.signal === undefined ? [own.signal] : [own.signal, options.signal];
      try {
        return await lockOf(adapter)(id, passing, { ...options, signal: AbortSignal.any(signals) });
      } catch (error) {
        throw own.signal.aborted ? own.signal.reason : error;
      } finally {
        others.delete(own);
      }
    });
  },
};

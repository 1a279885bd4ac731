/**
 * Answers that no order explains, because of what they show alone: a value that nobody wrote, or not before it was
 * seen. Found before any search, and told in one sentence.
 */
import type { Operation, Unwritten } from '../operation.ts';

/** What was seen by an answer; undefined: it shows nothing that somebody must have written. */
export interface Seen {
  /** Whether what was written so far explains it. */
  readonly isExplained: () => boolean;
  /** `read 7`, as the predicate of `it`. */
  readonly told: () => string;
}

export interface Look<Input> {
  /** Takes down what `operation` may write. */
  readonly write: (operation: Operation<Input>) => void;
  readonly seenBy: (operation: Operation<Input>) => Seen | undefined;
}

/** The first answer by time that shows what nobody had written. Optional operations may have written. */
export function findUnwritten<Input>(
  operations: readonly Operation<Input>[],
  { write, seenBy }: Look<Input>,
): Unwritten | undefined {
  const byCall = [...operations].sort((a, b) => a.call - b.call);
  const byReturn = operations.filter(({ optional }) => !optional).sort((a, b) => compare(a.return, b.return));
  let next = 0;
  for (const operation of byReturn) {
    // What was called up to the time of an answer may have come before it.
    for (; next < byCall.length && (byCall[next] as Operation<Input>).call <= operation.return; next += 1)
      write(byCall[next] as Operation<Input>);
    const seen = seenBy(operation);
    if (seen === undefined || seen.isExplained()) continue;
    const told = seen.told();
    for (; next < byCall.length; next += 1) write(byCall[next] as Operation<Input>);
    const why = seen.isExplained()
      ? 'before anybody had called to write it'
      : 'which no operation wrote, those that failed not counted';
    return { operation: operation.id, why: `it ${told}, ${why}` };
  }
  return undefined;
}

function compare(a: number, b: number): number {
  return a < b ? -1 : a === b ? 0 : 1;
}

/** Steps that a look at one key may take; what needs more is left to the search. */
const MAX_STEPS = 5_000_000;

/** Which texts can be put together of what was put and appended, in any order and as often as one likes. */
export class Pieces {
  private readonly starts = new Set<string>(['']);
  private readonly startLengths = new Set<number>([0]);
  private readonly parts = new Set<string>();
  private readonly partLengths = new Set<number>();
  private steps = 0;

  addStart(text: string): void {
    this.starts.add(text);
    this.startLengths.add(text.length);
  }

  addPart(text: string): void {
    if (text === '') return;
    this.parts.add(text);
    this.partLengths.add(text.length);
  }

  /** How many characters of `text` can be put together; all of them when it takes too long to say. */
  explained(text: string): number {
    const isReached = new Uint8Array(text.length + 1);
    for (const length of this.startLengths)
      if (length <= text.length && this.starts.has(text.slice(0, length))) isReached[length] = 1;
    let furthest = 0;
    for (let at = 0; at <= text.length; at += 1) {
      if (isReached[at] === 0) continue;
      furthest = at;
      for (const length of this.partLengths) {
        this.steps += 1;
        if (at + length <= text.length && this.parts.has(text.slice(at, at + length)))
          isReached[at + length] = 1;
      }
      if (this.steps > MAX_STEPS) return text.length;
    }
    return furthest;
  }
}

/**
 * The vocabulary: tables of what cases can be made of, shared by all clauses. What a clause sees depends on the situations
 * that its cases make, so a case draws from a table here instead of spelling out a shape of its own.
 *
 * A table lists its entries by name. Clauses draw with `entriesFor`, claim with Property.situations that what they draw
 * occurs, and have an example for each. Then an entry that is no longer generated is noticed: the clause is inconclusive.
 * A test takes the entries out one by one (Subject.omitted) and expects just that.
 */
import type { Subject } from '../engine/property.ts';

export interface Vocabulary<Entry> {
  /** What the entries are, in the plural: `section shapes`. Unique among vocabularies. */
  readonly name: string;
  readonly entries: Readonly<Record<string, Entry>>;
}

/** The name of an entry, unique among all vocabularies: `section shapes: nested`. */
export function entryName(vocabulary: Pick<Vocabulary<unknown>, 'name'>, entry: string): string {
  return `${vocabulary.name}: ${entry}`;
}

/** The entries to draw from, with their names: all except the one that the subject omits. */
export function entriesFor<Entry>(
  vocabulary: Vocabulary<Entry>,
  { omitted }: Pick<Subject, 'omitted'>,
): (readonly [name: string, entry: Entry])[] {
  return Object.entries(vocabulary.entries).filter(([name]) => entryName(vocabulary, name) !== omitted);
}

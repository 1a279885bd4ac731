/** Which executions took effect: by what the journals say, and where they leave it open, by what storage holds. */
import type { Gaps } from './gaps.ts';
import type { Execution, JournalIndex } from './sections.ts';
import type { Storage } from './storage.ts';

interface Sources {
  readonly atomic: boolean;
  readonly gaps: Gaps;
  readonly journal: JournalIndex;
  readonly storage: Storage;
}

/** In the order of the journals. */
export function committedIn({ atomic, gaps, journal, storage }: Sources): ReadonlySet<Execution> {
  const { executions } = journal;
  // Without atomicity a section that was aborted may have left its writes behind.
  const open = executions.filter(
    ({ fate }) => (fate === 'unsettled' && gaps.audits === undefined) || (fate === 'discarded' && !atomic),
  );
  const certain = executions.filter(({ fate }) => fate === 'committed');
  if (open.length === 0) return new Set(certain);
  const accounted = new Set(certain.map(nameOf));
  const stored = new Set<Execution>();
  // Of several executions that would explain one event the last did it: it would have replayed an earlier one.
  for (const execution of open.sort((a, b) => b.at - a.at)) {
    // A certain execution explains the event already: an earlier attempt of the same request did not commit.
    if (accounted.has(nameOf(execution)) || !isStored(storage, execution)) continue;
    accounted.add(nameOf(execution));
    stored.add(execution);
  }
  return new Set(executions.filter((one) => one.fate === 'committed' || stored.has(one)));
}

function nameOf({ operationId, revision }: Execution): string {
  return `${revision} ${operationId}`;
}

function isStored(storage: Storage, { operationId, revision, section }: Execution): boolean {
  const events = storage.byOperation.get(operationId) ?? [];
  return events.some(
    (event) =>
      event.event.streamId === section.stream &&
      (event.revision === undefined || event.revision === revision),
  );
}

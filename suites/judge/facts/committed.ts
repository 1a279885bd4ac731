/** Which executions took effect. The journals decide it; where they leave it open, the contents of storage do. */
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
  // Without atomicity an aborted section may have left its writes behind.
  const open = executions.filter(
    ({ fate }) => (fate === 'unsettled' && gaps.audits === undefined) || (fate === 'discarded' && !atomic),
  );
  const certain = executions.filter(({ fate }) => fate === 'committed');
  if (open.length === 0) return new Set(certain);
  const accounted = new Set(certain.map(nameOf));
  const stored = new Set<Execution>();
  // If several executions could explain one event, it was the last one: it would have replayed an earlier one.
  for (const execution of open.sort((a, b) => b.at - a.at)) {
    // An execution that certainly committed explains the event, so an earlier attempt of the same request did not
    // commit.
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

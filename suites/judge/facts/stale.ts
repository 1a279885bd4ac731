/**
 * Whether a request without an effect would have had one on an earlier state of its stream. Only then could it have
 * broken a rule: settling an ended stream changes nothing, whatever else happens.
 */
import type { EvidenceHeader } from '../../../scenarios/evidence.ts';
import type { HistoryEntry } from '../../../scenarios/evidence/model/history.ts';
import { inputOf, stateOf } from '../../checker/models/streamFields.ts';
import type { StreamState } from '../../models/stream.ts';
import type { StreamFile } from './caseFile.ts';
import type { Effect } from './effectTable.ts';
import { groupBy } from '../groupBy.ts';
import type { JournalSection } from './sections.ts';
import { inputOfEffect, modelOf } from './streamState.ts';

/** The number of effects to look back over. While a request waits, fewer are committed on one stream. */
const LOOK_BACK = 32;

export interface StaleReads {
  /** The revision that the request saw. -1: what it would have done is unknown. */
  readonly seen: number;
  /** Bit k: it would have had an effect on the state before the effect that made revision `seen - k`. */
  readonly effective: number;
}

/** A request that saw the state of its stream and changed nothing, with its section. */
export type StaleReader = (request: HistoryEntry, section: JournalSection) => StaleReads;

const NOBODY_KNOWS: StaleReads = { seen: -1, effective: 0 };

export function staleReaderOf(stream: StreamFile, header: EvidenceHeader): StaleReader {
  const model = modelOf(header);
  // Computed on demand, because most streams have no such request.
  let known: History | undefined;
  return (request, { wait = 0 }) => {
    known ??= historyOf(stream, header);
    const seen = request.result?.revision;
    const input = inputOf(request.f, header.workload === 'balance' ? request.args.amount : undefined);
    if (seen === undefined || input === undefined || known.stateAt(seen) === undefined) return NOBODY_KNOWS;
    let effective = 0;
    for (let back = 0; back < LOOK_BACK; back += 1) {
      const before = known.stateAt(seen - back - 1);
      // The request cannot have missed what was committed before it began to wait.
      if (before === undefined || known.committedAt(seen - back) <= wait) break;
      if (model.step(before, input).kind === 'effect') effective |= 1 << back;
    }
    return { seen, effective: effective >>> 0 };
  };
}

interface History {
  /** The state of that revision; undefined: there is no such revision, or it is unknown. */
  stateAt(revision: number): StreamState | undefined;
  /** When withLock of the section that made it had settled. */
  committedAt(revision: number): number;
}

/** As far as its effects follow each other. */
function historyOf({ seeded, effects }: StreamFile, header: EvidenceHeader): History {
  const first = seeded?.revision ?? 0;
  const states = seeded === undefined ? [] : [stateOf(seeded)];
  const commits: number[] = [];
  const model = modelOf(header);
  const byRevision = groupBy(effects, ({ revision }) => revision);
  for (let last = states[0]; last !== undefined;) {
    const [effect, other] = byRevision.get(first + states.length) ?? [];
    const input = effect === undefined || other !== undefined ? undefined : inputOfEffect(effect, header);
    const step = input === undefined ? undefined : model.step(last, input);
    if (effect === undefined || step?.kind !== 'effect') break;
    states.push(step.state);
    commits.push(committedBy(effect));
    last = step.state;
  }
  return {
    stateAt: (revision) => states[revision - first],
    committedAt: (revision) => commits[revision - first - 1] ?? -Infinity,
  };
}

function committedBy({ executions }: Effect): number {
  return executions.reduce((latest, { section }) => Math.max(latest, section.settled), -Infinity);
}

/** Orders that move the reads of one surface after the other, and records that tell which side answers. */
import { READ_SURFACES, type ReadSurface } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { auditOf, eventOf, FUTURE, jobOf, replayOf } from '../../harness/cases/records.ts';
import type { Failure, Scope, Subject, TrialRun } from '../../harness/engine/property.ts';
import { codeOf, observed } from '../../harness/judging/observe.ts';
import { EXACT, onSide, shownBy, wasPrompt } from './moving.ts';

/** Which surface moves. `nothing`: all are read in the shadow. */
type Moved = ReadSurface | 'nothing';

/** A record that the new side alone has at first. */
interface Told {
  readonly surface: ReadSurface;
  readonly store: CallStep;
  readonly read: CallStep;
}

/** The surfaces of an adapter whose reads can move. */
export function surfacesOf({ surfaces }: Pick<Subject, 'surfaces'>): ReadSurface[] {
  return READ_SURFACES.filter((surface) => surfaces.includes(surface));
}

/** An order to read these shares of the keys on the new side, and none of other surfaces. */
export function order(shares: Partial<Record<ReadSurface, number>>, shadow: boolean): CallStep {
  const reads = Object.fromEntries(READ_SURFACES.map((surface) => [surface, shares[surface] ?? 0]));
  return direct('migration.instruct', { stage: 'cut-over', reads, shadow });
}

function toldOf(scope: Scope, moved: Moved, subject: Subject): Told[] {
  const id = scope.id(`while-${moved}-moved`);
  const token = `moved:${id}`;
  const times = { createdAt: EXACT, updatedAt: EXACT };
  const all: Told[] = [
    {
      surface: 'streams',
      store: direct('streams.create', streamOf(id, times)),
      read: direct('streams.get', id),
    },
    {
      surface: 'users',
      store: direct('users.put', { walletAddress: id, ...times }),
      read: direct('users.get', id),
    },
    {
      surface: 'activity',
      store: direct('activity.append', eventOf(id, { streamId: id, timestamp: EXACT })),
      read: direct('activity.list', { streamId: id, limit: 5 }),
    },
    {
      surface: 'idempotency',
      store: direct('idempotency.insert', replayOf(token, { createdAt: EXACT, expiresAt: FUTURE })),
      read: direct('idempotency.get', token),
    },
    {
      surface: 'exports',
      store: direct('jobs.create', jobOf(id, id, { requestedAt: EXACT, expiresAt: FUTURE })),
      read: direct('jobs.get', id),
    },
    {
      surface: 'exports',
      store: direct('audit.append', auditOf(id, id, { timestamp: EXACT })),
      read: direct('audit.list', { exportId: id, limit: 5 }),
    },
  ];
  return all.filter(({ surface }) => surfacesOf(subject).includes(surface));
}

function movesOf(surfaces: readonly ReadSurface[]): Moved[] {
  return surfaces.length === 0 ? [] : [...surfaces, 'nothing'];
}

/** Moves the reads of each surface in turn, and of no other one, and then of none. In the end both sides have all records. */
export function oneByOne(surfaces: readonly ReadSurface[], scope: Scope, subject: Subject): CallStep[] {
  return movesOf(surfaces).flatMap((moved) => {
    const told = toldOf(scope, moved, subject);
    return [
      order(moved === 'nothing' ? {} : { [moved]: 100 }, moved === 'nothing'),
      ...told.map(({ store }) => onSide('new', store)),
      ...told.map(({ read }) => read),
      ...told.map(({ store }) => store),
    ];
  });
}

/** A record that is read on the wrong side: its surface was to move and did not, or it moved with another one. */
export function movedWrongly(
  run: TrialRun<{ readonly surfaces: readonly ReadSurface[] }>,
): Failure | undefined {
  for (const moved of movesOf(run.input.surfaces)) {
    for (const { surface, read } of toldOf(run.scope, moved, run.subject)) {
      const record = readIn(run, read);
      if (record === undefined || codeOf(record) !== undefined) continue;
      const isNew = shownBy(record) !== undefined && shownBy(record) !== null;
      // Somebody who has waited for the new side reads the old one.
      if (isNew === (surface === moved) || (!isNew && !wasPrompt(run))) continue;
      return {
        summary: `${moved === 'nothing' ? 'No reads' : `Reads of ${moved} alone`} were to move, but ${read.method} shows the ${isNew ? 'new' : 'old'} side.`,
        expected: 'each surface moves by itself, and what is read in the shadow is shown to nobody',
        actual: `the record of the ${isNew ? 'new' : 'old'} side`,
        marked: [record],
      };
    }
  }
  return undefined;
}

function readIn(run: TrialRun<unknown>, read: CallStep): StepRecord | undefined {
  return observed(run).find(({ step }) => JSON.stringify(step) === JSON.stringify(read))?.record;
}

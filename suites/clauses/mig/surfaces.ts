/** Orders that move the reads of one surface after the other, and records that tell which side answers. */
import { READ_SURFACES, type ReadSurface } from '../../../adapters/contract/index.ts';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { auditOf, eventOf, FUTURE, jobOf, replayOf } from '../../harness/cases/records.ts';
import type { Failure, Scope, Subject, TrialRun } from '../../harness/engine/property.ts';
import { codeOf, observed } from '../../harness/judging/observe.ts';
import { EXACT, onSide, shownBy, wasPrompt } from './moving.ts';
import type { Round } from './shares.ts';

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

function toldOf(id: string, subject: Subject): Told[] {
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

function idFor(moved: Moved, scope: Scope): string {
  return scope.id(`while-${moved}-moved`);
}

function movesOf(surfaces: readonly ReadSurface[]): Moved[] {
  return surfaces.length === 0 ? [] : [...surfaces, 'nothing'];
}

/** Moves the reads of each surface in turn, and of no other one, and then of none. In the end both sides have all records. */
export function oneByOne(surfaces: readonly ReadSurface[], scope: Scope, subject: Subject): CallStep[] {
  return movesOf(surfaces).flatMap((moved) => {
    const told = toldOf(idFor(moved, scope), subject);
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
    for (const { surface, read } of toldOf(idFor(moved, run.scope), run.subject)) {
      const record = readIn(run, read);
      if (record === undefined || codeOf(record) !== undefined) continue;
      const isNew = isShown(record);
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

/** So many keys that neither of the shares can contain all of them, or none, by chance. */
const SHARED_KEYS = 24;
const SHARES = [40, 60];

/** Records of one kind that the new side alone has at first. */
function shelvesOf(surfaces: readonly ReadSurface[], scope: Scope, subject: Subject): Told[][] {
  if (surfaces.length === 0) return [];
  const all = Array.from({ length: SHARED_KEYS }, (_, key) => toldOf(scope.id(`shared-${key}`), subject));
  const kinds = all[0] ?? [];
  return kinds
    .map((_, kind) => all.map((told) => told[kind] as Told))
    .filter(([first]) => first?.surface !== 'streams');
}

/** Moves the reads of a growing share of the keys, of each kind of records but streams in turn. */
export function sharedSurfaces(surfaces: readonly ReadSurface[], scope: Scope, subject: Subject): CallStep[] {
  return shelvesOf(surfaces, scope, subject).flatMap((told) => [
    ...SHARES.flatMap((share, index) => [
      order({ [told[0]?.surface as ReadSurface]: share }, false),
      ...(index === 0 ? told.map(({ store }) => onSide('new', store)) : []),
      ...told.map(({ read }) => read),
    ]),
    ...told.map(({ store }) => store),
  ]);
}

/** The reads of each kind under each share. */
export function surfaceRounds(run: TrialRun<{ readonly surfaces: readonly ReadSurface[] }>): Round[][] {
  const seen = new Map<string, StepRecord[]>();
  for (const { step, record } of observed(run)) {
    const made = JSON.stringify(step);
    seen.set(made, [...(seen.get(made) ?? []), record]);
  }
  return shelvesOf(run.input.surfaces, run.scope, run.subject).map((told) =>
    SHARES.map((share, turn): Round => {
      const reads = told.flatMap(({ read }) => seen.get(JSON.stringify(read))?.[turn] ?? []);
      return { surface: told[0]?.surface as ReadSurface, share, reads };
    }),
  );
}

/** Whether the record that the new side alone has was shown. */
export function isShown(record: StepRecord): boolean {
  return shownBy(record) !== undefined && shownBy(record) !== null;
}

function readIn(run: TrialRun<unknown>, read: CallStep): StepRecord | undefined {
  return observed(run).find(({ step }) => JSON.stringify(step) === JSON.stringify(read))?.record;
}

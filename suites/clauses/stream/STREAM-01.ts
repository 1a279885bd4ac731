import fc from 'fast-check';
import type { StepRecord } from '../../../scenarios/host/language/history.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, enter, leave, streamOf } from '../../harness/cases/generate.ts';
import { valueOf } from '../../harness/judging/observe.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import { planned, stepsOf, unexpectedError, unplanned, type Planned } from '../../harness/cases/plan.ts';
import { inFlight } from '../../harness/parts/inFlight.ts';
import { joined } from '../../harness/parts/joined.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Situation,
  type Subject,
  type Property,
} from '../../harness/engine/property.ts';
import { tableNamed } from '../../harness/cases/listCase.ts';
import { timeOf } from '../../harness/cases/tables.ts';
import { tried } from '../../harness/engine/tried.ts';

const READS = ['get', 'list', 'scan'] as const;
/** Similar ids that a careless comparison considers equal. */
const NAMES = ['s1', 'S1'] as const;
/**
 * More than the number of streams of a trial. The ids of later trials sort first, so these streams are first in their
 * lists.
 */
const LIMIT = 10;

interface Op {
  /** `write` creates a missing stream and replaces an existing one. `look` reads a user. */
  readonly kind: 'write' | 'delete' | 'user' | 'look';
  readonly name: (typeof NAMES)[number];
  readonly inSection: boolean;
  /** Whether the section announces that it will read the stream. */
  readonly prefetches: boolean;
  readonly read: (typeof READS)[number];
}

const op: fc.Arbitrary<Op> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('write' as const) },
    { weight: 2, arbitrary: fc.constant('delete' as const) },
    { weight: 1, arbitrary: fc.constant('user' as const) },
    { weight: 1, arbitrary: fc.constant('look' as const) },
  ),
  name: fc.constantFrom(...NAMES),
  inSection: fc.boolean(),
  prefetches: fc.boolean(),
  read: fc.constantFrom(...READS),
});

/** How streams and users are written and read. */
const WAYS = ['plainly', 'in a section', 'in a section that announces what it will read'] as const;
type Way = (typeof WAYS)[number];

function waysOf({ surfaces }: Subject): readonly Way[] {
  return surfaces.includes('locks') ? WAYS : WAYS.slice(0, 1);
}

function wayOf({ inSection, prefetches }: Op): Way {
  return inSection ? (prefetches ? WAYS[2] : WAYS[1]) : WAYS[0];
}

/** Every change of a stream, next to another stream with a similar id, with every read. */
function examplesFor(subject: Subject): Op[][] {
  return waysOf(subject).flatMap((way) =>
    READS.map((read) => {
      const of = (kind: Op['kind'], name: Op['name']): Op => ({
        kind,
        name,
        inSection: way !== WAYS[0],
        prefetches: way === WAYS[2],
        read,
      });
      const streams = [of('write', 's1'), of('write', 'S1'), of('write', 's1'), of('delete', 's1')];
      const users = [of('user', 's1'), of('user', 'S1'), of('look', 's1')];
      return [...streams, ...users, read === 'get' ? of('user', 's1') : of('write', 's1')];
    }),
  );
}

const ALIKE: Situation<readonly Op[]> = tried(
  'a user that is read after one whose id differs only by case',
  (ops) =>
    ops.some(
      (one, index) =>
        one.kind === 'look' &&
        ops.slice(0, index).findLast(isOfUser)?.name !== one.name &&
        ops.slice(0, index).some((other) => other.kind === 'user' && other.name === one.name),
    ),
);

/** The situation of each write: a read had an older state that it could have shown. */
function situationsFor(subject: Subject): Situation<readonly Op[]>[] {
  const told = (name: string, isOf: (one: Op, before: readonly Op[]) => boolean): Situation<readonly Op[]> =>
    tried(name, (ops) => ops.some((one, index) => isOf(one, ops.slice(0, index))));
  const isStored = ({ name }: Op, before: readonly Op[]): boolean =>
    before.findLast((other) => other.name === name && !isOfUser(other))?.kind === 'write';
  const changes = (['write', 'delete'] as const).flatMap((kind) =>
    waysOf(subject).flatMap((way) =>
      READS.map((read) =>
        told(
          `a stream that is ${kind === 'write' ? 'replaced' : 'deleted'} ${way} and read by ${read}`,
          (one, before) =>
            one.kind === kind && one.read === read && wayOf(one) === way && isStored(one, before),
        ),
      ),
    ),
  );
  const users = waysOf(subject).map((way) =>
    told(
      `a user that is replaced ${way} and read`,
      (one, before) =>
        one.kind === 'user' &&
        wayOf(one) === way &&
        before.some((other) => other.kind === 'user' && other.name === one.name),
    ),
  );
  return [
    ...changes,
    ...(subject.surfaces.includes('users') ? [...users, ALIKE] : []),
    told(
      'a stream that is deleted and stored again',
      (one, before) =>
        one.kind === 'write' &&
        before.findLast((other) => other.name === one.name && !isOfUser(other))?.kind === 'delete',
    ),
    told(
      'a stream that is written next to one whose id differs only by case',
      (one, before) =>
        one.kind === 'write' && before.some((other) => other.name !== one.name && other.kind === 'write'),
    ),
  ];
}

/**
 * Writes and removes streams and users, outside sections and in sections, and reads after each write: in a section
 * through its view, before and after the write, and then through the instance.
 */
const WRITES: Property<readonly Op[]> = {
  clause: 'STREAM-01',
  schedules: 'free',
  arbitrary: () => fc.array(op, { minLength: 1, maxLength: 8, size: 'max' }),
  examples: examplesFor,
  trial: (input, scope, subject) => ({
    actors: [{ instance: 0, steps: stepsOf(planOf(input, scope, subject)) }],
  }),
  judge: ({ input, main, scope, subject }) => unplanned(planOf(input, scope, subject), main.records),
  situations: situationsFor,
};

export const STREAM_01: AnyProperty = property(
  joined(joined(WRITES, inFlight('streams')), inFlight('users')),
);

function planOf(ops: readonly Op[], scope: Scope, subject: Subject): Planned[] {
  const streams = new Map<string, string>();
  const users = new Map<string, string>();
  return ops.flatMap((one, index) => {
    const ofUser = isOfUser(one);
    if (ofUser && !subject.surfaces.includes('users')) return [];
    const id = scope.id(one.name);
    const version = `version ${index + 1}`;
    const write = writeOf(one, id, version, streams.has(one.name), scope);
    const versions = ofUser ? users : streams;
    const before = versions.get(one.name);
    if (one.kind === 'delete') versions.delete(one.name);
    else if (one.kind !== 'look') versions.set(one.name, version);
    const expected = versions.get(one.name);
    const read = readOf(one, id);
    const shows = (version: string | undefined) => (record: StepRecord) =>
      stale(record, one, id, version, scope);
    const plain = planned(read, shows(expected));
    const writes = write === undefined ? [] : [write];
    if (!one.inSection || !subject.surfaces.includes('locks')) {
      return [...writes.map((step) => planned(step)), plain];
    }
    return [
      planned(enter(id, one.prefetches ? { prefetch: { streams: [id] } } : {})),
      planned({ ...read, via: 'view' }, shows(before)),
      ...writes.map((step) => planned({ ...step, via: 'view' })),
      planned({ ...read, via: 'view' }, shows(expected)),
      planned(leave),
      plain,
    ];
  });
}

function isOfUser({ kind }: Op): boolean {
  return kind === 'user' || kind === 'look';
}

function writeOf(one: Op, id: string, version: string, exists: boolean, scope: Scope): CallStep | undefined {
  switch (one.kind) {
    case 'look':
      return undefined;
    case 'user':
      return direct('users.put', { walletAddress: id, displayName: version });
    case 'delete':
      return direct('streams.delete', id);
    case 'write': {
      const row = { key: one.name, at: NAMES.indexOf(one.name) };
      const createdAt = timeOf(tableNamed('streams'), row, scope);
      const record = streamOf(id, { createdAt, nextAction: version });
      return direct(exists ? 'streams.put' : 'streams.create', record);
    }
    default:
      return one.kind satisfies never;
  }
}

function readOf(one: Op, id: string): CallStep {
  if (isOfUser(one)) return direct('users.get', id);
  if (one.read === 'get') return direct('streams.get', id);
  return direct(one.read === 'list' ? 'streams.list' : 'streams.scan', { limit: LIMIT });
}

interface Found {
  readonly id?: string;
  readonly nextAction?: string;
  readonly displayName?: string;
}

function stale(
  record: StepRecord,
  one: Op,
  id: string,
  expected: string | undefined,
  scope: Scope,
): Failure | undefined {
  const failed = unexpectedError(record);
  if (failed !== undefined) return failed;
  const value = valueOf(record);
  const isPage = !isOfUser(one) && one.read !== 'get';
  const page = pageIn(value);
  const items = (isPage ? page.items : [value]) as readonly (Found | null | undefined)[];
  const found = isPage ? items.find((item) => item?.id === id) : items[0];
  const seen = isOfUser(one) ? found?.displayName : found?.nextAction;
  if (seen === expected) return undefined;
  // A page may be shorter than requested, so the stream may be on a later page.
  if (isPage && seen === undefined && page.nextCursor !== undefined && items.length < LIMIT) return undefined;
  const wrote = expected === undefined ? 'removed or never stored' : `written as "${expected}"`;
  const what = `${isOfUser(one) ? 'user' : 'stream'} ${scope.name(id)}`;
  return {
    summary: `The ${what} had been ${wrote}; reading it afterwards${record.section === undefined ? '' : ' through a view'} showed ${seen === undefined ? 'nothing' : `"${seen}"`}.`,
    expected: expected ?? 'nothing',
    actual: seen ?? 'nothing',
  };
}

import fc from 'fast-check';
import type { CallStep, StepRecord } from '../../../scenarios/host/program.ts';
import { direct, enter, leave, streamOf } from '../../harness/generate.ts';
import { valueOf } from '../../harness/observe.ts';
import { pageIn } from '../../harness/pages.ts';
import { planned, stepsOf, unexpectedError, unplanned, type Planned } from '../../harness/plan.ts';
import {
  property,
  type AnyProperty,
  type Failure,
  type Scope,
  type Subject,
} from '../../harness/property.ts';
import { tableNamed } from '../../harness/listCase.ts';
import { timeOf } from '../../harness/tables.ts';

const READS = ['get', 'list', 'scan'] as const;

interface Op {
  /** `write` creates a stream that is not there, and replaces one that is. */
  readonly kind: 'write' | 'delete' | 'user';
  readonly name: 's1' | 's2';
  readonly inSection: boolean;
  readonly read: (typeof READS)[number];
}

const op: fc.Arbitrary<Op> = fc.record({
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('write' as const) },
    { weight: 2, arbitrary: fc.constant('delete' as const) },
    { weight: 1, arbitrary: fc.constant('user' as const) },
  ),
  name: fc.constantFrom('s1', 's2'),
  inSection: fc.boolean(),
  read: fc.constantFrom(...READS),
});

/**
 * Streams and users are written and removed, plainly and in sections, and read after each write: in the section
 * through its view, and after it through the instance.
 */
export const STREAM_01: AnyProperty = property<readonly Op[]>({
  clause: 'STREAM-01',
  schedules: 'free',
  arbitrary: () => fc.array(op, { minLength: 1, maxLength: 8, size: 'max' }),
  trial: (input, scope, subject) => ({
    actors: [{ instance: 0, steps: stepsOf(planOf(input, scope, subject)) }],
  }),
  judge: ({ input, main, scope, subject }) => unplanned(planOf(input, scope, subject), main.records),
});

function planOf(ops: readonly Op[], scope: Scope, subject: Subject): Planned[] {
  const versions = new Map<string, string>();
  return ops.flatMap((one, index) => {
    if (one.kind === 'user' && !subject.surfaces.includes('users')) return [];
    const id = scope.id(one.name);
    const version = `version ${index + 1}`;
    const write = writeOf(one, id, version, versions.get(one.name) !== undefined, scope);
    if (one.kind === 'delete') versions.delete(one.name);
    else if (one.kind === 'write') versions.set(one.name, version);
    const expected = one.kind === 'user' ? version : versions.get(one.name);
    const read = readOf(one, id);
    const check = (record: StepRecord): Failure | undefined => stale(record, one, id, expected, scope);
    const plain = [planned(read, check)];
    if (!one.inSection || !subject.surfaces.includes('locks')) return [planned(write), ...plain];
    return [
      planned(enter(id)),
      planned({ ...write, via: 'view' }),
      planned({ ...read, via: 'view' }, check),
      planned(leave),
      ...plain,
    ];
  });
}

function writeOf(one: Op, id: string, version: string, exists: boolean, scope: Scope): CallStep {
  switch (one.kind) {
    case 'user':
      return direct('users.put', { walletAddress: id, displayName: version });
    case 'delete':
      return direct('streams.delete', id);
    case 'write': {
      const createdAt = timeOf(
        tableNamed('streams'),
        { key: one.name, at: one.name === 's1' ? 0 : 1 },
        scope,
      );
      const record = streamOf(id, { createdAt, nextAction: version });
      return direct(exists ? 'streams.put' : 'streams.create', record);
    }
    default:
      return one.kind satisfies never;
  }
}

function readOf(one: Op, id: string): CallStep {
  if (one.kind === 'user') return direct('users.get', id);
  if (one.read === 'get') return direct('streams.get', id);
  // Later trials sort first: both streams are among the first two.
  return direct(one.read === 'list' ? 'streams.list' : 'streams.scan', { limit: 2 });
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
  const isPage = one.kind !== 'user' && one.read !== 'get';
  const items = (isPage ? pageIn(value).items : [value]) as readonly (Found | null | undefined)[];
  const found = isPage ? items.find((item) => item?.id === id) : items[0];
  const seen = one.kind === 'user' ? found?.displayName : found?.nextAction;
  if (seen === expected) return undefined;
  const wrote = one.kind === 'delete' ? 'deleted' : `written as "${expected}"`;
  const what = `${one.kind === 'user' ? 'user' : 'stream'} ${scope.name(id)}`;
  return {
    summary: `The ${what} had been ${wrote}${record.section === undefined ? '' : ' in the same section'}; reading it afterwards showed ${seen === undefined ? 'nothing' : `"${seen}"`}.`,
    expected: expected ?? 'nothing',
    actual: seen ?? 'nothing',
  };
}

/** Records of two sides: those that differ, with what comparison has to say, and those that say the same. */
import type {
  ActivityEvent,
  ExportAuditRecord,
  ExportJob,
  IdempotencyRecord,
  Json,
  MovedKind,
  SideDifference,
  StreamRecord,
  UserRecord,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { stream } from './streams.ts';

export interface Twin {
  readonly kind: MovedKind;
  readonly old?: object;
  readonly new?: object;
}

interface Seeded extends Twin {
  readonly expected: SideDifference;
}

const TIME = '2030-01-01T00:00:00.123456Z';
const LATER = '2031-01-01T00:00:00.000Z';
const LONG = 'long '.repeat(13_000);
/** One accent, in one character and in two. */
const [COMPOSED, DECOMPOSED] = ['caf\u00e9', 'cafe\u0301'];

const kinds = {
  streams: (id: string): StreamRecord => ({ ...stream(id), createdAt: TIME, updatedAt: TIME }),
  users: (walletAddress: string): UserRecord => ({ walletAddress, createdAt: TIME, updatedAt: TIME }),
  activity: (id: string): ActivityEvent => ({ id, type: 'settled', timestamp: TIME, description: 'one' }),
  idempotency: (name: string): IdempotencyRecord => ({
    token: `pay:${name}`,
    fingerprint: 'a'.repeat(64),
    status: 200,
    body: '{"b":1,"a":2}',
    createdAt: TIME,
    expiresAt: LATER,
  }),
  jobs: (id: string): ExportJob => ({
    id,
    ownerId: 'owner',
    status: 'pending',
    requestedAt: TIME,
    expiresAt: LATER,
    fileName: 'file.csv',
    rows: 0,
    attempts: 0,
  }),
  audit: (id: string): ExportAuditRecord => ({
    id,
    exportId: 'export',
    type: 'export.requested',
    timestamp: TIME,
  }),
};

let count = 0;

/** A record without the fields that are undefined here. */
function withFields(kind: MovedKind, name: string, fields: object): object {
  const all = Object.entries({ ...kinds[kind](name), ...fields });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined));
}

function idIn(kind: MovedKind, name: string): string {
  return kind === 'idempotency' ? `pay:${name}` : name;
}

function differing(kind: MovedKind, field: string, old: Json | undefined, other: Json | undefined): Seeded {
  count += 1;
  const name = `${field}-${count}`;
  return {
    kind,
    old: withFields(kind, name, { [field]: old }),
    new: withFields(kind, name, { [field]: other }),
    expected: {
      kind,
      id: idIn(kind, name),
      what: 'differs',
      fields: [field],
      values: {
        [field]: defined({ old, new: other }),
      },
    },
  };
}

function lacking(kind: MovedKind, what: 'missing' | 'extra', name: string): Seeded {
  const row = withFields(kind, name, {});
  return {
    kind,
    ...(what === 'missing' ? { old: row } : { new: row }),
    expected: { kind, id: idIn(kind, name), what },
  };
}

const KINDS = Object.keys(kinds) as MovedKind[];

export const SEEDED: readonly Seeded[] = [
  ...KINDS.map((kind) => lacking(kind, 'missing', `missing-${kind}`)),
  ...KINDS.map((kind) => lacking(kind, 'extra', `extra-${kind}`)),
  // Of two names that differ in case alone, one is missing.
  lacking('users', 'missing', 'EXTRA-USERS'),
  differing('streams', 'createdAt', TIME, '2030-01-01T00:00:00.123Z'),
  differing('streams', 'updatedAt', '2030-01-01T00:00:00.123000Z', '2030-01-01T00:00:00.123Z'),
  differing('streams', 'totalAmount', '9'.repeat(38), `${'9'.repeat(37)}8`),
  differing('streams', 'releasedAmount', '9007199254740993', '9007199254740992'),
  differing('streams', 'status', 'active', 'ended'),
  differing('streams', 'revision', 41, 42),
  differing('streams', 'nextAction', ' call ', ' call'),
  differing('streams', 'nextAction', '\tcall', 'call'),
  differing('streams', 'nextAction', '', undefined),
  differing('streams', 'nextAction', 'one\r\ntwo', 'one\ntwo'),
  differing('streams', 'recipient', COMPOSED, DECOMPOSED),
  differing('streams', 'recipient', 'wallet-😀', 'wallet-�'),
  differing('streams', 'recipient', '\ufeffwallet', 'wallet'),
  differing('streams', 'settlementTxHash', '0xABCDEF', '0xabcdef'),
  differing('streams', 'schedule', `${LONG}a`, `${LONG}b`),
  differing('streams', 'schedule', LONG, LONG.slice(0, 255)),
  differing('streams', 'withdrawal', null, undefined),
  differing('streams', 'withdrawal', { steps: [1, 2] }, { steps: [2, 1] }),
  differing('streams', 'withdrawal', { share: 0.1 }, { share: 0.10000000000000002 }),
  differing('streams', 'withdrawal', { balance: -0 }, { balance: 0 }),
  differing('streams', 'ownField', '1', 1),
  differing('streams', 'ownField', { deep: { er: true } }, undefined),
  differing('users', 'displayName', 'Ada', 'Ada '),
  differing('users', 'email', 'Ada@example.org', 'ada@example.org'),
  differing('users', 'createdAt', TIME, '2030-01-01T00:00:00.123457Z'),
  differing('activity', 'description', 'today', 'of an earlier try'),
  differing('activity', 'details', { a: [1, { b: null }] }, { a: [1, {}] }),
  differing('activity', 'streamId', 'S1', 's1'),
  differing('activity', 'timestamp', TIME, '2030-01-01T01:00:00.123456Z'),
  differing('idempotency', 'body', '{"b":1,"a":2}', '{"a":2,"b":1}'),
  differing('idempotency', 'body', '{"b": 1}', '{"b":1}'),
  differing('idempotency', 'status', 200, 201),
  differing('idempotency', 'fingerprint', 'a'.repeat(64), 'b'.repeat(64)),
  differing('idempotency', 'expiresAt', LATER, '2031-01-01T00:00:00.001Z'),
  differing('idempotency', 'expiresAt', LATER, undefined),
  differing('jobs', 'fileName', 'Ä.csv', 'A.csv'),
  differing('jobs', 'ownerId', 'owner', 'Owner'),
  differing('jobs', 'expiresAt', LATER, '2031-01-02T00:00:00.000Z'),
  differing('audit', 'details', { by: 'a' }, undefined),
  differing('audit', 'type', 'export.requested', 'export.downloaded'),
];

function alike(kind: MovedKind, name: string, old: object, other: object): Twin {
  return { kind, old: withFields(kind, name, old), new: withFields(kind, name, other) };
}

const EXPIRED = { createdAt: '2029-01-01T00:00:00.000Z', expiresAt: '2030-01-01T00:00:00.000Z' };

export const HARMLESS: readonly Twin[] = [
  alike(
    'streams',
    'keys',
    { withdrawal: { b: 1, a: { d: 1, c: 2 } } },
    { withdrawal: { a: { c: 2, d: 1 }, b: 1 } },
  ),
  alike('streams', 'own-keys', { one: 1, two: 2 }, { two: 2, one: 1 }),
  alike('activity', 'event-keys', { details: { b: 1, a: 2 } }, { details: { a: 2, b: 1 } }),
  alike('audit', 'audit-keys', { details: { b: 1, 10: 1, 9: 1 } }, { details: { 9: 1, 10: 1, b: 1 } }),
  alike('streams', 'numbers', { withdrawal: { n: 100 } }, { withdrawal: { n: 1e2 } }),
  alike('streams', COMPOSED, { recipient: DECOMPOSED }, { recipient: DECOMPOSED }),
  alike('streams', DECOMPOSED, {}, {}),
  // The order of bytes is neither that of letters nor that of UTF-16.
  ...['a', 'B', 'ä', 'Z', '_', '\uffee', '😀'].map((id) => alike('streams', `order-${id}`, {}, {})),
  ...['a', 'B', 'ä', 'Z', '\uffee', '😀'].map((id) => alike('activity', `order-${id}`, {}, {})),
  alike('users', 'twin', {}, {}),
  alike('users', 'TWIN', { displayName: 'another' }, { displayName: 'another' }),
  alike('streams', 'long', { schedule: LONG }, { schedule: LONG }),
  alike('streams', 'blanks', { nextAction: '  x  ' }, { nextAction: '  x  ' }),
  alike('idempotency', 'expired', EXPIRED, EXPIRED),
  alike('idempotency', 'expired-apart', EXPIRED, { ...EXPIRED, expiresAt: '2030-01-02T00:00:00.000Z' }),
  { kind: 'idempotency', old: withFields('idempotency', 'swept', EXPIRED) },
  { kind: 'idempotency', new: withFields('idempotency', 'not-swept', EXPIRED) },
];

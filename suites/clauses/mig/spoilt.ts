/** Records on both sides whose copies are spoilt behind the migration's back. */
import type {
  MovedKind,
  NewActivityEvent,
  NewExportAuditRecord,
  NewExportJob,
  NewIdempotencyRecord,
  NewStream,
  NewUser,
  SideDifference,
  Surface,
} from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import type { Scope, Subject } from '../../harness/engine/property.ts';
import { auditOf, eventOf, FUTURE, jobOf, replayOf } from '../../harness/cases/records.ts';
import { EXACT, onSide } from './moving.ts';

/** How a copy is spoilt, in the words of comparison. */
interface Damage {
  readonly surface: Surface;
  readonly kind: MovedKind;
  readonly what: SideDifference['what'];
  /** Stores the record on both sides. */
  readonly stored: (id: string) => CallStep[];
  /** The calls that spoil its copy. They are made on the new side, unless they say otherwise. */
  readonly spoil: (id: string) => CallStep[];
  /** Which of several records is spoilt. Default: the record with the id itself. */
  readonly idOf?: (id: string) => string;
}

export interface Spoilt extends Pick<Damage, 'kind' | 'what'> {
  readonly id: string;
  readonly stored: readonly CallStep[];
  readonly spoil: readonly CallStep[];
}

const CUT = '2030-01-01T00:00:00.123Z';
/** The next moment that a time can say. */
const NEXT = '2030-01-01T00:00:00.123457Z';
const BODY = '{"b":1,"a":2}';
const REORDERED = '{"a":2,"b":1}';
/** Amounts that are equal as floating point, and one beyond 64 bits. */
const AMOUNT = '123456789012345678901234567890';
const NEXT_AMOUNT = '123456789012345678901234567891';
/** A text so long that comparing a prefix is not enough. */
const LONG = 'x'.repeat(9000);
/** Fields with values that are easily taken for none, or for others. */
const FIELDS = { withdrawal: null, nextAction: '', note: 1, totalAmount: AMOUNT };

const streamAt = (id: string): NewStream => streamOf(id, { createdAt: EXACT, updatedAt: EXACT, ...FIELDS });
const userAt = (walletAddress: string): NewUser => ({ walletAddress, createdAt: EXACT, updatedAt: EXACT });
const eventAt = (id: string): NewActivityEvent => eventOf(id, { timestamp: EXACT });
const auditAt = (id: string): NewExportAuditRecord => auditOf(id, id, { timestamp: EXACT });
const answerAt = (token: string): NewIdempotencyRecord =>
  replayOf(token, { body: BODY, createdAt: EXACT, expiresAt: FUTURE });
const jobAt = (id: string): NewExportJob => jobOf(id, id, { requestedAt: EXACT, expiresAt: FUTURE });

/** A kind of records, and how one is stored. */
interface Stored {
  readonly surface: Surface;
  readonly kind: MovedKind;
  readonly store: (id: string, changed?: object) => CallStep;
}

const STREAM: Stored = {
  surface: 'streams',
  kind: 'streams',
  store: (id, changed) => direct('streams.create', { ...streamAt(id), ...changed }),
};
const USER: Stored = {
  surface: 'users',
  kind: 'users',
  store: (id, changed) => direct('users.put', { ...userAt(id), ...changed }),
};
const EVENT: Stored = {
  surface: 'activity',
  kind: 'activity',
  store: (id, changed) => direct('activity.append', { ...eventAt(id), ...changed }),
};
const ANSWER: Stored = {
  surface: 'idempotency',
  kind: 'idempotency',
  store: (id, changed) => direct('idempotency.insert', { ...answerAt(id), ...changed }),
};
const JOB: Stored = {
  surface: 'exports',
  kind: 'jobs',
  store: (id, changed) => direct('jobs.create', { ...jobAt(id), ...changed }),
};
const AUDIT: Stored = {
  surface: 'exports',
  kind: 'audit',
  store: (id, changed) => direct('audit.append', { ...auditAt(id), ...changed }),
};

/** A record that the new side alone has. */
function extra({ surface, kind, store }: Stored): Damage {
  return { surface, kind, what: 'extra', stored: () => [], spoil: (id) => [store(id)] };
}

/** A record that the old side alone has, as one that was never copied. */
function lost({ surface, kind, store }: Stored): Damage {
  return { surface, kind, what: 'missing', stored: () => [], spoil: (id) => [onSide('old', store(id))] };
}

/** A record of which each side has stored its own state. */
function changed({ surface, kind, store }: Stored, fields: object): Damage {
  const spoil = (id: string): CallStep[] => [onSide('old', store(id)), store(id, fields)];
  return { surface, kind, what: 'differs', stored: () => [], spoil };
}

/** Records whose ids some comparisons consider equal. The last one is spoilt. */
function twin(
  { surface, kind, store }: Stored,
  fields: object,
  ids: (id: string) => readonly string[],
): Damage {
  const last = (id: string): string => ids(id).at(-1) as string;
  return {
    surface,
    kind,
    what: 'differs',
    stored: (id) =>
      ids(id)
        .slice(0, -1)
        .map((one) => store(one)),
    spoil: (id) => changed({ surface, kind, store }, fields).spoil(last(id)),
    idOf: last,
  };
}

const inUpperCase = (id: string): readonly string[] => [id.toUpperCase(), id];
const RENAMED = { displayName: 'changed' };

/** A stream that comes behind all others. */
export const LAST = 'last stream';

const DAMAGES: Readonly<Record<string, Damage>> = {
  'lost stream': {
    ...STREAM,
    what: 'missing',
    stored: (id) => [STREAM.store(id)],
    spoil: (id) => [direct('streams.delete', id)],
  },
  'stream that was never copied': lost(STREAM),
  'extra stream': extra(STREAM),
  'cut time': changed(STREAM, { createdAt: CUT }),
  'later update': changed(STREAM, { updatedAt: NEXT }),
  'changed amount': changed(STREAM, { releasedAmount: '1' }),
  'last digit of an amount': changed(STREAM, { totalAmount: NEXT_AMOUNT }),
  'null that is absent': changed(STREAM, { withdrawal: undefined }),
  'empty text that is absent': changed(STREAM, { nextAction: undefined }),
  'number that is a text': changed(STREAM, { note: '1' }),
  'additional field': changed(STREAM, { also: false }),
  'changed twin of a stream': twin(STREAM, { revision: 1 }, inUpperCase),
  'end of a long text': {
    ...STREAM,
    what: 'differs',
    stored: (id) => [STREAM.store(id, { note: `${LONG}a` })],
    spoil: (id) => [direct('streams.put', { ...streamAt(id), note: `${LONG}b` })],
  },
  [LAST]: changed(STREAM, { revision: 1 }),
  'changed user': {
    ...USER,
    what: 'differs',
    stored: (id) => [USER.store(id)],
    spoil: (id) => [USER.store(id, RENAMED)],
  },
  'lost user': lost(USER),
  'extra user': extra(USER),
  'changed address': changed(USER, { email: 'changed@example.invalid' }),
  'later change of a user': changed(USER, { updatedAt: NEXT }),
  // A user whose address differs only by case comes before this one.
  'changed twin': twin(USER, RENAMED, inUpperCase),
  // Collations that fold accents, forms of one letter, widths, or blanks at the end pair these records with others.
  'changed accent': twin(USER, RENAMED, (id) => [`${id}e`, `${id}\u00e9`, `${id}e\u0301`]),
  'changed width': twin(USER, RENAMED, (id) => [`${id}1`, `${id}\uff11`]),
  'changed blank': twin(USER, RENAMED, (id) => [id, `${id} `]),
  'extra child': {
    ...EVENT,
    what: 'extra',
    stored: (id) => [EVENT.store(`${id}-1`, { streamId: id })],
    spoil: (id) => [EVENT.store(`${id}-2`, { streamId: id })],
    idOf: (id) => `${id}-2`,
  },
  'extra event': extra(EVENT),
  'lost event': lost(EVENT),
  'changed event': changed(EVENT, { details: { a: 1 } }),
  'later event': changed(EVENT, { timestamp: NEXT }),
  'extra audit record': extra(AUDIT),
  'lost audit record': lost(AUDIT),
  'changed audit record': changed(AUDIT, { type: 'export.expired' }),
  'reordered body': changed(ANSWER, { body: REORDERED }),
  // These numbers are equal as floating point.
  'last digit': {
    ...ANSWER,
    what: 'differs',
    stored: (id) => [ANSWER.store(id, { body: '[9007199254740993]' })],
    spoil: (id) => [direct('idempotency.delete', id), ANSWER.store(id, { body: '[9007199254740992]' })],
  },
  'lost answer': {
    ...ANSWER,
    what: 'missing',
    stored: (id) => [ANSWER.store(id)],
    spoil: (id) => [direct('idempotency.delete', id)],
  },
  'extra answer': extra(ANSWER),
  'changed answer for ever': changed(
    { ...ANSWER, store: (id, fields) => ANSWER.store(id, { expiresAt: undefined, ...fields }) },
    { body: REORDERED },
  ),
  'changed status': changed(ANSWER, { status: 201 }),
  'changed request': changed(ANSWER, { fingerprint: 'cd'.repeat(32) }),
  'changed end of life': changed(ANSWER, { expiresAt: undefined }),
  'lost job': {
    ...JOB,
    what: 'missing',
    stored: (id) => [JOB.store(id)],
    spoil: (id) => [direct('jobs.delete', id)],
  },
  'extra job': extra(JOB),
  'other status': {
    ...JOB,
    what: 'differs',
    stored: (id) => [JOB.store(id)],
    spoil: (id) => [direct('jobs.transition', id, ['pending'], 'processing', {})],
  },
  'other attempt': {
    ...JOB,
    what: 'differs',
    stored: (id) => [
      JOB.store(id),
      direct('jobs.transition', id, ['pending'], 'processing', { attempts: 1 }),
    ],
    spoil: (id) => [
      direct('jobs.delete', id),
      JOB.store(id),
      direct('jobs.transition', id, ['pending'], 'processing', { attempts: 2 }),
    ],
  },
  'other owner': changed(JOB, { ownerId: 'somebody else' }),
};
export type DamageName = string;

function damageOf(name: DamageName): Damage {
  return DAMAGES[name] as Damage;
}

/** Damages that need ids which not every adapter accepts. */
const WIDE: readonly DamageName[] = [
  'changed twin of a stream',
  'changed twin',
  'changed accent',
  'changed width',
  'changed blank',
];

/** The damages that are possible with the surfaces of an adapter. */
export function damagesOf({ surfaces, idSpace }: Subject): DamageName[] {
  return Object.keys(DAMAGES).filter(
    (name) => surfaces.includes(damageOf(name).surface) && (idSpace === undefined || !WIDE.includes(name)),
  );
}

export function kindOf(name: DamageName): MovedKind {
  return damageOf(name).kind;
}

export function spoiltBy(name: DamageName, scope: Scope): Spoilt {
  const { kind, what, stored, spoil, idOf = (one: string) => one } = damageOf(name);
  const own = scope.id(name === LAST ? 'z' : name.replaceAll(' ', '-'));
  const id = kind === 'idempotency' ? `compared:${own}` : own;
  return {
    kind,
    what,
    id: idOf(id),
    stored: stored(id),
    spoil: spoil(id).map((step) => (step.via === 'old' ? step : onSide('new', step))),
  };
}

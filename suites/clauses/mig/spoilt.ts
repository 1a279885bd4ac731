/** Records on both sides whose copies are spoilt behind the migration's back. */
import type {
  MovedKind,
  NewIdempotencyRecord,
  NewStream,
  SideDifference,
  Surface,
} from '../../../adapters/contract/index.ts';
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import type { Scope, Subject } from '../../harness/engine/property.ts';
import { auditOf, eventOf, FUTURE, jobOf, replayOf } from '../../harness/cases/records.ts';
import { EXACT } from './moving.ts';

/** How a copy is spoilt, in the words of comparison. */
interface Damage {
  readonly surface: Surface;
  readonly kind: MovedKind;
  readonly what: SideDifference['what'];
  /** Stores the record on both sides. */
  readonly stored: (id: string) => CallStep[];
  /** The calls that spoil its copy. They are made on the new side. */
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
const BODY = '{"b":1,"a":2}';
const REORDERED = '{"a":2,"b":1}';

const streamAt = (id: string): NewStream => streamOf(id, { createdAt: EXACT, updatedAt: EXACT });
const answerAt = (token: string): NewIdempotencyRecord =>
  replayOf(token, { body: BODY, createdAt: EXACT, expiresAt: FUTURE });

const STREAM: Omit<Damage, 'what' | 'spoil'> = {
  surface: 'streams',
  kind: 'streams',
  stored: (id: string) => [direct('streams.create', streamAt(id))],
};
const ANSWER: Omit<Damage, 'what' | 'spoil'> = {
  surface: 'idempotency',
  kind: 'idempotency',
  stored: (token: string) => [direct('idempotency.insert', answerAt(token))],
};
const JOB: Omit<Damage, 'what' | 'spoil'> = {
  surface: 'exports',
  kind: 'jobs',
  stored: (id: string) => [direct('jobs.create', jobOf(id, id))],
};

/** Users whose addresses some comparisons consider equal. The last user is spoilt. */
function twin(addresses: (id: string) => readonly string[]): Damage {
  const last = (id: string): string => addresses(id).at(-1) as string;
  return {
    surface: 'users',
    kind: 'users',
    what: 'differs',
    stored: (id) => addresses(id).map((walletAddress) => direct('users.put', { walletAddress })),
    spoil: (id) => [direct('users.put', { walletAddress: last(id), displayName: 'changed' })],
    idOf: last,
  };
}

/** A text so long that comparing a prefix is not enough. */
const LONG = 'x'.repeat(9000);

const DAMAGE_NAMES = [
  'lost stream',
  'extra stream',
  'cut time',
  'changed amount',
  'changed user',
  'changed twin',
  'changed accent',
  'changed blank',
  'end of a long text',
  'last digit',
  'extra child',
  'extra event',
  'extra audit record',
  'reordered body',
  'lost answer',
  'lost job',
  'other status',
] as const;
export type DamageName = (typeof DAMAGE_NAMES)[number];

const DAMAGES: Readonly<Record<DamageName, Damage>> = {
  'lost stream': { ...STREAM, what: 'missing', spoil: (id) => [direct('streams.delete', id)] },
  'extra stream': {
    ...STREAM,
    what: 'extra',
    stored: () => [],
    spoil: (id) => [direct('streams.create', streamAt(id))],
  },
  'cut time': {
    ...STREAM,
    what: 'differs',
    spoil: (id) => [direct('streams.put', { ...streamAt(id), createdAt: CUT })],
  },
  'changed amount': {
    ...STREAM,
    what: 'differs',
    spoil: (id) => [direct('streams.put', { ...streamAt(id), releasedAmount: '1' })],
  },
  'changed user': {
    surface: 'users',
    kind: 'users',
    what: 'differs',
    stored: (id) => [direct('users.put', { walletAddress: id })],
    spoil: (id) => [direct('users.put', { walletAddress: id, displayName: 'changed' })],
  },
  // A user whose address differs only by case comes before this one.
  'changed twin': {
    surface: 'users',
    kind: 'users',
    what: 'differs',
    stored: (id) => [
      direct('users.put', { walletAddress: id }),
      direct('users.put', { walletAddress: id.toUpperCase() }),
    ],
    spoil: (id) => [direct('users.put', { walletAddress: id, displayName: 'changed' })],
  },
  // Collations that fold accents, forms of one letter, or blanks at the end pair these records with others.
  'changed accent': twin((id) => [`${id}e`, `${id}\u00e9`, `${id}e\u0301`]),
  'changed blank': twin((id) => [id, `${id} `]),
  'end of a long text': {
    ...STREAM,
    what: 'differs',
    stored: (id) => [direct('streams.create', { ...streamAt(id), note: `${LONG}a` })],
    spoil: (id) => [direct('streams.put', { ...streamAt(id), note: `${LONG}b` })],
  },
  // These numbers are equal as floating point.
  'last digit': {
    ...ANSWER,
    what: 'differs',
    stored: (token) => [direct('idempotency.insert', { ...answerAt(token), body: '[9007199254740993]' })],
    spoil: (token) => [
      direct('idempotency.delete', token),
      direct('idempotency.insert', { ...answerAt(token), body: '[9007199254740992]' }),
    ],
  },
  'extra child': {
    surface: 'activity',
    kind: 'activity',
    what: 'extra',
    stored: (id) => [direct('activity.append', eventOf(`${id}-1`, { streamId: id, timestamp: EXACT }))],
    spoil: (id) => [direct('activity.append', eventOf(`${id}-2`, { streamId: id, timestamp: EXACT }))],
    idOf: (id) => `${id}-2`,
  },
  'extra event': {
    surface: 'activity',
    kind: 'activity',
    what: 'extra',
    stored: () => [],
    spoil: (id) => [direct('activity.append', eventOf(id, { timestamp: EXACT }))],
  },
  'extra audit record': {
    surface: 'exports',
    kind: 'audit',
    what: 'extra',
    stored: () => [],
    spoil: (id) => [direct('audit.append', auditOf(id, id, { timestamp: EXACT }))],
  },
  'reordered body': {
    ...ANSWER,
    what: 'differs',
    spoil: (token) => [
      direct('idempotency.delete', token),
      direct('idempotency.insert', { ...answerAt(token), body: REORDERED }),
    ],
  },
  'lost answer': { ...ANSWER, what: 'missing', spoil: (token) => [direct('idempotency.delete', token)] },
  'lost job': { ...JOB, what: 'missing', spoil: (id) => [direct('jobs.delete', id)] },
  'other status': {
    ...JOB,
    what: 'differs',
    spoil: (id) => [direct('jobs.transition', id, ['pending'], 'processing', {})],
  },
};

/** Damages that need ids which not every adapter accepts. */
const WIDE: readonly DamageName[] = ['changed accent', 'changed blank'];

/** The damages that are possible with the surfaces of an adapter. */
export function damagesOf({ surfaces, idSpace }: Subject): DamageName[] {
  return DAMAGE_NAMES.filter(
    (name) => surfaces.includes(DAMAGES[name].surface) && (idSpace === undefined || !WIDE.includes(name)),
  );
}

export function spoiltBy(name: DamageName, scope: Scope): Spoilt {
  const { kind, what, stored, spoil, idOf = (one: string) => one } = DAMAGES[name];
  const own = scope.id(name.replaceAll(' ', '-'));
  const id = kind === 'idempotency' ? `compared:${own}` : own;
  return { kind, what, id: idOf(id), stored: stored(id), spoil: spoil(id) };
}

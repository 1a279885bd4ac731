/** Every field of a record that may hold a text. */
import type { CallStep } from '../../../scenarios/host/language/program.ts';
import { direct, streamOf } from '../../harness/cases/generate.ts';
import { pageIn } from '../../harness/judging/pages.ts';
import type { Subject } from '../../harness/engine/property.ts';
import { auditOf, eventOf, jobOf, PAST, READY_PATCH, replayOf } from '../../harness/cases/records.ts';
import type { Sample } from '../../harness/cases/texts.ts';
import { isToCome, MOMENTS } from '../../harness/vocabulary/moments.ts';

/** A field: how a text in it is written, and how it is read back. */
export interface TextField {
  readonly what: string;
  /** The texts that the field may hold, if not every text is allowed. */
  readonly samples?: readonly Sample[];
  readonly surface: Subject['surfaces'][number];
  /** The calls that are needed before. Default: none. */
  before?(id: string): CallStep[];
  /** The text that the field holds before. Default: none. */
  readonly replaced?: string;
  /** Whether the text is the end of the record's id. */
  readonly isId?: boolean;
  write(text: string, id: string): CallStep;
  read(text: string, id: string): CallStep;
  /** Finds the text in the value that the read returned. */
  find(value: unknown): unknown;
}

type Fields = Readonly<Record<string, unknown>>;

const ofStream = (field: string): TextField => ({
  what: `${field} of a stream`,
  surface: 'streams',
  write: (text, id) => direct('streams.create', { ...streamOf(id), [field]: text }),
  read: (_text, id) => direct('streams.get', id),
  find: (value) => (value as Fields | undefined)?.[field],
});

const firstOf = (value: unknown): Fields | undefined => pageIn(value).items[0] as Fields | undefined;

const JOB_URL: TextField = {
  what: 'the URL of an export job',
  surface: 'exports',
  before: (id) => [
    direct('jobs.create', jobOf(id, id)),
    direct('jobs.transition', id, ['pending'], 'processing', {}),
  ],
  write: (text, id) =>
    direct('jobs.transition', id, ['processing'], 'ready', { ...READY_PATCH, signedUrl: text }),
  read: (_text, id) => direct('jobs.get', id),
  find: (value) => (value as Fields | undefined)?.['signedUrl'],
};

/** The fields of a stream that the contract names. */
const NAMED: ReadonlySet<string> = new Set([...Object.keys(streamOf('')), 'createdAt', 'updatedAt']);

const REPLACED = { createdAt: PAST, updatedAt: PAST } as const;

const TIMES: readonly Sample[] = Object.entries(MOMENTS.entries).map(([what, text]) => ({ what, text }));
/** Only times in the future, because a record whose lifetime is over may be gone. */
const TIMES_TO_COME = TIMES.filter(({ text }) => isToCome(text));

/** Times by which no list is sorted, and times that replace others. */
const TIME_FIELDS: readonly TextField[] = [
  { ...ofStream('updatedAt'), samples: TIMES },
  ...['createdAt', 'updatedAt'].map((field): TextField => ({
    ...ofStream(field),
    what: `${field} of a stream, put`,
    samples: TIMES,
    before: (id) => [direct('streams.create', streamOf(id, REPLACED))],
    replaced: PAST,
    write: (text, id) => direct('streams.put', { ...streamOf(id), ...REPLACED, [field]: text }),
  })),
  ...['createdAt', 'updatedAt'].map((field): TextField => ({
    what: `${field} of a user, put`,
    samples: TIMES,
    surface: 'users',
    before: (id) => [direct('users.put', { walletAddress: id, ...REPLACED })],
    replaced: PAST,
    write: (text, id) => direct('users.put', { walletAddress: id, ...REPLACED, [field]: text }),
    read: (_text, id) => direct('users.get', id),
    find: (value) => (value as Fields | undefined)?.[field],
  })),
  {
    what: 'the expiry of a replay record',
    samples: TIMES_TO_COME,
    surface: 'idempotency',
    write: (text, id) => direct('idempotency.insert', replayOf(`settle:${id}`, { expiresAt: text })),
    read: (_text, id) => direct('idempotency.get', `settle:${id}`),
    find: (value) => (value as Fields | undefined)?.['expiresAt'],
  },
  {
    what: 'the expiry of an export job',
    samples: TIMES_TO_COME,
    surface: 'exports',
    write: (text, id) => direct('jobs.create', jobOf(id, id, { expiresAt: text })),
    read: (_text, id) => direct('jobs.get', id),
    find: (value) => (value as Fields | undefined)?.['expiresAt'],
  },
  {
    ...JOB_URL,
    what: 'the expiry of the URL of an export job',
    samples: TIMES_TO_COME,
    write: (text, id) =>
      direct('jobs.transition', id, ['processing'], 'ready', { ...READY_PATCH, signedUrlExpiresAt: text }),
    find: (value) => (value as Fields | undefined)?.['signedUrlExpiresAt'],
  },
];

export const TEXT_FIELDS: readonly TextField[] = [
  ...TIME_FIELDS,
  ...['recipient', 'schedule', 'token', 'nextAction', 'settlementTxHash', 'further', 'withdrawal'].map(
    ofStream,
  ),
  {
    ...ofStream('schedule'),
    what: 'schedule of a stream, put',
    before: (id) => [direct('streams.create', streamOf(id))],
    replaced: streamOf('').schedule,
    write: (text, id) => direct('streams.put', { ...streamOf(id), schedule: text }),
  },
  {
    ...ofStream('withdrawal'),
    what: 'a text inside withdrawal',
    write: (text, id) => direct('streams.create', { ...streamOf(id), withdrawal: { parts: [text] } }),
    find: (value) =>
      (value as { readonly withdrawal?: { readonly parts?: readonly unknown[] } } | undefined)?.withdrawal
        ?.parts?.[0],
  },
  {
    ...ofStream('further'),
    what: 'the name of a field inside a further field',
    write: (text, id) => direct('streams.create', { ...streamOf(id), further: { [text]: 1 } }),
    find: (value) => Object.keys((value as Fields | undefined)?.['further'] ?? {})[0],
  },
  {
    ...ofStream('further'),
    what: 'the name of a further field',
    write: (text, id) => direct('streams.create', { ...streamOf(id), [text]: 1 }),
    find: (value) => Object.keys((value ?? {}) as Fields).find((name) => !NAMED.has(name)),
  },
  {
    what: 'the id of a stream',
    isId: true,
    surface: 'streams',
    write: (text, id) => direct('streams.create', streamOf(id + text)),
    read: (text, id) => direct('streams.get', id + text),
    find: (value) => (value as Fields | undefined)?.['id'],
  },
  ...['displayName', 'email'].map((field): TextField => ({
    what: `${field} of a user`,
    surface: 'users',
    write: (text, id) => direct('users.put', { walletAddress: id, [field]: text }),
    read: (_text, id) => direct('users.get', id),
    find: (value) => (value as Fields | undefined)?.[field],
  })),
  {
    what: 'the wallet address of a user',
    isId: true,
    surface: 'users',
    write: (text, id) => direct('users.put', { walletAddress: id + text }),
    read: (text, id) => direct('users.get', id + text),
    find: (value) => (value as Fields | undefined)?.['walletAddress'],
  },
  {
    what: 'the id of an event',
    isId: true,
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id + text, { streamId: id })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => firstOf(value)?.['id'],
  },
  {
    what: 'the type of an event',
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id, type: text })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => firstOf(value)?.['type'],
  },
  {
    what: 'the stream of an event',
    isId: true,
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id + text })),
    read: (text, id) => direct('activity.list', { streamId: id + text, limit: 1 }),
    find: (value) => firstOf(value)?.['streamId'],
  },
  {
    what: 'the description of an event',
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id, description: text })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => firstOf(value)?.['description'],
  },
  {
    what: 'the details of an event',
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id, details: { text } })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => (firstOf(value)?.['details'] as Fields | undefined)?.['text'],
  },
  {
    what: 'the name of a field inside the details of an event',
    surface: 'activity',
    write: (text, id) => direct('activity.append', eventOf(id, { streamId: id, details: { [text]: 1 } })),
    read: (_text, id) => direct('activity.list', { streamId: id, limit: 1 }),
    find: (value) => Object.keys((firstOf(value)?.['details'] as Fields | undefined) ?? {})[0],
  },
  {
    what: 'the body of a replay record',
    surface: 'idempotency',
    write: (text, id) => direct('idempotency.insert', replayOf(`settle:${id}`, { body: text })),
    read: (_text, id) => direct('idempotency.get', `settle:${id}`),
    find: (value) => (value as Fields | undefined)?.['body'],
  },
  {
    what: 'the id of an export job',
    isId: true,
    surface: 'exports',
    write: (text, id) => direct('jobs.create', jobOf(id + text, id)),
    read: (text, id) => direct('jobs.get', id + text),
    find: (value) => (value as Fields | undefined)?.['id'],
  },
  {
    what: 'the owner of an export job',
    isId: true,
    surface: 'exports',
    write: (text, id) => direct('jobs.create', jobOf(id, id + text)),
    read: (text, id) => direct('jobs.list', { ownerId: id + text, limit: 1 }),
    find: (value) => firstOf(value)?.['ownerId'],
  },
  JOB_URL,
  {
    ...JOB_URL,
    what: 'the failure reason of an export job',
    write: (text, id) => direct('jobs.transition', id, ['processing'], 'failed', { failureReason: text }),
    find: (value) => (value as Fields | undefined)?.['failureReason'],
  },
  {
    what: 'the file name of an export job',
    surface: 'exports',
    write: (text, id) => direct('jobs.create', jobOf(id, id, { fileName: text })),
    read: (_text, id) => direct('jobs.get', id),
    find: (value) => (value as Fields | undefined)?.['fileName'],
  },
  {
    what: 'the details of an audit record',
    surface: 'exports',
    write: (text, id) => direct('audit.append', auditOf(id, id, { details: [text] })),
    read: (_text, id) => direct('audit.list', { exportId: id, limit: 1 }),
    find: (value) => (firstOf(value)?.['details'] as readonly unknown[] | undefined)?.[0],
  },
];

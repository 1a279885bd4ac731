/** Arguments and answers in the label of a step. */
import type { SavedArgument } from '../../../scenarios/host/language/program.ts';
import { PLAIN_STREAM } from '../../../scenarios/host/running/plainCalls.ts';
import { replayOf } from '../cases/records.ts';
import type { Scope } from '../engine/property.ts';
import { firstDifference, literal } from '../judging/same.ts';

/** The longest value in a label, and the longest field in it, in characters. */
const MAX_SHOWN = 60;
const MAX_FIELD = 24;

const { token: _token, ...PLAIN_REPLAY } = replayOf('');
/** Most records of trials are one of these but for a field or two, which are what matters. */
const PLAIN: readonly Readonly<Record<string, unknown>>[] = [PLAIN_STREAM, PLAIN_REPLAY];
/** Stamped by the storage in nearly every record. */
const STAMPS: readonly string[] = ['createdAt', 'updatedAt'];
/** What is told of any other value, where it is there. */
const TOLD = [
  'outcome',
  'id',
  'token',
  'status',
  'code',
  'replayed',
  'revision',
  'amount',
  'releasedAmount',
  'timestamp',
  'limit',
  'cursor',
] as const;

/** The most informative fields, or else the value itself, shortened. */
export function shown(value: unknown, scope: Scope, length: number = MAX_SHOWN): string {
  if (typeof value === 'string') return cut(scope.name(value), length);
  if (typeof value !== 'object' || value === null) return String(value);
  if (isSaved(value)) return cut(describeSaved(value, scope));
  const fields = value as Record<string, unknown>;
  if (Array.isArray(fields['items'])) {
    return cut(`[${fields['items'].map((item: unknown) => shortName(item, scope)).join(' ')}]`, length);
  }
  // The claim next to the job would not help a reader.
  if (typeof fields['claim'] === 'string' && 'job' in fields) return shown(fields['job'], scope, length);
  if (fields['stored'] === true) return 'stored';
  if (fields['stored'] === false) return `already there: ${shown(fields['existing'], scope, length)}`;
  const plain = PLAIN.find((one) => Object.keys(one).filter((key) => key in fields).length > 2);
  if (plain !== undefined) return cut(differences(fields, plain, scope), length);
  const told = TOLD.filter(
    (name) => fields[name] !== undefined && !(name === 'replayed' && fields[name] === false),
  );
  if (told.length === 0) return cut(JSON.stringify(value) ?? '', length);
  return cut(told.map((name) => tell(name, fields[name], scope)).join(' '), length);
}

/** The name of a record, and what is otherwise in it than in `plain`. */
function differences(
  fields: Readonly<Record<string, unknown>>,
  plain: Readonly<Record<string, unknown>>,
  scope: Scope,
): string {
  const name = plain === PLAIN_STREAM ? 'id' : 'token';
  const others = [...new Set([...Object.keys(fields), ...Object.keys(plain)])].filter(
    (key) => key !== name && !STAMPS.includes(key) && firstDifference(plain[key], fields[key]) !== undefined,
  );
  const told = others.map((key) => (fields[key] === undefined ? `no ${key}` : tell(key, fields[key], scope)));
  return [scope.name(fields[name]), ...told].join(' ');
}

function tell(name: string, value: unknown, scope: Scope): string {
  if (name === 'id' || name === 'token' || name === 'outcome') return scope.name(value);
  if (isSaved(value) && value.path === 'nextCursor') return `${name} of ${scope.name(value.$saved)}`;
  const text = isSaved(value) ? describeSaved(value, scope) : quoted(value);
  return `${name}=${text.length <= MAX_FIELD ? text : `${text.slice(0, MAX_FIELD / 2)}…${text.slice(-MAX_FIELD / 3)}`}`;
}

/** Words and amounts need no quotes; whatever could be taken for something else has them. */
function quoted(value: unknown): string {
  if (typeof value === 'string' && /^[a-z0-9_-]+$/.test(value)) return value;
  // A JSON text is easier to read without backslashes.
  return typeof value === 'string' && /^[\x20-\x7e]*"[\x20-\x7e]*$/.test(value) && !value.includes("'")
    ? `'${value}'`
    : literal(value);
}

function isSaved(value: unknown): value is SavedArgument {
  return typeof value === 'object' && value !== null && '$saved' in value;
}

/** `read, revision +1, status=ended`: the saved result, and the changes to it. */
function describeSaved({ $saved, path, set = {}, add = {} }: SavedArgument, scope: Scope): string {
  const changes = [
    ...Object.entries(add).map(([field, by]) => `${field} ${by < 0 ? '' : '+'}${by}`),
    ...Object.entries(set).flatMap(([field, value]) =>
      STAMPS.includes(field) && value === undefined ? [] : [tell(field, value, scope)],
    ),
  ];
  const saved = scope.name($saved);
  return [path === undefined ? saved : `${saved}.${path}`, ...changes].join(', ');
}

function shortName(item: unknown, scope: Scope): string {
  const { id, token, walletAddress } = (item ?? {}) as {
    id?: string;
    token?: string;
    walletAddress?: string;
  };
  return scope.name(id ?? token ?? walletAddress ?? '?');
}

export function cut(text: string, length: number = MAX_SHOWN): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

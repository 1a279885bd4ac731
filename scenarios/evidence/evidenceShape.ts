/**
 * Checks that a value is an entry of a history or of a journal, or a record of an audit. It is written by hand
 * because evidence has millions of them. The judge relies on it.
 */
import type { WorkCall, WorkOutcome } from '../../adapters/protocol/work.ts';
import type { Audit } from '../evidence.ts';
import type { JournalEntry } from './model/journal.ts';
import {
  EXPORT_FUNCTIONS,
  STREAM_FUNCTIONS,
  type HistoryArgs,
  type HistoryEntry,
  type HistoryFunction,
  type HistoryResult,
} from './model/history.ts';
import type { JournalLine, LeaveLine } from './sectionLines.ts';
import { STRAY_KINDS } from '../host/beside/beside.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What is expected of a field, in words, and the check for it. */
interface Kind {
  readonly text: string;
  readonly is: (value: unknown) => boolean;
}

const TEXT: Kind = { text: 'a string', is: (value) => typeof value === 'string' };
const FLAG: Kind = { text: 'true or false', is: (value) => typeof value === 'boolean' };
const NUMBER: Kind = { text: 'a number', is: (value) => typeof value === 'number' };
const WHOLE: Kind = { text: 'an integer', is: Number.isSafeInteger };
const COUNT: Kind = { text: 'an integer, not below 0', is: isCount };
const BODY: Kind = { text: 'a string, or true', is: (value) => typeof value === 'string' || value === true };
const TEXTS: Kind = {
  text: 'a list of strings',
  is: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string'),
};

function oneOf(...values: readonly string[]): Kind {
  const known: ReadonlySet<unknown> = new Set(values);
  return { text: `one of ${values.join(', ')}`, is: (value) => known.has(value) };
}

function orAbsent({ text, is }: Kind): Kind {
  return { text: `${text}, or nothing`, is: (value) => value === undefined || is(value) };
}

function isCount(value: unknown): boolean {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

/** The fields of an object, each with its kind. */
type Shape = readonly (readonly [field: string, kind: Kind])[];

type KindsOf<T> = { readonly [Field in keyof Required<T>]: Kind };

const ENTRY = Object.entries<Kind>({
  client: COUNT,
  key: TEXT,
  f: oneOf(...([...STREAM_FUNCTIONS, 'scan', ...EXPORT_FUNCTIONS] satisfies HistoryFunction[])),
  call: COUNT,
  outcome: oneOf(...(['ok', 'fail', 'unknown'] satisfies HistoryEntry['outcome'][])),
  service: COUNT,
  intended: orAbsent(NUMBER),
} satisfies KindsOf<Omit<HistoryEntry, 'args' | 'result' | 'return'>>);
const ARGS = Object.entries<Kind>({
  amount: orAbsent(TEXT),
  token: orAbsent(TEXT),
  fingerprint: orAbsent(TEXT),
  list: orAbsent(oneOf('streams', 'activity')),
  limit: orAbsent(COUNT),
  leaseMs: orAbsent(COUNT),
} satisfies KindsOf<HistoryArgs>);
const RESULT = Object.entries<Kind>({
  status: COUNT,
  replayed: orAbsent(FLAG),
  body: orAbsent(BODY),
  revision: orAbsent(WHOLE),
  streamStatus: orAbsent(TEXT),
  releasedAmount: orAbsent(TEXT),
  withdrawnAmount: orAbsent(TEXT),
  operationId: orAbsent(TEXT),
  effect: orAbsent(FLAG),
  code: orAbsent(TEXT),
  ids: orAbsent(TEXTS),
  url: orAbsent(TEXT),
} satisfies KindsOf<HistoryResult>);

/** What is wrong with an entry of a history. Undefined: nothing. */
export function historyProblem(entry: unknown): string | undefined {
  if (!isFields(entry)) return expected('an entry of a history', entry);
  const problem = problemIn(entry, ENTRY, '');
  if (problem !== undefined) return problem;
  const { args, result, outcome, call } = entry;
  const end = entry['return'];
  if (end !== null && !(isCount(end) && (end as number) >= (call as number)))
    return expected('"return" to be null, or an integer not below "call"', end);
  if (outcome === 'ok' && end === null) return expected('"return" to be an integer, for it is "ok"', end);
  if (!isFields(args)) return expected('"args" to be an object', args);
  if (result !== undefined && !isFields(result)) return expected('"result" to be an object', result);
  if (outcome === 'ok' && result === undefined) return expected('"result", for it is "ok"', result);
  return problemIn(args, ARGS, 'args.') ?? (result && problemIn(result, RESULT, 'result.'));
}

const OUTCOME = oneOf('committed', 'aborted', 'unknown');
const WORK_CALL = oneOf(...(['claim', 'heartbeat', 'complete', 'fail'] satisfies WorkCall[]));
type OfType<Type extends JournalLine['type']> = Omit<
  Extract<JournalLine, { readonly type: Type }>,
  'type' | 'at'
>;
const JOURNAL: { readonly [Type in JournalEntry['type']]: Shape } = {
  wait: Object.entries<Kind>({ section: COUNT, stream: TEXT, token: orAbsent(TEXT) } satisfies KindsOf<
    OfType<'wait'>
  >),
  enter: Object.entries<Kind>({
    section: COUNT,
    stream: TEXT,
    attempt: COUNT,
    fence: orAbsent(TEXT),
  } satisfies KindsOf<OfType<'enter'>>),
  read: Object.entries<Kind>({ section: COUNT, attempt: COUNT } satisfies KindsOf<OfType<'read'>>),
  leave: Object.entries<Kind>({
    section: COUNT,
    attempt: COUNT,
    wrote: FLAG,
    stream: orAbsent(TEXT),
    token: orAbsent(TEXT),
    wait: orAbsent(COUNT),
    enter: orAbsent(COUNT),
    fence: orAbsent(TEXT),
    read: orAbsent(COUNT),
    execute: orAbsent(COUNT),
    f: orAbsent(TEXT),
    operationId: orAbsent(TEXT),
    revision: orAbsent(WHOLE),
  } satisfies KindsOf<OfType<'leave'>>),
  settle: Object.entries<Kind>({
    section: COUNT,
    outcome: OUTCOME,
  } satisfies KindsOf<OfType<'settle'>>),
  execute: Object.entries<Kind>({
    section: COUNT,
    attempt: COUNT,
    stream: TEXT,
    f: TEXT,
    token: orAbsent(TEXT),
    operationId: TEXT,
    revision: WHOLE,
  } satisfies KindsOf<OfType<'execute'>>),
  answer: Object.entries<Kind>({
    section: COUNT,
    status: COUNT,
    settle: orAbsent(COUNT),
    outcome: orAbsent(OUTCOME),
  } satisfies KindsOf<OfType<'answer'>>),
  payout: Object.entries<Kind>({
    stream: TEXT,
    operationId: TEXT,
    amount: TEXT,
    section: orAbsent(COUNT),
    settle: orAbsent(COUNT),
    outcome: orAbsent(OUTCOME),
  } satisfies KindsOf<OfType<'payout'>>),
  stray: Object.entries<Kind>({
    kind: oneOf(...STRAY_KINDS),
    text: TEXT,
    stack: orAbsent(TEXT),
  } satisfies KindsOf<OfType<'stray'>>),
  leak: Object.entries<Kind>({ kind: TEXT, instances: NUMBER, growth: NUMBER } satisfies KindsOf<
    OfType<'leak'>
  >),
  workCall: Object.entries<Kind>({
    turn: COUNT,
    call: WORK_CALL,
    leaseMs: orAbsent(NUMBER),
    url: orAbsent(TEXT),
  } satisfies KindsOf<OfType<'workCall'>>),
  workReturn: Object.entries<Kind>({
    turn: COUNT,
    call: WORK_CALL,
    outcome: oneOf(...(['done', 'refused', 'unknown'] satisfies WorkOutcome[])),
    job: orAbsent(TEXT),
    attempts: orAbsent(NUMBER),
  } satisfies KindsOf<OfType<'workReturn'>>),
};

/** Fields of a line that describe other entries than its own. The fields of one list occur together or not at all. */
const TOGETHER: Readonly<Partial<Record<JournalLine['type'], readonly (readonly string[])[]>>> = {
  leave: [
    ['enter', 'stream'],
    ['execute', 'f', 'operationId', 'revision'],
  ],
  payout: [['settle', 'outcome', 'section']],
  answer: [['settle', 'outcome']],
};
/** Fields of a `leave` that only occur together with `enter`. */
const INSIDE = ['wait', 'token', 'fence', 'read', 'execute'];

/** What is wrong with a line of a journal. Undefined: nothing. */
export function journalProblem(entry: unknown): string | undefined {
  if (!isFields(entry)) return expected('an entry of a journal', entry);
  if (isUsualLeave(entry)) return undefined;
  const { type, at } = entry;
  if (typeof type !== 'string' || !Object.hasOwn(JOURNAL, type))
    return expected(`"type" to be one of ${Object.keys(JOURNAL).join(', ')}`, type);
  if (!isCount(at)) return expected(`"at" to be ${COUNT.text}`, at);
  return problemIn(entry, JOURNAL[type as JournalEntry['type']], '') ?? problemTogether(type, entry);
}

/**
 * Whether this is a valid line of a section that took effect or only read. This repeats the table above field by
 * field, because a large load has millions of such lines and the table takes ten times as long.
 */
function isUsualLeave(line: Partial<LeaveLine>): boolean {
  const { type, at, section, attempt, wrote, stream, token, enter } = line;
  const { wait, read, fence, execute, f, operationId, revision } = line;
  if (type !== 'leave' || typeof stream !== 'string' || typeof wrote !== 'boolean') return false;
  if (typeof token !== 'string' || fence !== undefined) return false;
  if (!(isCount(at) && isCount(section) && isCount(attempt))) return false;
  if (!(isCount(wait) && isCount(enter) && isCount(read))) return false;
  // Any other line is checked by the table.
  const fields = Object.keys(line).length;
  if (execute === undefined) return fields === 10;
  return (
    fields === 14 &&
    isCount(execute) &&
    typeof f === 'string' &&
    typeof operationId === 'string' &&
    Number.isSafeInteger(revision)
  );
}

function problemTogether(type: string, entry: Fields): string | undefined {
  for (const fields of TOGETHER[type as JournalEntry['type']] ?? []) {
    const first = fields[0] as string;
    for (const field of fields)
      if ((entry[field] === undefined) !== (entry[first] === undefined))
        return expected(`"${field}" and "${first}" beside each other`, entry[field]);
  }
  if (type !== 'leave' || entry['enter'] !== undefined) return undefined;
  const alone = INSIDE.find((field) => entry[field] !== undefined);
  return alone === undefined ? undefined : expected(`"${alone}" beside "enter" only`, entry[alone]);
}

/** The field that identifies a record of an audit. */
const NAMED_BY: Readonly<Record<Exclude<keyof Audit, 'reader'>, string>> = {
  streams: 'id',
  activity: 'id',
  idempotency: 'token',
  exports: 'id',
  exportAudit: 'id',
};

/**
 * What is wrong with a record of an audit. Undefined: nothing. The judge checks the values that an adapter has stored.
 */
export function recordProblem(list: keyof typeof NAMED_BY, record: unknown): string | undefined {
  if (!isFields(record)) return expected(`a record of ${list}`, record);
  const name = NAMED_BY[list];
  return problemIn(record, [[name, TEXT]], '');
}

function problemIn(value: Fields, shape: Shape, before: string): string | undefined {
  for (const [field, { text, is }] of shape)
    if (!is(value[field])) return expected(`"${before}${field}" to be ${text}`, value[field]);
  return undefined;
}

const MAX_SHOWN = 60;

function expected(what: string, came: unknown): string {
  const text = JSON.stringify(came) ?? 'nothing';
  return `Expected ${what}, got ${text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text}`;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

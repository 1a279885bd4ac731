/** Checks that a value is a line of a history. Written by hand, because a file has a million lines. */
import { STREAM_STATUSES } from '../../adapters/contract/index.ts';
import { EXPORT_FUNCTIONS } from '../evidence/model/history.ts';
import { ExactNumber } from './exactNumber.ts';
import {
  HISTORY_FORMAT,
  HISTORY_MODELS,
  HISTORY_VERSION,
  type HistoryFileHeader,
  type HistoryModel,
} from './lines.ts';
import { isBefore, isTime } from './times.ts';

type Fields = Readonly<Record<string, unknown>>;

/** What was expected, where, and what was found. Undefined: there is no problem. */
export type Problem = string | undefined;

/** The problem of the first line, apart from its version. */
export function headerProblem(header: unknown): Problem {
  if (!isFields(header)) return expected(`the header {"format":"${HISTORY_FORMAT}",…}`, header);
  const { format, version, model, initial } = header;
  if (format !== HISTORY_FORMAT) return expected(`"format" to be "${HISTORY_FORMAT}"`, format);
  if (version !== HISTORY_VERSION) return expected(`"version" to be ${HISTORY_VERSION}`, version);
  if (model !== undefined && !HISTORY_MODELS.includes(model as HistoryModel))
    return expected(`"model" to be one of ${HISTORY_MODELS.join(', ')}`, model);
  return initial === undefined ? undefined : initialProblem(initial);
}

/** For a value in which `headerProblem` has found no problem. */
export function isHeader(header: unknown): header is HistoryFileHeader {
  return headerProblem(header) === undefined;
}

function initialProblem(initial: unknown): Problem {
  if (!isFields(initial)) return expected('"initial" to be an object', initial);
  if (!STREAM_STATUSES.includes(initial['status'] as never))
    return expected(`"initial.status" to be one of ${STREAM_STATUSES.join(', ')}`, initial['status']);
  const { revision } = initial;
  if (!isCount(revision))
    return expected(`"initial.revision" to be a whole number${safeRange(revision)}`, revision);
  for (const field of ['totalAmount', 'releasedAmount', 'withdrawnAmount'])
    if (!isAmount(initial[field])) return expected(`"initial.${field}" to be ${AMOUNT}`, initial[field]);
  return undefined;
}

/** The problem of an operation of `model`. Its numbers must have been converted by `exactNumber`. */
export function lineProblem(model: HistoryModel, line: unknown): Problem {
  if (!isFields(line)) return expected('an operation as a JSON object', line);
  const { client, key, call, outcome, args } = line;
  if (!Number.isSafeInteger(client)) return expected(`"client" to be an integer${safeRange(client)}`, client);
  if (typeof key !== 'string') return expected('"key" to be a string', key);
  if (!isTime(call)) return expected('"call" to be an integer', call);
  const end = line['return'];
  if (end !== null && !isTime(end)) return expected('"return" to be an integer or null', end);
  if (end !== null && isBefore(end, call))
    return expected(`"return" not to be before "call", which is ${shown(call)}`, end);
  if (outcome !== 'ok' && outcome !== 'fail' && outcome !== 'unknown')
    return expected('"outcome" to be "ok", "fail" or "unknown"', outcome);
  if (outcome === 'ok' && end === null)
    return expected('"return" to be an integer, for its outcome is "ok"', end);
  if (!isFields(args)) return expected('"args" to be an object', args);
  return PROBLEMS[model](line, args);
}

type LineProblem = (line: Fields, args: Fields) => Problem;

const PROBLEMS: Readonly<Record<HistoryModel, LineProblem>> = {
  register: (line, args) => {
    switch (line['f']) {
      case 'read':
        return ofResult(line, 'value', 'a number or null', (value) => value === null || isNumber(value));
      case 'write':
        return isNumber(args['value']) ? undefined : expected('"args.value" to be a number', args['value']);
      case 'cas':
        for (const field of ['from', 'to'])
          if (!isNumber(args[field])) return expected(`"args.${field}" to be a number`, args[field]);
        return ofResult(line, 'ok', 'true or false', isBoolean);
      default:
        return expected('"f" to be "read", "write" or "cas"', line['f']);
    }
  },
  kv: (line, args) => {
    switch (line['f']) {
      case 'get':
        return ofResult(line, 'value', 'a string', isString);
      case 'put':
      case 'append':
        return isString(args['value']) ? undefined : expected('"args.value" to be a string', args['value']);
      default:
        return expected('"f" to be "get", "put" or "append"', line['f']);
    }
  },
  'stream-lifecycle': (line, args) => streamProblem(line, args, false),
  'stream-balance': (line, args) => streamProblem(line, args, true),
};

const BESIDE_STREAMS: ReadonlySet<unknown> = new Set(['scan', ...EXPORT_FUNCTIONS]);
const OPERATIONS: ReadonlySet<unknown> = new Set(['start', 'pause', 'stop', 'settle', 'withdraw']);
const AMOUNT = 'a decimal string of minor units';

function streamProblem(line: Fields, args: Fields, isBalance: boolean): Problem {
  const { f, outcome, result } = line;
  // Requests that are not for a stream are not checked.
  if (BESIDE_STREAMS.has(f)) return undefined;
  const writes = OPERATIONS.has(f);
  if (!writes && f !== 'get') return expected(`"f" to be one of get, scan, ${[...OPERATIONS].join(', ')}`, f);
  const takesAmount = isBalance && (f === 'settle' || f === 'withdraw');
  if (takesAmount && outcome !== 'fail' && !isAmount(args['amount']))
    return expected(`"args.amount" to be ${AMOUNT}`, args['amount']);
  for (const field of ['token', 'fingerprint'])
    if (args[field] !== undefined && !isString(args[field]))
      return expected(`"args.${field}" to be a string`, args[field]);
  if (outcome !== 'ok') return undefined;
  if (!isFields(result)) return expected('"result" to be an object', result);
  return answerProblem(result, writes);
}

function answerProblem(result: Fields, writes: boolean): Problem {
  const { status, effect, revision, streamStatus } = result;
  if (writes && !isCount(status)) return expected('"result.status" to be an HTTP status', status);
  if (writes && !isBoolean(effect))
    return expected(
      '"result.effect" to be true (an effect or its replay) or false (nothing changed)',
      effect,
    );
  if (revision !== undefined && !isCount(revision))
    return expected(`"result.revision" to be a whole number${safeRange(revision)}`, revision);
  if (streamStatus !== undefined && !isString(streamStatus))
    return expected('"result.streamStatus" to be a string', streamStatus);
  for (const field of ['releasedAmount', 'withdrawnAmount'])
    if (result[field] !== undefined && !isString(result[field]))
      return expected(`"result.${field}" to be ${AMOUNT}`, result[field]);
  return undefined;
}

/** Checks a field of the answer, if there is an answer. */
function ofResult(line: Fields, field: string, what: string, is: (value: unknown) => boolean): Problem {
  if (line['outcome'] !== 'ok') return undefined;
  const { result } = line;
  if (!isFields(result)) return expected('"result" to be an object', result);
  return is(result[field]) ? undefined : expected(`"result.${field}" to be ${what}`, result[field]);
}

function expected(what: string, came: unknown): string {
  return `Expected ${what}, got ${shown(came)}`;
}
const MAX_SHOWN = 60;

function shown(value: unknown): string {
  const text = value instanceof ExactNumber ? value.text : (JSON.stringify(value) ?? 'nothing');
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}

/** An addition for an integer with more digits than a number here can have. */
function safeRange(value: unknown): string {
  return isTime(value) && !Number.isSafeInteger(value) ? ` of at most ${Number.MAX_SAFE_INTEGER}` : '';
}

function isFields(value: unknown): value is Fields {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

function isNumber(value: unknown): boolean {
  return typeof value === 'number' || value instanceof ExactNumber;
}

function isString(value: unknown): value is string {
  return typeof value === 'string';
}

function isBoolean(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isAmount(value: unknown): boolean {
  return typeof value === 'string' && /^\d+$/.test(value);
}

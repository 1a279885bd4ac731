/**
 * Checks the shape of histories with hand-written code instead of zod, because a certification receives a hundred
 * thousand records.
 */
import type { Caught, Ghost, LostHost, ProgramHistory, StepRecord, StuckStep } from './history.ts';
import type { Decision } from './program.ts';

/** `Of<T>`: a value that should be a `T`, before it is checked. */
type Of<T> = Readonly<Partial<Record<keyof T, unknown>>>;

const REASONS: readonly unknown[] = [
  'exit',
  'signal',
  'unresponsive',
  'garbage',
] satisfies LostHost['reason'][];

export function areHistories(value: unknown): boolean {
  return areAll(value, isHistory);
}

export function areRecords(value: unknown): boolean {
  return areAll(value, isRecord);
}

export function areDecisions(value: unknown): boolean {
  return areAll(value, ({ actor, step, blocked }: Of<Decision>) => {
    return isIndex(actor) && isIndex(step) && typeof blocked === 'boolean';
  });
}

export function areStuck(value: unknown): boolean {
  return areAll(value, (stuck: Of<StuckStep>) => isPlace(stuck) && typeof stuck.call === 'number');
}

export function areGhosts(value: unknown): boolean {
  return areAll(value, (ghost: Of<Ghost>) => isPlace(ghost) && typeof ghost.at === 'number');
}

export function areLost(value: unknown): boolean {
  return areAll(value, ({ process, reason, detail }: Of<LostHost>) => {
    return Number.isSafeInteger(process) && REASONS.includes(reason) && typeof detail === 'string';
  });
}

export function isCaught(value: unknown): boolean {
  if (!isObject<Caught>(value)) return false;
  const { code, name, message, original, causes, details } = value;
  return (
    (code === undefined || typeof code === 'string') &&
    typeof name === 'string' &&
    typeof message === 'string' &&
    (original === undefined || typeof original === 'boolean') &&
    Array.isArray(causes) &&
    causes.every((cause) => typeof cause === 'string') &&
    (details === undefined || isObject(details))
  );
}

export function isIndex(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isHistory({ records, order, stuck, ghosts, lost }: Of<ProgramHistory>): boolean {
  return areRecords(records) && areDecisions(order) && areStuck(stuck) && areGhosts(ghosts) && areLost(lost);
}

function isRecord(record: Of<StepRecord>): boolean {
  const { instance, section, attempt, call, outcome } = record;
  return (
    isPlace(record) &&
    Number.isSafeInteger(instance) &&
    (section === undefined || Number.isSafeInteger(section)) &&
    Number.isSafeInteger(attempt) &&
    typeof call === 'number' &&
    typeof record.return === 'number' &&
    isOutcome(outcome)
  );
}

function isOutcome(value: unknown): boolean {
  if (
    !isObject<{
      status: unknown;
      error: unknown;
      fence: unknown;
      instead: unknown;
      lost: unknown;
      listeners: unknown;
    }>(value)
  )
    return false;
  const { status, error, fence, instead, lost, listeners } = value;
  if (listeners !== undefined && !isIndex(listeners)) return false;
  if (status === 'error') return isCaught(error);
  return (
    (status === 'ok' || status === 'skipped') &&
    (fence === undefined || typeof fence === 'bigint') &&
    (instead === undefined || typeof instead === 'string') &&
    (lost === undefined || lost === true)
  );
}

function isPlace({ actor, step, process }: Of<Pick<StepRecord, 'actor' | 'step' | 'process'>>): boolean {
  return isIndex(actor) && isIndex(step) && Number.isSafeInteger(process);
}

function areAll<T>(value: unknown, is: (one: Of<T>) => boolean): boolean {
  return Array.isArray(value) && value.every((one: unknown) => isObject<T>(one) && is(one));
}

function isObject<T>(value: unknown): value is Of<T> {
  return typeof value === 'object' && value !== null;
}

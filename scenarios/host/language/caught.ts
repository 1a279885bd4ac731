/**
 * Errors as data: what a caller sees of an error, in a form that can be sent to another process. Nothing here throws.
 */
import {
  STORAGE_ERROR_CODES,
  isStorageError,
  type StorageErrorCode,
} from '../../../adapters/contract/index.ts';
import { defined } from '../../../adapters/contract/defined.ts';
import { hideSecrets } from '../../secrets.ts';
import { Garbage, snapshot } from './codec.ts';
import type { Caught } from './history.ts';

const MAX_TEXT = 2000;
/** The longest chain of causes, because a chain may be a cycle. */
const MAX_CAUSES = 8;

/** Describes a thrown value. `original`: whether it is the very object that the callback threw, if one was expected. */
export function caught(error: unknown, original?: boolean): Caught {
  const code = codeIn(error);
  const details = detailsIn(error);
  return {
    ...defined({ code }),
    name: nameOf(error),
    message: messageOf(error),
    ...defined({ original }),
    causes: causesOf(error),
    ...defined({ details }),
  };
}

function codeIn(error: unknown): StorageErrorCode | undefined {
  if (!isStorageError(error)) return undefined;
  const code = read(error, 'code');
  return STORAGE_ERROR_CODES.find((known) => known === code);
}

function detailsIn(error: unknown): Readonly<Record<string, unknown>> | undefined {
  const details = read(error, 'details');
  if (!isStorageError(error) || typeof details !== 'object' || details === null) return undefined;
  try {
    return snapshot(details) as Record<string, unknown>;
  } catch (problem) {
    return { garbage: problem instanceof Garbage ? problem.message : 'unreadable' };
  }
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) {
    const name = read(error, 'name');
    return typeof name === 'string' ? text(name) : `a thrown ${error === null ? 'null' : typeof error}`;
  }
  return text(read(error, 'name'));
}

/** The message. Values without one are converted to text. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null) return text(error);
  const message = read(error, 'message');
  return message === undefined ? 'no message' : text(message);
}

function causesOf(error: unknown): string[] {
  const causes: string[] = [];
  let current = error;
  while (causes.length < MAX_CAUSES) {
    const several = read(current, 'errors');
    if (Array.isArray(several))
      causes.push(...several.slice(0, MAX_CAUSES).map((one) => `${nameOf(one)}: ${messageOf(one)}`));
    current = read(current, 'cause');
    if (current === undefined) break;
    causes.push(`${nameOf(current)}: ${messageOf(current)}`);
  }
  return causes.slice(0, MAX_CAUSES);
}

/** Reads a property of a thrown value, which can be anything, even a proxy that throws. */
function read(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  try {
    return (value as Record<string, unknown>)[key];
  } catch {
    return undefined;
  }
}

function text(value: unknown): string {
  try {
    return hideSecrets(String(value)).slice(0, MAX_TEXT);
  } catch {
    return typeof value;
  }
}

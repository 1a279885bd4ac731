/** Marks the schemas of a run on a server that others use too: the comment of each schema names the run. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A run as its mark describes it. */
export interface MarkedRun {
  readonly run: string;
  readonly host: string;
  /** The beginning of the run, in UTC: `2026-11-29 13:45:01`. */
  readonly began: string;
}

/** The prefix of the names of a run's schemas. */
export const SCHEMA_PREFIX = 'ls_';

const LONGEST_HOST = 30;
const RUN = /^(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)-([a-z0-9-]{1,30})-[0-9a-f]{12}$/;
const MARK = 'lockstep namespace of run ';

/** The id of a new run: when and where it began, and a random part that makes it unique. */
export function newRun(now: Date = new Date(), host: string = hostname()): string {
  const began = now
    .toISOString()
    .replace(/[-:]|\..*$/g, '')
    .toLowerCase();
  const where = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_HOST);
  return `${began}-${where === '' ? '-' : where}-${randomBytes(6).toString('hex')}`;
}

/** The comment on a schema of `run`. */
export function markOf(run: string): string {
  return `${MARK}${run}`;
}

/** The prefix of every mark, as a LIKE pattern for the catalog. */
export const MARK_PATTERN: string = `${MARK}%`;

/** Undefined: no run of this version has made the comment. */
export function readMark(comment: string): MarkedRun | undefined {
  const run = comment.startsWith(MARK) ? comment.slice(MARK.length) : '';
  const found = RUN.exec(run);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, host = ''] = found;
  return { run, host, began: `${year}-${month}-${day} ${hour}:${minute}:${second}` };
}

/**
 * The key of the advisory lock that a run holds while it is alive. The lock is taken in the database of the run's
 * schemas, because it is visible only there.
 */
export const LIFE_KEY: string = `hashtextextended('lockstep run ' || $1::text, 0)`;

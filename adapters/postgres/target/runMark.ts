/** How a run marks what it makes on a server that others use too: the comment of each of its schemas names it. */
import { randomBytes } from 'node:crypto';
import { hostname } from 'node:os';

/** A run, as its mark tells of it. */
export interface MarkedRun {
  readonly run: string;
  readonly host: string;
  /** When it began, in UTC: `2026-11-29 13:45:01`. */
  readonly began: string;
}

/** What the names of its schemas begin with. */
export const SCHEMA_PREFIX = 'ls_';

const LONGEST_HOST = 30;
const RUN = /^(\d{4})(\d\d)(\d\d)t(\d\d)(\d\d)(\d\d)-([a-z0-9-]{1,30})-[0-9a-f]{12}$/;
const MARK = 'lockstep namespace of run ';

/** A new run's id: when it began, where, and what makes it another one than all others. */
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

/** What every mark begins with, for a look into a catalog. */
export const MARK_PATTERN: string = `${MARK}%`;

/** undefined: a comment that no run of this version has made. */
export function readMark(comment: string): MarkedRun | undefined {
  const run = comment.startsWith(MARK) ? comment.slice(MARK.length) : '';
  const found = RUN.exec(run);
  if (found === null) return undefined;
  const [, year, month, day, hour, minute, second, host = ''] = found;
  return { run, host, began: `${year}-${month}-${day} ${hour}:${minute}:${second}` };
}

/**
 * Key of the advisory lock that a run holds as long as it is alive. It is taken in the database that the run's schemas are
 * in, where alone it can be seen.
 */
export const LIFE_KEY: string = `hashtextextended('lockstep run ' || $1::text, 0)`;

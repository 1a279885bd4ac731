/** Timestamps within a section: the time of its BEGIN instead of the time at which the lock was granted. */

const LATEST_OF_APPEND = /greatest\(now, \(\s*SELECT latest.+?LIMIT 1\)\)/s;
const LATEST_OF_SECTION = /\(\s*SELECT to_char\(latest.+?LIMIT 1\) AS latest/s;

/** The statement with now() as its time, regardless of later events of the stream. */
export function stampedAtBegin(sql: string): string {
  return sql
    .replaceAll('SELECT clock_timestamp() AS now', 'SELECT now() AS now')
    .replace('statement_timestamp()', 'now()')
    .replace(LATEST_OF_APPEND, 'now')
    .replace(LATEST_OF_SECTION, 'NULL AS latest');
}

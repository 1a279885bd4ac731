/** What is stamped in a section: with the time of its BEGIN instead of that at which it had its lock. */

const LATEST_OF_APPEND = /greatest\(now, \(\s*SELECT latest.+?LIMIT 1\)\)/s;
const LATEST_OF_SECTION = /\(\s*SELECT to_char\(latest.+?LIMIT 1\) AS latest/s;

/** The statement with now() as its time. Events of the stream that are later count no more. */
export function stampedAtBegin(sql: string): string {
  return sql
    .replaceAll('SELECT clock_timestamp() AS now', 'SELECT now() AS now')
    .replace('statement_timestamp()', 'now()')
    .replace(LATEST_OF_APPEND, 'now')
    .replace(LATEST_OF_SECTION, 'NULL AS latest');
}

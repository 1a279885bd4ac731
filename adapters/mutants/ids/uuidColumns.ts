/** Columns of the type uuid where the PostgreSQL adapter has text. */

const COLUMNS = ['id', 'wallet_address', 'stream_id', 'owner_id', 'export_id'];
const ANY = `\\b(?:${COLUMNS.join('|')})`;

/** Of these columns in a table, and of the parameters that they are compared with. */
const CASTS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(${ANY}\\s+)text COLLATE "C"`, 'g'), '$1uuid'],
  [new RegExp(`(${ANY} [=><] \\$\\d+)::text`, 'g'), '$1::uuid'],
  [/(\(\$\d+::timestamptz, \$\d+)::text\)/g, '$1::uuid)'],
];

/** Of the migrations and of every statement. */
export function withUuids(sql: string): string {
  const compared = CASTS.reduce((text, [from, to]) => text.replace(from, to), sql);
  const [, inserted] = /INSERT INTO \S+ AS stored \(([^)]*)\)/.exec(compared) ?? [];
  const names = inserted?.split(', ') ?? [];
  return names.reduce(
    (text, name, index) =>
      COLUMNS.includes(name) ? text.replaceAll(`$${index + 1}::text`, `$${index + 1}::uuid`) : text,
    compared,
  );
}

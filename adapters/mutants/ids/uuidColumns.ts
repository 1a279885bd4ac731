/** Columns of the type uuid instead of text in the PostgreSQL adapter. */

const COLUMNS = ['id', 'wallet_address', 'stream_id', 'owner_id', 'export_id'];
const ANY = `\\b(?:${COLUMNS.join('|')})`;

/** Replacements for these columns in tables, and for the parameters that are compared with them. */
const CASTS: readonly (readonly [RegExp, string])[] = [
  [new RegExp(`(${ANY}\\s+)text COLLATE "C"`, 'g'), '$1uuid'],
  [new RegExp(`(${ANY} [=><] \\$\\d+)::text`, 'g'), '$1::uuid'],
  [/(\(\$\d+::timestamptz, \$\d+)::text\)/g, '$1::uuid)'],
];

/** Changes the migrations and every statement. */
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

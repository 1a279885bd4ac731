/** Whether a migration only adds: older versions, and transactions that are open, go on beside it. */

/** Statements of `sql` that take something away, change what is there, or keep writers of a large table waiting. */
export function additiveProblems(sql: string): string[] {
  const statements = statementsOf(sql);
  const made = new Set(
    statements.flatMap((text) => /^CREATE TABLE (?:IF NOT EXISTS )?(\w+)/i.exec(text)?.[1] ?? []),
  );
  return statements.flatMap((text) => problemsIn(text, made));
}

function problemsIn(text: string, made: ReadonlySet<string>): string[] {
  if (/^CREATE (TABLE|(OR REPLACE )?FUNCTION|TYPE)\b/i.test(text)) return [];
  const column = /^ALTER TABLE (?:ONLY )?\w+\s+(ADD COLUMN.*)$/is.exec(text)?.[1];
  if (column !== undefined) return column.split(/,\s*(?=ADD COLUMN)/i).filter((one) => !isLight(one));
  const table = /^(?:CREATE (?:UNIQUE )?INDEX \w+ ON|INSERT INTO) (\w+)/i.exec(text)?.[1];
  if (table !== undefined) return made.has(table) ? [] : [text];
  if (/^CREATE (UNIQUE )?INDEX CONCURRENTLY /i.test(text)) return [];
  // What is made here may be finished here.
  if (/^DO /i.test(text))
    return /\b(DROP|DELETE|UPDATE|TRUNCATE|LOCK|ALTER TABLE)\b/i.test(text) ? [text] : [];
  return [text];
}

/** A column that rewrites no row, builds no index, and that nobody has to fill in. */
function isLight(column: string): boolean {
  if (/\b(UNIQUE|PRIMARY KEY|REFERENCES|GENERATED)\b/i.test(column)) return false;
  const value = /\bDEFAULT\s+(.+)$/i.exec(column)?.[1];
  return value === undefined ? !/\bNOT NULL\b/i.test(column) : !value.includes('(');
}

/** The statements without comments; what stands between dollars belongs to one. */
function statementsOf(sql: string): string[] {
  const parts = sql.replaceAll(/--.*$/gm, '').split('$$');
  const marked = parts.map((part, index) => (index % 2 === 1 ? part.replaceAll(';', '\0') : part)).join('$$');
  return marked
    .split(';')
    .map((text) => text.replaceAll('\0', ';').trim())
    .filter((text) => text !== '');
}

/** The parts of a `repeat` line that several commands share. */
import { redact } from '../adapters/postgres/server/reach.ts';
import { parseWhere } from '../adapters/postgres/server/where.ts';
import { quote } from '../reports/words.ts';

/**
 * `--pg` as it has to be given again; empty for the default. A report is shown to others, so a URL that holds a
 * password is left to the variable that it should be in.
 */
export function pgPart(pg: string): string {
  const where = parseWhere(pg);
  if (where === undefined || where.kind === 'embedded') return '';
  if (where.kind === 'docker' || redact(pg) === hrefOf(pg)) return `--pg ${quote(pg)}`;
  return '--pg "$DATABASE_URL"';
}

function hrefOf(url: string): string | undefined {
  try {
    return new URL(url).href;
  } catch {
    return undefined;
  }
}

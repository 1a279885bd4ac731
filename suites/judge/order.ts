/** The order of lists: by time, then by the id's UTF-8 bytes. */

export interface ListedRow {
  readonly id: string;
  readonly time: string;
}

/** The place of each row in a list that begins with the earliest. */
export function rankRows(rows: readonly ListedRow[]): Map<string, number> {
  const sorted = rows.map(({ id, time }) => ({ id, moment: momentOf(time) }));
  sorted.sort((a, b) => (a.moment === b.moment ? compareUtf8(a.id, b.id) : a.moment < b.moment ? -1 : 1));
  return new Map(sorted.map((row, rank) => [row.id, rank]));
}

/** Times with three to six digits as texts that are equal, and sort, as the moments do. */
export function momentOf(time: string): string {
  return time.endsWith('Z') ? time.slice(0, -1).padEnd(MOMENT_CHARACTERS, '0') : time;
}

const MOMENT_CHARACTERS = '2026-01-31T08:15:00.123456'.length;

/**
 * Orders strings by their UTF-8 bytes, which is the order of code points. In UTF-16, only surrogates are in another
 * place.
 */
export function compareUtf8(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let index = 0; index < length; index += 1) {
    const [left, right] = [a.charCodeAt(index), b.charCodeAt(index)];
    if (left !== right) return lifted(left) - lifted(right);
  }
  return a.length - b.length;
}

/** A code unit, with surrogates (which stand for code points above 0xFFFF) after all others. */
function lifted(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit;
}

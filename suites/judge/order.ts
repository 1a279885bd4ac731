/** The order of lists: by time, then by the id's UTF-8 bytes. */
import { compareTimestamps } from '../../adapters/contract/time.ts';

export interface ListedRow {
  readonly id: string;
  readonly time: string;
}

/** The place of each row in a list that begins with the earliest. */
export function rankRows(rows: readonly ListedRow[]): Map<string, number> {
  const sorted = [...rows].sort((a, b) => compareTimestamps(a.time, b.time) || compareUtf8(a.id, b.id));
  return new Map(sorted.map((row, rank) => [row.id, rank]));
}

/** Orders strings as their UTF-8 bytes do, which is by code point. Only surrogates stand elsewhere in UTF-16. */
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

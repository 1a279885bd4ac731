/** The name of seeded export job `number`, counted from 0. */
export function exportName(number: number): string {
  return `export-${number.toString().padStart(6, '0')}`;
}

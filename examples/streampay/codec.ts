/** Cursors and tokens as they are built today: nothing is checked, and decoding never fails. */

export function encodeCursor(id: string): string {
  return Buffer.from(id).toString('base64');
}

export function decodeCursor(cursor: string): string {
  return Buffer.from(cursor, 'base64').toString('utf8');
}

export function idempotencyToken(scope: string, key: string): string {
  return `${scope}:${key}`;
}

/** The message of an error, or what was thrown in its place, as text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

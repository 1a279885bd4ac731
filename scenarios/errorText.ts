/** The message of an error as text. A thrown value that is no error is converted to text. */
export function errorText(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

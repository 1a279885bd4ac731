/** What text every storage can hold unchanged, and which text may be an id. */

/** The longest id, in UTF-8 bytes. */
export const MAX_ID_BYTES = 1024;

/** Whether `text` has no lone surrogate, so that UTF-8 can carry it unchanged. */
export function isWellFormed(text: string): boolean {
  // Most text has no surrogates at all, which is seen three times as fast.
  if (!/[\uD800-\uDFFF]/.test(text)) return true;
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

/** Well-formed Unicode without NUL, which PostgreSQL's text cannot hold. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && isWellFormed(text);
}

/** Whether `text` may be an id: storable, of 1 to MAX_ID_BYTES bytes. */
export function isId(text: string): boolean {
  return text.length > 0 && Buffer.byteLength(text) <= MAX_ID_BYTES && isStorable(text);
}

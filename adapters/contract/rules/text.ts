/** Which text every storage can store unchanged, and which text may be an id. */

/** The maximum length of an id, in UTF-8 bytes. */
export const MAX_ID_BYTES = 1024;

/** Whether `text` has no lone surrogates, so that UTF-8 can represent it unchanged. */
export function isWellFormed(text: string): boolean {
  // Most text has no surrogates at all, and this test is three times as fast.
  if (!/[\uD800-\uDFFF]/.test(text)) return true;
  return !/[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/.test(text);
}

/** Whether `text` is well-formed Unicode without NUL. PostgreSQL's text cannot store NUL. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && isWellFormed(text);
}

/** Whether `text` may be an id: storable, with 1 to {@link MAX_ID_BYTES} bytes. */
export function isId(text: string): boolean {
  return text.length > 0 && Buffer.byteLength(text) <= MAX_ID_BYTES && isStorable(text);
}

/** Numbers, times and foreign text as people read them: shared by all renderers. */
import { formatUs, trim } from '../suites/duration.ts';

export { formatUs } from '../suites/duration.ts';

/** A moment in a picture, finer than a duration: `41 µs`, `2.38 ms`, `174.9 ms`. */
export function formatMoment(us: number): string {
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 9_995_000) return `${(us / 1000).toFixed(us < 99_995 ? 2 : 1)} ms`;
  return formatUs(us);
}

export function formatMs(ms: number): string {
  return formatUs(ms * 1000);
}

/** `1,234,567`. */
export function formatCount(count: number): string {
  return Math.round(count)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `1 run`, `100 runs`. */
export function plural(count: number, noun: string, nouns = `${noun}s`): string {
  return `${formatCount(count)} ${count === 1 ? noun : nouns}`;
}

export function formatBytes(bytes: number): string {
  return `${trim(bytes / 1024 ** 3, 1)} GiB`;
}

/** `99.9 %`, `100 %`, `<0.1 %`. */
export function formatShare(part: number, whole: number): string {
  if (whole === 0) return '–';
  const percent = (100 * part) / whole;
  if (percent > 0 && percent < 0.05) return '<0.1 %';
  return `${trim(percent, 1)} %`;
}

/** `2025-06-12 10:30:00 UTC`; anything else as it is. */
export function formatTime(iso: string): string {
  return iso.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?Z$/, '$1 $2 UTC');
}

/**
 * Text of an adapter or a storage, safe to show: control characters, lone surrogates and marks that reverse or hide
 * text are written as `\u….`. Line feeds and tabs stay when `multiline`.
 */
export function printable(text: string, multiline = false): string {
  return text.replace(HIDDEN, (character) =>
    multiline && (character === '\n' || character === '\t')
      ? character
      : `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

const HIDDEN =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

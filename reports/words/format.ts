/** Numbers, times and foreign text in readable form, for all renderers. */
import { formatUs, trim } from '../../suites/duration.ts';
import type { Commit } from '../../suites/figures/history.ts';

export { formatCount, plural } from '../../suites/counts.ts';
export { formatUs } from '../../suites/duration.ts';
export { printable } from './printable.ts';

/** A time in a picture, with more digits than a duration: `41 µs`, `2.38 ms`, `174.9 ms`. */
export function formatMoment(us: number): string {
  if (us < 999.5) return `${Math.round(us)} µs`;
  if (us < 9_995_000) return `${(us / 1000).toFixed(us < 99_995 ? 2 : 1)} ms`;
  return formatUs(us);
}

export function formatMs(ms: number): string {
  return formatUs(ms * 1000);
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

/** `2025-06-12 10:30:00 UTC`. Any other text is returned as it is. */
export function formatTime(iso: string): string {
  return iso.replace(/^(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})(\.\d+)?Z$/, '$1 $2 UTC');
}

/** The id of a commit, shortened: `1a2b3c4d5e6f`. Empty if the commit is unknown. */
export function formatCommit(commit: Commit | undefined): string {
  return commit === undefined ? '' : `${commit.id.slice(0, 12)}${commit.isChanged ? ' with changes' : ''}`;
}

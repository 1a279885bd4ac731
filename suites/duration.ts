/** Stretches of time: how long two have in common, and durations for people. Texts and pictures take both from here. */

/** In one unit, from any moment on. */
export interface Stretch {
  readonly from: number;
  /** Infinity: it has not ended. */
  readonly to: number;
}

/** The part of time that belongs to both; undefined: there is none. */
export function sharedStretch(one: Stretch, other: Stretch): Stretch | undefined {
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.to, other.to);
  return from < to ? { from, to } : undefined;
}

/** `842 µs`, `4.2 ms`, `1.2 s`, `2 min 5 s`; of what was not measured `–`. */
export function formatUs(us: number | null): string {
  if (us === null) return '–';
  if (us < 999.5) return `${trim(us, us < 9.95 && us !== 0 ? 1 : 0)} µs`;
  if (us < 999_500) return `${trim(us / 1000, us < 99_950 ? 1 : 0)} ms`;
  return formatSeconds(us / 1_000_000);
}

/** The same of nanoseconds. */
export function formatNs(ns: number): string {
  return formatUs(ns / 1000);
}

function formatSeconds(seconds: number): string {
  if (seconds < 99.95) return `${trim(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Without zeros behind the point. */
export function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, '');
}

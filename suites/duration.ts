/** Spans of time: the overlap of two spans, and durations in readable form, for texts and pictures. */

/** A span, in any unit and from any origin. */
export interface Stretch {
  readonly from: number;
  /** Infinity: it has not ended. */
  readonly to: number;
}

/** The overlap of two spans. Undefined: they do not overlap. */
export function sharedStretch(one: Stretch, other: Stretch): Stretch | undefined {
  const from = Math.max(one.from, other.from);
  const to = Math.min(one.to, other.to);
  return from < to ? { from, to } : undefined;
}

/** `842 µs`, `4.2 ms`, `1.2 s`, `2 min 5 s`. `–` if the value was not measured. */
export function formatUs(us: number | null): string {
  if (us === null) return '–';
  if (us < 999.5) return `${trim(us, us < 9.95 && us !== 0 ? 1 : 0)} µs`;
  if (us < 999_500) return `${trim(us / 1000, us < 99_950 ? 1 : 0)} ms`;
  return formatSeconds(us / 1_000_000);
}

/** The same for nanoseconds. */
export function formatNs(ns: number): string {
  return formatUs(ns / 1000);
}

function formatSeconds(seconds: number): string {
  if (seconds < 99.95) return `${trim(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
}

/** Without trailing zeros after the decimal point. */
export function trim(value: number, digits: number): string {
  return value.toFixed(digits).replace(/\.0+$/, '');
}

/** Answers in O(log n) whether any interval overlaps a stretch of time. */

export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** For `from` and `to`: whether any of `intervals` has more than a point in common with that stretch. */
export function indexIntervals(intervals: readonly Interval[]): (from: number, to: number) => boolean {
  const sorted = [...intervals].sort((a, b) => a.from - b.from);
  const latestEnd = new Float64Array(sorted.length + 1).fill(-Infinity);
  sorted.forEach((interval, index) => {
    latestEnd[index + 1] = Math.max(latestEnd[index] as number, interval.to);
  });
  return (from, to) => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] as Interval).from < to) low = middle + 1;
      else high = middle;
    }
    return (latestEnd[low] as number) > from;
  };
}

/** Where on the time axis the operations of an order take effect, so that a line through them runs forwards. */

export interface Span {
  readonly call: number;
  readonly return: number;
}

/**
 * A time for each operation of an order that agrees with real time: never decreasing, and between its call and its
 * return. Those that could all take effect at one moment are spread over the time that they have. `drawn` are the
 * times in which a point is to lie where it can, within those that it may have; `to` is the last known time.
 */
export function pointsOf(order: readonly Span[], to: number, drawn: readonly Span[] = order): number[] {
  const latest: number[] = [];
  let end = Infinity;
  for (let at = order.length - 1; at >= 0; at -= 1)
    latest[at] = end = Math.min(end, (order[at] as Span).return);
  const earliest: number[] = [];
  let call = -Infinity;
  for (const [at, span] of drawn.entries())
    earliest.push((call = Math.min(Math.max(call, span.call), latest[at] as number)));
  const points: number[] = [];
  for (let first = 0; first < order.length;) {
    const start = earliest[first] as number;
    let next = first + 1;
    while (next < order.length && earliest[next] === start) next += 1;
    const ends = drawn.slice(first, next).map((span) => span.return);
    const wanted = Math.min(latest[first] as number, to, ...ends.filter((time) => time > start));
    const stop = Math.max(start, Math.min(wanted, earliest[next] ?? Infinity));
    const parts = next - first + 1;
    for (let at = first; at < next; at += 1) points.push(start + ((stop - start) * (at - first + 1)) / parts);
    first = next;
  }
  return points;
}

/** Decides where on the time axis the operations of an order take effect, so that a line through them runs forwards. */

export interface Span {
  readonly call: number;
  readonly return: number;
}

/**
 * Returns a time for each operation of an order. The times agree with real time: they never decrease, and each is
 * between the operation's call and its return. Operations that could all take effect at one moment are spread over the
 * time that they have. `drawn`: the spans in which points should lie if possible, within the allowed ones. `to`: the
 * last known time.
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

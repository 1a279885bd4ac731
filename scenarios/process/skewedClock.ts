/** The clock of this process, which can be set wrong. Every way in which an adapter may read the time is affected. */
const TrueDate = globalThis.Date;

let skewMs = 0;

/** Milliseconds since 1970, unaffected by skewClock. */
export function trueNow(): number {
  return TrueDate.now();
}

/** Shifts every `Date` of this process that reads the clock by `ms`. Returns the time that it now shows. */
export function skewClock(ms: number): number {
  skewMs = ms;
  globalThis.Date = ms === 0 ? TrueDate : SkewedDate;
  return Date.now();
}

const SkewedDate = new Proxy(TrueDate, {
  construct: (target, args: readonly unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + skewMs] : args, newTarget) as object,
  apply: (target) => new target(target.now() + skewMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => target.now() + skewMs : (Reflect.get(target, name, receiver) as unknown),
});

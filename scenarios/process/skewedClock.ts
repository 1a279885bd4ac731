/** The clock of this process, which can be set wrong: whatever an adapter reads the time from, it is this one. */
const TrueDate = globalThis.Date;

let skewMs = 0;

/** Milliseconds since 1970, whatever this process's clock is set to. */
export function trueNow(): number {
  return TrueDate.now();
}

/** From now on every `Date` of this process that is made of the clock is off by so much. Returns what it shows. */
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

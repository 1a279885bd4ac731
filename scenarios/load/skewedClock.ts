/** The clock of this process, which a fault can set wrong: whatever the adapter reads the time from, it is this one. */
let skewMs = 0;

/** From now on every `Date` of this process that is made of the clock is off by so much. Returns what it shows. */
export function skewClock(ms: number): number {
  skewMs = ms;
  globalThis.Date = SkewedDate;
  return Date.now();
}

const TrueDate = globalThis.Date;

const SkewedDate = new Proxy(TrueDate, {
  construct: (target, args: readonly unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [target.now() + skewMs] : args, newTarget) as object,
  apply: (target) => new target(target.now() + skewMs).toString(),
  get: (target, name, receiver) =>
    name === 'now' ? () => target.now() + skewMs : (Reflect.get(target, name, receiver) as unknown),
});

/** The memory adapter with some of its surfaces alone: `partTarget.ts?surfaces=locks,idempotency`. */
import { defineTarget, SURFACES, type StorageAdapter, type TargetDefinition } from '../../contract/index.ts';
import memory from '../target.ts';

const asked = new URL(import.meta.url).searchParams.get('surfaces')?.split(',') ?? [];
const kept = SURFACES.filter((surface) => asked.includes(surface));
if (kept.length === 0 || kept.length !== asked.length)
  throw new Error(`Expected ?surfaces= some of ${SURFACES.join(',')}, got ${asked.join(',')}.`);

const target: TargetDefinition = defineTarget({
  ...memory,
  name: 'memory-in-part',
  async open(options) {
    const whole = await memory.open(options);
    const { streamRepository: repository, idempotencyStore, exportRepository } = whole;
    const stores = Object.entries({ ...repository, withLock: undefined }).filter(([name]) =>
      kept.some((surface) => surface === name),
    );
    const withLock = repository?.withLock?.bind(repository);
    const locks = kept.includes('locks') && withLock !== undefined ? { withLock: partly(withLock) } : {};
    const part = { ...Object.fromEntries(stores), ...locks };
    return {
      ...(Object.keys(part).length === 0 ? {} : { streamRepository: part }),
      ...(kept.includes('idempotency') ? { idempotencyStore: idempotencyStore! } : {}),
      ...(kept.includes('exports') ? { exportRepository: exportRepository! } : {}),
      close: () => whole.close(),
      [Symbol.asyncDispose]: () => whole.close(),
    } satisfies StorageAdapter;
  },
});

export default target;

type WithLock = NonNullable<NonNullable<StorageAdapter['streamRepository']>['withLock']>;

/** A view has no surface that the instance lacks. */
function partly(withLock: WithLock): WithLock {
  return (id, callback, options) =>
    withLock(
      id,
      (view) => {
        const absent = SURFACES.filter((surface) => !kept.includes(surface));
        return callback(
          new Proxy(view, {
            get: (inner, name) => (absent.some((one) => one === name) ? undefined : Reflect.get(inner, name)),
          }),
        );
      },
      options,
    );
}

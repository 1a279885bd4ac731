/** What strikes the side that does not decide, for all who use it at once. */
import type { StorageProxy } from '../faults/proxy.ts';
import type { HostedSide } from './sides.ts';
import type { Trouble } from './plan.ts';

/** One way, in milliseconds. */
const SLOW_MS = 30;

export interface Struck {
  readonly proof: () => string;
  readonly heal: () => Promise<void>;
}

/** Strikes now. Rejects where it cannot be had. */
export async function strikeSide(
  { proxies }: HostedSide,
  trouble: Exclude<Trouble, 'operator-killed'>,
): Promise<Struck> {
  if (proxies === undefined) throw new Error('nothing can be placed in front of that side');
  const all = proxies.all;
  await Promise.all(all.map((proxy) => begin(proxy, trouble)));
  return {
    proof: () => proofOf(trouble, all),
    heal: async () => {
      await Promise.all(all.map((proxy) => proxy.heal()));
    },
  };
}

async function begin(proxy: StorageProxy, trouble: Exclude<Trouble, 'operator-killed'>): Promise<void> {
  switch (trouble) {
    case 'refused':
      return proxy.refuse();
    case 'silent':
      return proxy.swallow();
    case 'slow':
      return proxy.delay(SLOW_MS);
    default:
      throw new TypeError(`Unknown trouble: ${JSON.stringify(trouble satisfies never)}`);
  }
}

function proofOf(trouble: Exclude<Trouble, 'operator-killed'>, all: readonly StorageProxy[]): string {
  const affected = all.reduce((sum, proxy) => sum + proxy.affected, 0);
  switch (trouble) {
    case 'refused':
      return `${affected} connections were refused`;
    case 'silent':
      return `${affected} pieces of traffic were held back`;
    case 'slow':
      return `${affected} pieces of traffic were delayed by ${SLOW_MS} ms each way`;
    default:
      throw new TypeError(`Unknown trouble: ${JSON.stringify(trouble satisfies never)}`);
  }
}

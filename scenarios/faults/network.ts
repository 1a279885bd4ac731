/** Trouble in the network between a service and the storage, caused by a proxy. */
import { setTimeout as sleep } from 'node:timers/promises';
import { commitOf, type HeldRequest } from './commits.ts';
import { proxyOf, type Field, type PlacedStrike } from './fault.ts';
import { isAtCommit } from './points.ts';
import type { StorageProxy } from './proxy/proxy.ts';

/** How long a proxy may wait for traffic to hold back, in milliseconds. */
const EFFECT_MS = 10_000;
const LOOK_MS = 10;

/** Returns the function that ends the trouble. Rejects if the service sends nothing that would show its effect. */
export async function troubleNetwork(
  field: Field,
  { service, point }: PlacedStrike,
  request: HeldRequest,
  trouble: (proxy: StorageProxy) => void,
): Promise<() => Promise<void>> {
  const proxy = proxyOf(field, service);
  const heal = async (): Promise<void> => proxy.heal();
  if (isAtCommit(point)) {
    const commit = await commitOf(request, proxy, point);
    trouble(proxy);
    // The commit meets the trouble, like all later traffic.
    commit.letGo();
    await request.release();
    return heal;
  }
  trouble(proxy);
  await request.resume();
  if (!(await isAffected(proxy))) {
    await heal();
    throw new Error(`service ${service} said nothing to the storage within ${EFFECT_MS} ms`);
  }
  return heal;
}

async function isAffected(proxy: StorageProxy): Promise<boolean> {
  for (let waited = 0; waited < EFFECT_MS && proxy.affected === 0; waited += LOOK_MS) await sleep(LOOK_MS);
  return proxy.affected > 0;
}

import { LASTS_MS, type Fault } from '../fault.ts';
import { troubleNetwork } from '../network.ts';
import { INSIDE } from '../points.ts';

/** The delay in each direction, in milliseconds. */
const SLOW_MS = 40;

export const slowNetwork: Fault<'slow-network'> = {
  name: 'slow-network',
  summary: `${SLOW_MS} ms more latency in each direction, for two seconds`,
  points: INSIDE,
  strikes: 'holder',
  needs: 'network',
  async start(field, strike, request) {
    const heal = await troubleNetwork(field, strike, request, (proxy) => proxy.delay(SLOW_MS));
    return { proof: `what was sent was delayed by ${SLOW_MS} ms each way`, lastsMs: LASTS_MS, heal };
  },
};

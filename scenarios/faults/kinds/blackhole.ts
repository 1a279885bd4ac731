import type { Fault } from '../fault.ts';
import { troubleNetwork } from '../network.ts';
import { AT_COMMIT, INSIDE } from '../points.ts';

export const blackhole: Fault<'blackhole'> = {
  name: 'blackhole',
  summary: 'nothing passes between service and storage, including new connections, until the fault ends',
  points: [...INSIDE, ...AT_COMMIT],
  strikes: 'holder',
  needs: 'network',
  async start(field, strike, request) {
    const heal = await troubleNetwork(field, strike, request, (proxy) => proxy.swallow());
    const lastsMs = field.blackholeMs;
    return { proof: 'what was sent was held back', lastsMs, untilOthersHaveIt: true, heal };
  },
};

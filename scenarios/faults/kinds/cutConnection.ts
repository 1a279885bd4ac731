import { commitOf, wordsOf } from '../commits.ts';
import { proxyOf, type Fault } from '../fault.ts';
import { AT_COMMIT, isAtCommit } from '../points.ts';

export const cutConnection: Fault<'cut-connection'> = {
  name: 'cut-connection',
  summary: 'the connections of the service are reset',
  points: ['entered', 'executed', ...AT_COMMIT],
  strikes: 'holder',
  needs: 'network',
  async start(field, { service, point }, request) {
    const proxy = proxyOf(field, service);
    if (isAtCommit(point)) {
      const commit = await commitOf(request, proxy, point);
      commit.cut();
      await request.release();
      return { proof: `a connection of service ${service} was reset ${wordsOf(point)}` };
    }
    const connections = proxy.cut();
    await request.resume();
    return { proof: `${connections} connections of service ${service} were reset` };
  },
};

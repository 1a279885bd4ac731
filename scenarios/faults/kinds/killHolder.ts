import { commitOf, wordsOf } from '../commits.ts';
import { proxyOf, type Fault } from '../fault.ts';
import { AT_COMMIT, INSIDE, isAtCommit, type StrikePoint } from '../points.ts';

export const killHolder: Fault<'kill-holder'> = {
  name: 'kill-holder',
  summary: 'SIGKILL of the service; a new process takes its place and its port',
  points: [...INSIDE, ...AT_COMMIT, 'committed', 'paid'],
  strikes: 'holder',
  strikesProcess: true,
  needs: 'nothing',
  async start(field, { service, point }, request) {
    const { fleet } = field;
    const worker = fleet.worker(service);
    const commit = isAtCommit(point) ? await commitOf(request, proxyOf(field, service), point) : undefined;
    try {
      worker.signal('SIGKILL');
      const { signal } = await worker.exited;
      return {
        proof: `process ${worker.pid} ended by ${signal} ${momentOf(point)}`,
        heal: () => fleet.replace(service),
      };
    } finally {
      commit?.cut();
    }
  },
};

function momentOf(point: StrikePoint): string {
  if (isAtCommit(point)) return wordsOf(point);
  return point === 'committed' || point === 'paid' ? 'after its commit' : 'inside a section';
}

import { commitOf, wordsOf } from '../commits.ts';
import { proxyOf, type Fault } from '../fault.ts';
import { freeze } from '../frozen.ts';
import { AT_COMMIT, INSIDE, isAtCommit } from '../points.ts';

export const freezeHolder: Fault<'freeze-holder'> = {
  name: 'freeze-holder',
  summary:
    'SIGSTOP until another service has got the stream and others have worked on it (for at most 2.5 s), then SIGCONT',
  points: [...INSIDE, ...AT_COMMIT],
  strikes: 'holder',
  needs: 'nothing',
  async start(field, { service, point }, request) {
    const { pid } = field.fleet.worker(service);
    if (!isAtCommit(point)) {
      const { proof, thaw } = await freeze(pid as number);
      const heal = async (): Promise<void> => {
        thaw();
        await request.resume();
      };
      return { proof, untilOthersHaveIt: true, heal };
    }
    const commit = await commitOf(request, proxyOf(field, service), point);
    try {
      const { proof, thaw } = await freeze(pid as number);
      const heal = async (): Promise<void> => {
        commit.letGo();
        thaw();
        await request.release();
      };
      return { proof: `${proof} ${wordsOf(point)}`, untilOthersHaveIt: true, heal };
    } catch (error) {
      commit.letGo();
      throw error;
    }
  },
};

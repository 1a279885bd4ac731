import { LASTS_MS, type Fault } from '../fault.ts';
import { INSIDE } from '../points.ts';

const HOURS = 25;
/** How far a clock is moved: more than a day, which is the lifetime of a replay record. */
export const SKEW_MS: number = HOURS * 3_600_000;
const COMMAND_MS = 10_000;

export const clockSkew: Fault<'clock-skew'> = {
  name: 'clock-skew',
  summary: `every clock that the service's process reads is off by ${HOURS} hours, for two seconds`,
  points: INSIDE,
  strikes: 'holder',
  strikesProcess: true,
  needs: 'nothing',
  async start({ fleet }, { service, number }, { resume }) {
    const worker = fleet.worker(service);
    const ms = number % 2 === 0 ? SKEW_MS : -SKEW_MS;
    const shown = await worker.call<number>({ do: 'skew', ms }, COMMAND_MS);
    if (Math.abs(shown - Date.now() - ms) > SKEW_MS / 2)
      throw new Error(`the clock of service ${service} was not set wrong: it shows ${shown}`);
    await resume();
    return {
      proof: `service ${service} took ${new Date().toISOString()} for ${new Date(shown).toISOString()}`,
      lastsMs: LASTS_MS,
      heal: async () => {
        await worker.call({ do: 'skew', ms: 0 }, COMMAND_MS);
      },
    };
  },
};

/** What synthetic clients ask for. */
import { OPERATIONS, type Operation } from '../../../adapters/protocol/types.ts';
import type { HistoryArgs } from '../../../scenarios/evidence/model/history.ts';
import type { Plan, Simulation } from './simulation.ts';

/** The last so many requests are those that are repeated: repeats of one that is still in flight are the point. */
const REPEATED = 6;
/** One repeat in so many asks for something else under the same token. */
const OTHER_REQUEST_EVERY = 6;

/** Streams begin with up to 3,000 to withdraw: some withdrawals are not covered. */
const MAX_SETTLED = 1000;
const MAX_WITHDRAWN = 3000;

export function pickPlan(simulation: Simulation): Plan {
  const { random, sent, options } = simulation;
  const earlier = sent.slice(-REPEATED).filter((plan) => plan.token !== undefined);
  if (earlier.length > 0 && random.fraction() < options.shares.repeat) {
    const plan = random.pick(earlier);
    if (random.integer(OTHER_REQUEST_EVERY) !== 0) return plan;
    return { ...plan, args: { ...plan.args, ...otherAmount(plan), fingerprint: `other-${plan.token}` } };
  }
  const plan = newPlan(simulation);
  sent.push(plan);
  return plan;
}

function otherAmount({ args }: Plan): HistoryArgs {
  return args.amount === undefined ? {} : { amount: `${args.amount}0` };
}

function newPlan({ random, options, worlds, sent }: Simulation): Plan {
  const ids = [...(worlds[0]?.streams.keys() ?? [])];
  // Lifecycle streams are used up: the window moves on.
  const from = options.workload === 'balance' ? 0 : Math.floor(sent.length / 8) % ids.length;
  const stream = ids[(from + random.integer(Math.min(ids.length, 12))) % ids.length] as string;
  const f = pickOperation(random.fraction(), options.workload === 'balance');
  const needsAmount = options.workload === 'balance' && (f === 'settle' || f === 'withdraw');
  const most = f === 'settle' ? MAX_SETTLED : MAX_WITHDRAWN;
  const amount = needsAmount ? { amount: String(1 + random.integer(most)) } : {};
  const isKeyless = random.fraction() < options.shares.keyless;
  const token = isKeyless ? undefined : `${f}:k${sent.length}`;
  const args = token === undefined ? amount : { ...amount, token, fingerprint: `fingerprint-${token}` };
  return { f, stream, token, args };
}

/** Mostly money, in the balance workload. */
function pickOperation(fraction: number, isBalance: boolean): Operation {
  if (!isBalance) return OPERATIONS[Math.floor(fraction * OPERATIONS.length)] as Operation;
  if (fraction < 0.5) return 'settle';
  if (fraction < 0.94) return 'withdraw';
  return fraction < 0.97 ? 'pause' : 'start';
}

/** One request at a synthetic service, in virtual time: the settlement protocol, and what may go wrong around it. */
import { defined } from '../../../adapters/contract/defined.ts';
import { effectBody } from '../../../adapters/protocol/answers.ts';
import { effectEvent, operationIdOf, payoutSentEvent } from '../../../adapters/protocol/effect.ts';
import { applyOperation, type MachineState } from '../../../adapters/protocol/machine.ts';
import type { AnswerBody } from '../../../adapters/protocol/types.ts';
import type { JournalEntry } from '../../../scenarios/evidence/model/journal.ts';
import type { HistoryEntry, HistoryResult } from '../../../scenarios/evidence/model/history.ts';
import type { Plan, Simulation } from './simulation.ts';
import { append, timestampAt, type World, type WorldStream } from './world.ts';

export interface Answered extends Pick<HistoryEntry, 'return' | 'outcome' | 'result'> {
  /** When the client goes on, answered or not. */
  readonly givenUp: number;
}

/** `lost`: the answer does not arrive. `unknown`: the commit's does not. `crash`: the process ends in the section. */
type Trouble = 'none' | 'lost' | 'unknown' | 'crash' | 'unavailable';
const TROUBLES: readonly Trouble[] = ['lost', 'unknown', 'crash', 'unavailable'];
/** Without atomicity what was executed stands, whatever the section came to. */
const TROUBLES_WITHOUT_ATOMICITY: readonly Trouble[] = ['lost'];

interface Visit {
  readonly simulation: Simulation;
  readonly world: World;
  readonly stream: WorldStream;
  readonly plan: Plan;
  readonly service: number;
  readonly trouble: Trouble;
  readonly section: number;
  /** When the callback starts, its first read returns, it ends, its writes are visible, withLock settles. */
  readonly at: {
    readonly enter: number;
    readonly read: number;
    readonly leave: number;
    readonly commit: number;
    readonly settle: number;
  };
  readonly attempt: number;
}

export function runRequest(simulation: Simulation, plan: Plan, service: number, call: number): Answered {
  const { random, options, worlds } = simulation;
  const world = worlds[service] as World;
  const stream = world.streams.get(plan.stream) as WorldStream;
  const troubles = simulation.atomic ? TROUBLES : TROUBLES_WITHOUT_ATOMICITY;
  const trouble = random.fraction() < options.trouble ? random.pick(troubles) : 'none';
  const section = simulation.nextSection++;
  const step = (): number => 1 + random.integer(20_000);
  const wait = call + step();
  const enter = Math.max(wait, stream.freeAt) + step();
  const read = enter + step();
  const leave = read + step();
  const commit = leave + step();
  const settle = commit + step();
  const named = defined({ token: plan.token });
  write(simulation, service, { type: 'wait', at: wait, section, stream: plan.stream, ...named });
  // A first run of the callback that the storage threw away: it may overlap with anything.
  const isRerun = simulation.atomic && random.fraction() < 0.1;
  if (isRerun) throwAway(simulation, plan, { service, section, from: wait, to: enter });
  stream.freeAt = commit;
  const at = { enter, read, leave, commit, settle };
  return visit({ simulation, world, stream, plan, service, trouble, section, at, attempt: isRerun ? 2 : 1 });
}

function throwAway(
  simulation: Simulation,
  { stream, f, token }: Plan,
  span: { readonly service: number; readonly section: number; readonly from: number; readonly to: number },
): void {
  const { service, section, from, to } = span;
  const at = (share: number): number => from + Math.floor((to - from) * share);
  const operationId = operationIdOf(token ?? `keyless-${section}`, stream);
  const about = { section, attempt: 1 };
  write(simulation, service, { type: 'enter', at: at(0), ...about, stream });
  write(simulation, service, { type: 'read', at: at(0.2), ...about });
  write(simulation, service, {
    type: 'execute',
    at: at(0.4),
    ...about,
    stream,
    f,
    ...defined({ token }),
    operationId,
    revision: 1,
  });
  write(simulation, service, { type: 'leave', at: at(0.6), ...about, wrote: true });
}

function visit(visited: Visit): Answered {
  const { simulation, plan, world, stream, service, section, at, attempt, trouble } = visited;
  const about = { section, attempt };
  write(simulation, service, { type: 'enter', at: at.enter, ...about, stream: plan.stream });
  write(simulation, service, { type: 'read', at: at.read, ...about });
  const record = plan.token === undefined ? undefined : world.records.get(plan.token);
  if (record !== undefined) {
    leave(visited, false);
    if (record.fingerprint !== plan.args.fingerprint)
      return answer(visited, 'fail', { status: 409, code: 'CONFLICT' });
    return answer(visited, 'ok', { ...shownBy(record.body), body: record.body, replayed: true });
  }
  const { amount } = plan.args;
  const outcome = applyOperation(stream.state, {
    operation: plan.f,
    workload: simulation.options.workload,
    ...defined({ amount }),
  });
  switch (outcome.kind) {
    case 'unchanged':
      leave(visited, false);
      return answer(visited, 'ok', { status: 200, ...shown(stream.state), effect: false });
    case 'refused':
      leave(visited, false);
      return answer(visited, 'ok', {
        status: 409,
        ...shown(stream.state),
        effect: false,
        code: outcome.code,
      });
    case 'effect':
      return takeEffect(visited, outcome.next, outcome.payoutAmount);
    default:
      throw new TypeError(`Unknown outcome: ${JSON.stringify(outcome satisfies never)} ${trouble}`);
  }
}

function takeEffect(visited: Visit, next: MachineState, moved: string | undefined): Answered {
  const { simulation, plan, world, stream, service, section, at, attempt, trouble } = visited;
  const { f, token } = plan;
  const { revision } = next;
  const operationId = operationIdOf(token ?? `keyless-${section}`, plan.stream);
  const named = defined({ token });
  const executed = { section, attempt, stream: plan.stream, f, ...named, operationId, revision };
  const executedAt = Math.floor((at.read + at.leave) / 2);
  write(simulation, service, { type: 'execute', at: executedAt, ...executed });
  const commits =
    trouble === 'none' || trouble === 'lost' || (trouble === 'unknown' && simulation.random.fraction() < 0.5);
  leave(visited, true, commits);
  if (!commits)
    return trouble === 'unavailable'
      ? answer(visited, 'fail', { status: 503, code: 'UNAVAILABLE' })
      : answer(visited, 'unknown', { status: 500 });
  stream.state = next;
  stream.versions.push({ at: at.commit, state: next });
  const event = effectEvent({
    streamId: plan.stream,
    operationId,
    revision,
    operation: f,
    ...defined({ payoutAmount: moved }),
  });
  append(world, event, at.leave, at.commit);
  const body = effectBody({ id: plan.stream, ...next }, operationId);
  if (token !== undefined) {
    const { fingerprint = '' } = plan.args;
    const createdAt = timestampAt(at.leave);
    world.records.set(token, { token, fingerprint, status: 200, body, createdAt });
  }
  if (moved !== undefined) pay(visited, operationId, moved);
  if (trouble === 'unknown') return answer(visited, 'unknown', { status: 500, code: 'OUTCOME_UNKNOWN' });
  return answer(visited, 'ok', { ...shownBy(body), body });
}

function shownBy(body: string): HistoryResult {
  const { stream, operationId = '' } = JSON.parse(body) as Partial<AnswerBody> & Pick<AnswerBody, 'stream'>;
  return { status: 200, ...shown(stream), operationId, effect: true };
}

function pay({ simulation, plan, world, service, at }: Visit, operationId: string, amount: string): void {
  const { stream } = plan;
  const times = simulation.random.fraction() < 0.05 ? 2 : 1;
  for (let time = 1; time <= times; time += 1)
    write(simulation, service, { type: 'payout', at: at.settle + time, stream, operationId, amount });
  const sent = at.settle + 10_000;
  append(world, payoutSentEvent({ operationId, streamId: stream, amount }), sent, sent);
}

function leave(
  { simulation, service, section, attempt, at, trouble }: Visit,
  wrote: boolean,
  commits = true,
): void {
  if (trouble === 'crash') return;
  write(simulation, service, { type: 'leave', at: at.leave, section, attempt, wrote });
  const outcome = trouble === 'unknown' ? 'unknown' : commits ? 'committed' : 'aborted';
  write(simulation, service, { type: 'settle', at: at.settle, section, outcome });
}

/** After a crash and when the answer is lost the client hears nothing, and may give up early. */
function answer(
  { simulation, service, section, at, trouble }: Visit,
  outcome: HistoryEntry['outcome'],
  result: HistoryResult,
): Answered {
  const end = at.settle + 20_000 + simulation.random.integer(20_000);
  if (trouble !== 'lost' && trouble !== 'crash') {
    write(simulation, service, { type: 'answer', at: at.settle + 15_000, section, status: result.status });
    return { return: end, givenUp: end, outcome, result };
  }
  return { return: null, givenUp: at.enter + simulation.random.integer(end - at.enter), outcome: 'unknown' };
}

function shown({
  revision,
  status,
  releasedAmount,
  withdrawnAmount,
}: Omit<MachineState, 'totalAmount'>): Partial<HistoryResult> {
  return { revision, streamStatus: status, releasedAmount, withdrawnAmount };
}

function write({ journals }: Simulation, service: number, entry: JournalEntry): void {
  journals[service]?.push(entry);
}

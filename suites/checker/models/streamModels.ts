/** Payment streams by the judge's models: effects and refusals, with the revision that each answer shows. */
import { streamBalance } from '../../models/streamBalance.ts';
import { streamLifecycle } from '../../models/streamLifecycle.ts';
import type { StreamModel, StreamState } from '../../models/stream.ts';
import type { OrderDecision, Operation, SequentialModel } from '../operation.ts';
import {
  checkVersionOrder,
  explains,
  matches,
  type ShownState,
  type StreamOperation,
  type VersionOrderResult,
} from '../versionOrder.ts';
import { fillRevisions, type Filled } from '../fill/fill.ts';
import type { UnknownEffect } from '../fill/pool.ts';
import type { StreamRequest } from './streamAttempts.ts';
import { describeState } from './streamFields.ts';

export const balanceModel: SequentialModel<StreamRequest, StreamState> = checkerModel(streamBalance);
export const lifecycleModel: SequentialModel<StreamRequest, StreamState> = checkerModel(streamLifecycle);

function checkerModel(model: StreamModel): SequentialModel<StreamRequest, StreamState> {
  const itself: SequentialModel<StreamRequest, StreamState> = {
    name: model.name,
    step(state, { input, optional }) {
      if (input.kind !== 'effect')
        return explains(model, state, { ...input, kind: input.kind }) ? state : undefined;
      const step = input.input === undefined ? undefined : model.step(state, input.input);
      if (step?.kind !== 'effect') return undefined;
      return optional || matches(step.state, input.shown) ? step.state : undefined;
    },
    keyOf: ({ status, revision, total, released, withdrawn }) =>
      `${status} ${revision} ${total} ${released} ${withdrawn}`,
    isObservation: ({ input }) => input.kind !== 'effect',
    label,
    describe: (state) => `the stream is at ${describeState(state)}`,
    refusal: (state, operation) => refusal(model, state, operation),
    decide: (initial, operations) => decide(model, initial, operations),
    among(operations) {
      const claimed = claimedRevisions(operations);
      if (claimed.size === 0) return itself;
      return {
        ...itself,
        step: (state, operation) =>
          operation.optional && claimed.has(state.revision + 1) ? undefined : itself.step(state, operation),
      };
    },
    blind: (operation) => ({
      ...operation,
      input: { ...operation.input, shown: { ...operation.input.shown, revision: undefined } },
    }),
  };
  return itself;
}

/** Revisions that an answered effect made: nobody else can have made them. */
export function claimedRevisions(operations: readonly Operation<StreamRequest>[]): Set<number> {
  return new Set(
    operations.flatMap(({ optional, input }) =>
      optional || input.kind !== 'effect' ? [] : (input.shown.revision ?? []),
    ),
  );
}

function label({ input, optional }: Operation<StreamRequest>): string {
  const asked =
    input.input === undefined ? 'get' : [input.input.f, input.input.amount].filter(isThere).join(' ');
  if (optional) return `${asked} → unknown`;
  if (input.kind === 'absent') return `${asked} → no such stream`;
  const kind = input.kind === 'refused' || input.kind === 'unchanged' ? `${input.kind} at ` : '';
  return `${asked} → ${kind}${shownText(input.shown)}`;
}

function isThere(part: unknown): boolean {
  return part !== undefined;
}

function shownText(shown: ShownState): string {
  return describeState(shown) || 'done';
}

function refusal(
  model: StreamModel,
  state: StreamState,
  { input, optional }: Operation<StreamRequest>,
): string {
  const at = `the stream is at ${describeState(state)}`;
  if (input.kind === 'absent') return 'it found no stream, and there is one from the start';
  const step = input.input === undefined ? undefined : model.step(state, input.input);
  if (input.kind === 'effect') {
    if (step?.kind === 'effect' && !optional)
      return `it must make ${describeState(step.state)}, and was answered ${shownText(input.shown)}`;
    return `it ${step?.kind === 'unchanged' ? 'changes nothing' : 'must be refused'} while ${at}`;
  }
  if (!matches(state, input.shown)) return `it saw ${shownText(input.shown)}, and ${at}`;
  if (input.kind === 'refused') return `it was refused, and must not be while ${at}`;
  return `it was a success that changed nothing, and must not be while ${at}`;
}

/** How often a stream may ask the model for who made the revisions that nobody was told of: well below a second. */
const MAX_FILL_STEPS = 500_000;

/**
 * By version order, when every effect that was answered shows its revision. Operations of unknown outcome are left out
 * first: if the rest is legal, so is the whole. If not, they are given the revisions that nobody claims.
 */
function decide(
  model: StreamModel,
  initial: StreamState,
  operations: readonly Operation<StreamRequest>[],
): OrderDecision | undefined {
  const list: StreamOperation[] = [];
  const unknown: UnknownEffect[] = [];
  for (const operation of operations) {
    if (operation.optional) {
      const { id, call, input } = operation;
      if (input.input !== undefined) unknown.push({ id, call, input: input.input });
      continue;
    }
    const converted = versioned(operation);
    if (converted === undefined) return undefined;
    list.push(converted);
  }
  const result = checkVersionOrder(model, initial, list);
  if (result.verdict === 'ok') return { verdict: 'ok', order: () => orderOf(model, initial, list) };
  if (list.length === operations.length) return illegal(result, problemOf(result));
  const filled = fillRevisions(model, initial, list, unknown, MAX_FILL_STEPS);
  switch (filled.verdict) {
    case 'ok':
      return { verdict: 'ok', order: () => orderOf(model, initial, filled.operations) };
    case 'illegal':
      return illegal(filled.contradiction, contradictionOf(filled.contradiction));
    case 'undecided':
      return undefined;
    default:
      return filled satisfies never;
  }
}

function illegal(
  { operation, other }: { readonly operation: StreamOperation; readonly other?: StreamOperation },
  problem: string,
): OrderDecision {
  const compared = other === undefined ? {} : { other: other.id };
  return { verdict: 'illegal', operation: operation.id, ...compared, problem };
}

function contradictionOf({
  problem,
  operation,
  other,
  revision,
}: Extract<Filled, { verdict: 'illegal' }>['contradiction']): string {
  switch (problem) {
    case 'repeat':
      return `made revision ${revision}, which was there already`;
    case 'gap':
      return `comes after revision ${revision}, which nobody made: there are not enough operations of unknown outcome`;
    case 'order':
      return `made revision ${revision} although it was called after an answer that showed it or a later one`;
    case 'stale':
      if (operation.kind === 'absent') return 'found no stream, and there is one from the start';
      return other === undefined
        ? `saw revision ${revision}, and the stream begins with a later one`
        : `saw revision ${revision} although it was called after an answer that showed a later one`;
    case 'unfilled':
      return `does not follow on revision ${revision}, whichever operations of unknown outcome made the revisions that nobody was told of`;
    default:
      return problem satisfies never;
  }
}

function versioned({ id, call, return: end, input }: Operation<StreamRequest>): StreamOperation | undefined {
  const { kind, shown } = input;
  if (kind !== 'effect')
    return {
      id,
      call,
      return: end,
      kind,
      shown,
      ...(input.input === undefined ? {} : { input: input.input }),
    };
  if (input.input === undefined || shown.revision === undefined) return undefined;
  return { id, call, return: end, kind, input: input.input, revision: shown.revision, shown };
}

/** Effects by revision; each observation behind the effect whose state it saw, in the order of the answers. */
function orderOf(model: StreamModel, initial: StreamState, list: readonly StreamOperation[]): number[] {
  const seen = new Map<StreamOperation, number>();
  checkVersionOrder(model, initial, list, (operation, revision) => seen.set(operation, revision));
  const rank = (operation: StreamOperation): number => (operation.kind === 'effect' ? 0 : 1);
  return [...list]
    .sort(
      (a, b) => (seen.get(a) as number) - (seen.get(b) as number) || rank(a) - rank(b) || a.return - b.return,
    )
    .map((operation) => operation.id);
}

function problemOf({
  problem,
  revision,
  state,
  operation,
}: Extract<VersionOrderResult, { verdict: 'illegal' }>): string {
  const at = state === undefined ? '' : describeState(state);
  switch (problem) {
    case 'repeat':
      return `made revision ${revision}, which was there already`;
    case 'gap':
      return `comes after revision ${revision}, which nobody made`;
    case 'refused':
      return `took effect on a stream at ${at}, where it must be refused or change nothing`;
    case 'answer':
      return `must have made ${at}`;
    case 'order':
      return `made revision ${revision} although it was called after an answer that showed a later state (${at})`;
    case 'stale':
      return operation.kind === 'absent'
        ? 'found no stream, and there is one from the start'
        : `saw what neither the state at its call (${at}) nor any that followed until its answer explains`;
    default:
      return problem satisfies never;
  }
}

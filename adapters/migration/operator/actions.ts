/** What each step does once its gates have passed. The next call of a step continues what an earlier call left half done. */
import type { StepName } from '../../contract/migration/moveSteps.ts';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isStorageError,
  READ_SURFACES,
  type Awaitable,
  type BackfillProgress,
  type FailedCopy,
  type Migration,
  type ReadShares,
  type SideDifference,
  type Stage,
  type Unread,
} from '../../contract/index.ts';
import { minShare } from './course.ts';
import type { MarkedStep, SideMark } from './facts.ts';
import { settledGates, type Bounds, type Gate } from './gates.ts';
import { look, markKey, SIDE_KEY } from './look.ts';
import { readOwn, removeOwn, writeOwn } from './ownTokens.ts';
import { Meter, type StepProgress } from './progress.ts';
import { rehearse } from './rehearse.ts';
import { shadowGate, shadowGrowth } from './shadow.ts';

export interface ActionContext {
  readonly migration: Migration;
  readonly settings: Settings;
  readonly signal: AbortSignal;
  readonly progress: (progress: StepProgress) => void;
  /** Rejects with CONFLICT when another operator has the lock. Long actions call it now and then. */
  readonly keepLock: () => Promise<void>;
}

/** Times in milliseconds. */
export interface Settings extends Bounds {
  /** How many records a batch has, and how many differences are asked for at once. */
  readonly batch: number;
  /** How long to wait until the fleet obeys an order. */
  readonly settleMs: number;
  /** How long to wait for gates that pass by themselves: instances register, sections end, copies are made. */
  readonly waitMs: number;
  /** How long open sections may take to end at a hand over. */
  readonly drainMs: number;
  /** The percentages of keys that the new side answers, one after the other. The last one is 100. */
  readonly shares: readonly number[];
  /** How long each share lasts. */
  readonly holdMs: number;
  /** Whether to finish although clients may still ask again for answers that the old side has given. */
  readonly despiteLifetimes: boolean;
}

/** The result of an action. */
export interface Acted {
  readonly figures: Readonly<Record<string, number>>;
  /** The gates that kept the action from its end, with their figures. Empty: the action is done. */
  readonly short: readonly Gate[];
  /** Lines for the operator to read: the differences that were found. */
  readonly found: readonly string[];
  /** Whether the operator stopped the action before its end. */
  readonly stopped: boolean;
}

const DONE: Acted = { figures: {}, short: [], found: [], stopped: false };

type Action = (context: ActionContext) => Promise<Acted>;

export const ACTIONS: Readonly<Record<StepName, Action>> = {
  schema: async ({ migration }) => {
    // The old side was marked before the gates.
    const mark = JSON.parse((await readOwn(migration.old, SIDE_KEY))?.body ?? '{}') as SideMark;
    await writeOwn(migration.new, SIDE_KEY, { ...mark, side: 'new' });
    return DONE;
  },
  begin: async ({ migration }) => {
    const { epoch } = await migration.begin();
    return { ...DONE, figures: { epoch } };
  },
  bridged: (context) => order(context, 'bridged'),
  dual: (context) => order(context, 'dual'),
  backfill,
  compare: compareSides,
  rehearse: rehearseWayBack,
  reads: moveReads,
  'hand-over': handOver,
  finish: endMove,
};

/**
 * Marks the old side as that of a move, before the new side is looked at. If both are one storage, the new side then shows
 * the mark, too. Returns whether the old side had no mark before.
 */
export async function markOldSide({ old }: Migration): Promise<boolean> {
  if ((await readOwn(old, SIDE_KEY)) !== undefined) return false;
  await writeOwn(old, SIDE_KEY, { move: randomUUID(), side: 'old' } satisfies SideMark);
  return true;
}

/** Orders the stage unless it is ordered already. Waits until the fleet obeys and all earlier sections have ended. */
export async function order(context: ActionContext, stage: Stage): Promise<Acted> {
  const { migration } = context;
  const { control } = await migration.status();
  if ((control?.stage ?? 'before') !== stage) await migration.instruct({ stage });
  return settle(context, stage, stage);
}

export const LOOK_MS = 100;

async function settle(
  context: ActionContext,
  stage: Stage,
  step: StepName | 'before' | 'cut-over',
): Promise<Acted> {
  const { migration, settings, signal, progress } = context;
  const until = performance.now() + settings.settleMs;
  for (;;) {
    const facts = await look(migration);
    const gates = settledGates(stage, facts, settings);
    const short = gates.filter(({ passed }) => !passed);
    const { instances } = facts.status;
    const figures = { version: facts.status.control?.version ?? 0, instances: instances.length };
    if (short.length === 0) return { ...DONE, figures };
    if (signal.aborted) return { ...DONE, figures, short, stopped: true };
    if (performance.now() >= until) return { ...DONE, figures, short };
    const done = instances.filter(({ control }) => control >= figures.version).length;
    const isStep = step !== 'before' && step !== 'cut-over';
    progress({ step: isStep ? step : 'reads', what: 'instances that obey', done, total: instances.length });
    await pause(LOOK_MS, signal);
    await context.keepLock();
  }
}

async function backfill(context: ActionContext): Promise<Acted> {
  const { migration, settings, signal, progress } = context;
  const counted = { examined: 0, copied: 0, removed: 0, failed: 0 };
  const found: string[] = [];
  for (;;) {
    if (signal.aborted) return { ...DONE, figures: { ...counted }, found, stopped: true };
    const batch = await migration.backfill(settings.batch);
    counted.examined += batch.examined;
    counted.copied += batch.copied;
    counted.removed += batch.removed;
    counted.failed += batch.failed.length;
    found.push(...batch.failed.map(failedText));
    progress(passed(batch));
    if (batch.done) {
      await mark(migration, 'backfill', counted);
      return { ...DONE, figures: counted, found };
    }
    await context.keepLock();
  }
}

function passed({ position, total, perSecond }: BackfillProgress): StepProgress {
  const known = total === undefined ? {} : { total: Math.max(total, position) };
  const left =
    total === undefined || perSecond <= 0
      ? {}
      : { leftMs: (1000 * Math.max(0, total - position)) / perSecond };
  return { step: 'backfill', what: 'records looked at', done: position, perSecond, ...known, ...left };
}

/** Repairs what is owed, and compares. The figures are kept, whether the sides are equal or not. */
async function compareSides(context: ActionContext): Promise<Acted> {
  const { migration, settings, signal, progress } = context;
  const meter = new Meter('compare', 'writes repaired');
  let repaired = 0;
  for (;;) {
    const round = await migration.repair(settings.batch);
    repaired += round.repaired;
    if (round.repaired > 0) progress(meter.add(round.repaired));
    await context.keepLock();
    if (signal.aborted) return { ...DONE, figures: { repaired }, stopped: true };
    if (round.owed === 0 || round.repaired === 0) break;
  }
  progress({ step: 'compare', what: 'records compared', done: 0 });
  const { compared, differences, owed, unread } = await migration.compare(settings.batch);
  const figures = { compared, differences: differences.length, unread: unread.length, owed, repaired };
  await mark(migration, 'compare', figures);
  return { ...DONE, figures, found: [...differences.map(differenceText), ...unread.map(unreadText)] };
}

async function rehearseWayBack({ migration, progress }: ActionContext): Promise<Acted> {
  progress({ step: 'rehearse', what: 'writers, records and pages tried', done: 0 });
  const { writers, records, pages, failed } = await rehearse(migration);
  const figures = { tried: writers + records + pages, writers, records, pages, failed: failed.length };
  await mark(migration, 'rehearse', figures);
  return { ...DONE, figures, found: failed };
}

async function moveReads(context: ActionContext): Promise<Acted> {
  const { migration, settings, signal, progress } = context;
  const before = await migration.status();
  const from = minShare(before.control?.reads);
  let figures: Acted['figures'] = { percent: from };
  for (const share of settings.shares.filter((one) => one > from)) {
    const settled = await readOnNew(context, { ...allAt(share), idempotency: 0 });
    if (settled.short.length > 0) return settled;
    progress({ step: 'reads', what: 'percent of keys', done: share, total: 100 });
    await pause(share < 100 ? settings.holdMs : 0, signal);
    await context.keepLock();
    const seen = shadowGrowth(before.instances, (await migration.status()).instances);
    figures = { percent: share, ...seen };
    // Reads during a write may differ for a moment. The comparison finds out whether a difference persists.
    const compared = seen.shadowDiffered > 0 ? await compareSides(context) : DONE;
    if (compared.found.length > 0)
      return { ...compared, figures, short: [shadowGate(compared.found.length, seen)] };
    if (signal.aborted && share < 100) return { ...DONE, figures, stopped: true };
  }
  // Tokens move last, with their stored answers.
  const settled = await readOnNew(context, allAt(100));
  return settled.short.length > 0 ? settled : { ...DONE, figures };
}

async function readOnNew(context: ActionContext, reads: ReadShares): Promise<Acted> {
  const order = { stage: 'cut-over', reads, shadow: minShare(reads) < 100 } as const;
  await onceCopied(context, () => context.migration.instruct(order));
  return settle(context, 'cut-over', 'reads');
}

function allAt(share: number): ReadShares {
  return Object.fromEntries(READ_SURFACES.map((surface) => [surface, share])) as unknown as ReadShares;
}

async function handOver({ migration, settings }: ActionContext): Promise<Acted> {
  const { gapMs, ended, copied, requeued, epoch } = await migration.handOver('new', {
    drainMs: settings.drainMs,
  });
  const figures = { epoch, gapMs, ended, copied, requeued };
  await mark(migration, 'hand-over', figures);
  return { ...DONE, figures };
}

async function endMove(context: ActionContext): Promise<Acted> {
  const { migration, settings } = context;
  const { epoch } = await onceCopied(context, async () => {
    try {
      return await migration.finish({ despiteLifetimes: settings.despiteLifetimes });
    } catch (error) {
      const { authority } = await migration.status();
      if (authority.finished) return authority;
      throw error;
    }
  });
  return { ...DONE, figures: { epoch } };
}

/** How often an action is tried while writes are in progress. */
const COPIED_TRIES = 50;

/** The latest writes may still owe a copy, and the action is refused for it: repairs them, and tries again. */
async function onceCopied<T>(
  { migration, settings, signal }: ActionContext,
  action: () => Awaitable<T>,
): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await action();
    } catch (error) {
      const owes = isStorageError(error) && Number(error.details['owed'] ?? 0) > 0;
      if (!owes || tried === COPIED_TRIES || signal.aborted) throw error;
      await migration.repair(settings.batch);
    }
  }
}

/** Stores on the deciding side that the step was done in this epoch. */
async function mark(migration: Migration, step: MarkedStep, figures: Acted['figures']): Promise<void> {
  const { authority } = await migration.status();
  const side = authority.decides === 'new' ? migration.new : migration.old;
  await writeOwn(side, markKey(step), { epoch: authority.epoch, figures });
}

export async function unmark(migration: Migration, steps: readonly MarkedStep[]): Promise<void> {
  for (const step of steps)
    for (const side of [migration.old, migration.new])
      if ((await readOwn(side, markKey(step))) !== undefined) await removeOwn(side, markKey(step));
}

export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // The caller looks at the signal.
  }
}

function differenceText({ kind, id, what, fields = [], limit }: SideDifference): string {
  const where = fields.length > 0 ? ` in ${fields.join(', ')}` : '';
  return `${kind} ${JSON.stringify(id)}: ${what}${where}${limit === undefined ? '' : `, in pages of ${limit}`}`;
}

function failedText({ kind, id, reason }: FailedCopy): string {
  return `${kind} ${id === undefined ? 'of some worker' : JSON.stringify(id)} could not be copied, and stays owed: ${reason}`;
}

function unreadText({ kind, id, from, reason }: Unread): string {
  return `${kind}${id === undefined ? '' : ` ${JSON.stringify(id)}`} of the ${from} side could not be read: ${reason}`;
}

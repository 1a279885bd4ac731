/** Reads the facts that the operator needs. Nothing is written. */
import {
  compareTimestamps,
  encodeScanCursor,
  MOVED_KINDS,
  timestampOf,
  type IdempotencyStore,
  type Migration,
  type StorageAdapter,
} from '../../contract/index.ts';
import { defined } from '../../contract/defined.ts';
import { isOwnToken } from '../sides/owed.ts';
import { owedFor, scanOf } from '../sides/kinds.ts';
import { everyRow, lacksOf, storesOf } from '../sides/sides.ts';
import {
  MARKED_STEPS,
  type Facts,
  type MarkedStep,
  type SideFacts,
  type SideMark,
  type StepMark,
} from './facts.ts';
import { readOwn, stateOf } from './ownTokens.ts';

/** Where the mark of a side is kept. */
export const SIDE_KEY = 'side';

/** Where the mark of a step is kept. */
export function markKey(step: MarkedStep): string {
  return `step-${step}`;
}

export interface LookOptions {
  /** Whether the schemas are checked, too. */
  readonly schema?: boolean;
}

export async function look(migration: Migration, { schema = false }: LookOptions = {}): Promise<Facts> {
  const status = await migration.status();
  const [old, other] = await Promise.all([sideOf(migration.old, schema), sideOf(migration.new, schema)]);
  const first = status.authority.decides === 'new' ? migration.new : migration.old;
  const second = first === migration.old ? migration.new : migration.old;
  const marks: Partial<Record<MarkedStep, StepMark>> = {};
  for (const step of MARKED_STEPS) {
    const mark = (await readOwn(first, markKey(step))) ?? (await readOwn(second, markKey(step)));
    if (mark !== undefined) marks[step] = { ...(JSON.parse(mark.body) as StepMark), at: mark.createdAt };
  }
  const times = [
    ...status.instances.map(({ at }) => at),
    ...(status.control === undefined ? [] : [status.control.at]),
    ...Object.values(marks).map(({ at }) => at),
  ];
  return {
    old,
    new: other,
    status,
    marks,
    now: latest(times, status.instances.length > 0),
  };
}

/** The storage's time is that of its latest record. If no instance registers, the time of this process counts, too. */
function latest(times: readonly string[], isRegistered: boolean): string {
  const all = isRegistered ? times : [...times, timestampOf(() => Date.now())];
  return all.reduce((last, time) => (compareTimestamps(time, last) > 0 ? time : last));
}

async function sideOf(side: StorageAdapter, withSchema: boolean): Promise<SideFacts> {
  const stored = await readOwn(side, SIDE_KEY);
  const mark = stored === undefined ? undefined : (JSON.parse(stored.body) as SideMark);
  const schema = withSchema ? await side.schema?.check() : undefined;
  // Nobody needs it if the side is marked.
  const record = mark === undefined ? await firstRecord(side) : undefined;
  return {
    lacks: lacksOf(side),
    authority: await stateOf(side),
    ...defined({ schema, mark, record }),
  };
}

/** A record that is not the migration's own. */
async function firstRecord(side: StorageAdapter): Promise<SideFacts['record']> {
  const stores = storesOf(side);
  for (const kind of MOVED_KINDS) {
    if (kind === 'idempotency') {
      const token = stores.idempotency === undefined ? undefined : await firstToken(stores.idempotency);
      if (token !== undefined) return { kind, id: token };
      continue;
    }
    const [row] = (await scanOf(stores, kind)?.({ limit: 1 }))?.items ?? [];
    const id = row === undefined ? undefined : owedFor(kind, row)?.id;
    if (id !== undefined) return { kind, id };
  }
  return undefined;
}

/** A token behind all of the migration's own tokens. */
const OWN_TOKENS_END = 'migration;';

async function firstToken(store: IdempotencyStore): Promise<string | undefined> {
  const [first] = (await store.scan({ limit: 1 })).items;
  if (first !== undefined && !isOwnToken(first.token)) return first.token;
  // The search continues behind the migration's own tokens, which stand together.
  const rest = everyRow((request) => store.scan(request), 1, encodeScanCursor(OWN_TOKENS_END));
  for await (const { token } of rest) if (!isOwnToken(token)) return token;
  return undefined;
}

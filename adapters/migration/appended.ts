/** Looks for an appended record of which no more than a few fields are known. */
import type { ActivityEvent, ExportAuditRecord } from '../contract/index.ts';
import type { Owed } from './owed.ts';
import { everyRow, type Stores } from './sides.ts';

type OwedAppend = Extract<Owed, { readonly kind: 'activity' | 'audit' }>;

const PAGE = 100;

/** The record, or undefined where the side has none: it was never stored, or never committed. */
export async function appended(
  { activity, audit }: Stores,
  owed: OwedAppend,
): Promise<ActivityEvent | ExportAuditRecord | undefined> {
  if (owed.record !== undefined) return owed.record;
  if (owed.kind === 'activity') {
    if (activity === undefined) return undefined;
    const { type, streamId } = owed;
    const filter = streamId === undefined ? { type } : { type, streamId };
    return first(
      everyRow((request) => activity.list({ ...request, ...filter }), PAGE),
      owed.id,
    );
  }
  if (audit === undefined) return undefined;
  const { exportId } = owed;
  return first(
    everyRow((request) => audit.list({ ...request, exportId }), PAGE),
    owed.id,
  );
}

async function first<T extends { readonly id: string }>(
  rows: AsyncGenerator<T>,
  id: string,
): Promise<T | undefined> {
  for await (const row of rows) if (row.id === id) return row;
  return undefined;
}

import type { Pool } from 'pg';
import type { ActivityEvent, Page, StreamRepository } from '../../contract/index.ts';
import { schemaOf } from '../../postgres/target/namespace.ts';
import type { Equivalent } from '../mutant.ts';
import { closingPool, openPool } from '../pool.ts';
import { replaceOuterStore } from '../stores.ts';

type ListActivity = NonNullable<StreamRepository['activity']>['list'];

/**
 * The begin of the oldest open transaction. A list that is read in a later statement shows everything of the
 * transactions that are no longer open.
 */
const HORIZON = `SELECT least(statement_timestamp(), min(xact_start))::text AS horizon FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend'`;

/**
 * Lists over several streams, outside of views, hide events that were stamped after the oldest open transaction
 * began. No older event can then appear before the shown ones. A horizon of transaction ids is not enough, because
 * timestamps do not follow their order.
 */
export const xminHorizon: Equivalent = {
  name: 'xmin-horizon',
  reason:
    'A list over several streams ends before the oldest open transaction, so no reader of its tail misses an event.',
  bases: ['postgres', 'postgres-lease'],
  capabilities: { tailComplete: true },
  mutate: async (adapter, seed) => {
    const pool = await openPool(seed, 2);
    const table = `"${schemaOf(seed.options.namespace)}".activity_events`;
    const behind = replaceOuterStore(adapter, 'activity', (store) => ({
      ...store,
      list: behindHorizon(pool, table, (request) => store.list(request)),
    }));
    return closingPool(behind, pool);
  },
};

function behindHorizon(pool: Pool, table: string, list: ListActivity): ListActivity {
  return async (request) => {
    if (request.streamId !== undefined) return list(request);
    const horizon = await pool.query<{ horizon: string }>(HORIZON);
    let page = await list(request);
    // Read after the page, so that every event of the page beyond the horizon is found.
    const beyond = await pool.query<{ id: string }>(
      `SELECT id FROM ${table} WHERE occurred_at_digits IS NULL AND occurred_at >= $1::timestamptz`,
      [horizon.rows[0]?.horizon],
    );
    const hidden = new Set(beyond.rows.map(({ id }) => id));
    let shown = visible(page, hidden);
    while (shown.items.length === 0 && page.nextCursor !== undefined) {
      page = await list({ ...request, cursor: page.nextCursor });
      shown = visible(page, hidden);
    }
    return shown;
  };
}

function visible(page: Page<ActivityEvent>, hidden: ReadonlySet<string>): Page<ActivityEvent> {
  return { ...page, items: page.items.filter(({ id }) => !hidden.has(id)) };
}

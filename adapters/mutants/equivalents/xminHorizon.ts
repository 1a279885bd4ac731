import type { Pool } from 'pg';
import type { ActivityEvent, Page, StreamRepository } from '../../contract/index.ts';
import { schemaOf } from '../../postgres/target/namespace.ts';
import type { Equivalent } from '../mutant.ts';
import { closingPool, openPool } from '../pool.ts';
import { replaceOuterStore } from '../stores.ts';

type ListActivity = NonNullable<StreamRepository['activity']>['list'];

/**
 * When the oldest open transaction began. Whoever reads the list in a later statement sees everything of the
 * transactions that are not among these.
 */
const HORIZON = `SELECT least(statement_timestamp(), min(xact_start))::text AS horizon FROM pg_stat_activity
  WHERE datname = current_database() AND backend_type = 'client backend'`;

/**
 * Lists over several streams, outside of views, hide what was stamped since the oldest open transaction began: of what
 * they show, nothing older can appear any more. A horizon of transaction ids would not do, as stamps do not follow them.
 */
export const xminHorizon: Equivalent = {
  name: 'xmin-horizon',
  reason:
    'A list over several streams ends before the oldest open transaction, so that no tail of it misses an event.',
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
    // After the page, so that everything of it that is beyond the horizon is among them.
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

/**
 * Which rows were written since a moment. Each row stores the id of the transaction that wrote it (`xmin`), and ids
 * grow in the order in which transactions begin. A moment is the oldest transaction that had not ended: whatever was
 * not visible then has at least this id, even if a savepoint gave it an id of its own. Ids mean nothing on another
 * server. After a restore the server may assign ids again, and a restore involves a start, so a moment also contains
 * when the server was started.
 */
import { codeOf, type Changes, type MovedKind } from '../../contract/index.ts';
import type { Session, Statement } from '../sql/sql.ts';
import { IDS_OF_TRANSACTIONS, sumOf, type BulkStatements } from './bulkSql.ts';

const NOW: Statement = {
  name: 'bulk.now',
  kind: 'read',
  text: `SELECT extract(epoch FROM pg_postmaster_start_time())::text AS life,
      pg_snapshot_xmin(snapshot)::text AS oldest, pg_snapshot_xmax(snapshot)::text AS next
    FROM pg_current_snapshot() AS snapshot`,
};

/** With more transactions in between, an id no longer identifies one transaction. */
const MAX_BETWEEN = BigInt(IDS_OF_TRANSACTIONS) / 2n;

interface Now {
  /** The time at which the server was started. */
  readonly life: string;
  readonly oldest: bigint;
  readonly next: bigint;
}

export function createChanges(session: Session, of: (kind: MovedKind) => BulkStatements): Changes {
  const look = async (): Promise<Now | undefined> => {
    try {
      const [row] = (await session.run(NOW, [])).rows;
      return {
        life: row?.['life'] as string,
        oldest: BigInt(row?.['oldest'] as string),
        next: BigInt(row?.['next'] as string),
      };
    } catch (error) {
      // The role may not ask, or the server does not know.
      if (codeOf(error) === 'UNAVAILABLE') throw error;
      return undefined;
    }
  };
  return {
    now: () =>
      session.read(async () => {
        const now = await look();
        return now && `${now.life}-${now.oldest}`;
      }),
    since: (kind, moment, limit) =>
      session.read(async () => {
        const now = await look();
        const split = moment.lastIndexOf('-');
        if (now === undefined || moment.slice(0, split) !== now.life) return undefined;
        const first = BigInt(moment.slice(split + 1));
        if (now.next - first >= MAX_BETWEEN) return undefined;
        const params = [String(BigInt.asUintN(32, first)), String(now.next - first), limit + 1];
        const { rows } = await session.run(of(kind).since, params);
        return rows.length > limit ? undefined : rows.map((row) => row['id'] as string);
      }),
    idSum: (kind, range) =>
      session.read(async () => sumOf(await session.run(...of(kind).range('idSum', range)))),
  };
}

import { validateId, validateUser, type UserRecord, type UserStore } from '../../contract/index.ts';
import { createScan } from '../sql/pages.ts';
import {
  asText,
  insertSql,
  optional,
  qualified,
  selectList,
  STAMPED,
  timeColumns,
  timeIn,
  timeParams,
  type Column,
  type Row,
  type Session,
  type Statement,
} from '../sql/sql.ts';

export const COLUMNS: readonly Column[] = [
  ['wallet_address', 'text'],
  ['display_name', 'text'],
  ['email', 'text'],
  ...timeColumns('created_at'),
  ...timeColumns('updated_at'),
];

/** Creates the user stores of `schema`, one per session. */
export function userStores(schema: string): (session: Session) => UserStore {
  const table = qualified(schema, 'users');
  const columns = selectList(COLUMNS);
  const get: Statement = {
    name: 'users.get',
    kind: 'read',
    text: `SELECT ${columns} FROM ${table} WHERE wallet_address = $1::text`,
  };
  const put: Statement = {
    name: 'users.put',
    kind: 'write',
    // $4 is the given creation time. Without it, an existing user keeps its own.
    text: `${insertSql(table, COLUMNS, { created_at: STAMPED, updated_at: STAMPED })}
      ON CONFLICT (wallet_address) DO UPDATE SET
        display_name = excluded.display_name,
        email = excluded.email,
        created_at = CASE WHEN $4::timestamptz IS NULL THEN stored.created_at ELSE excluded.created_at END,
        created_at_digits =
          CASE WHEN $4::timestamptz IS NULL THEN stored.created_at_digits ELSE excluded.created_at_digits END,
        updated_at = excluded.updated_at,
        updated_at_digits = excluded.updated_at_digits
      RETURNING ${columns}`,
  };
  const scan = createScan({
    name: 'users',
    table,
    columns: COLUMNS,
    id: 'wallet_address',
    fromRow,
    idOf: (user: UserRecord) => user.walletAddress,
  });
  return (session) => ({
    get: (walletAddress) =>
      session.read(async () => {
        validateId(walletAddress, 'walletAddress');
        const { rows } = await session.run(get, [walletAddress]);
        return rows[0] === undefined ? undefined : fromRow(rows[0]);
      }),
    put: (user) =>
      session.write(async () => {
        validateUser(user);
        const { rows } = await session.run(put, [
          user.walletAddress,
          user.displayName ?? null,
          user.email ?? null,
          ...timeParams(user.createdAt),
          ...timeParams(user.updatedAt),
        ]);
        return fromRow(rows[0] as Row);
      }),
    scan: (request) => session.read(() => scan(session, request)),
  });
}

export function fromRow(row: Row): UserRecord {
  return {
    walletAddress: row['wallet_address'] as string,
    ...optional('displayName', row['display_name'], asText),
    ...optional('email', row['email'], asText),
    createdAt: timeIn(row, 'created_at'),
    updatedAt: timeIn(row, 'updated_at'),
  };
}

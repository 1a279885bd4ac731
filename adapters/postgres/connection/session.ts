/** Calls outside sections: each statement is a transaction of its own. */
import { closed } from '../../contract/rules/refusals.ts';
import type { Connections } from './connections.ts';
import { translate } from '../errors.ts';
import type { Session } from '../sql/sql.ts';

export function createSession(connections: Connections): Session {
  async function whileOpen<R>(action: () => Promise<R>): Promise<R> {
    if (connections.ended.aborted) throw closed('instance');
    try {
      return await action();
    } catch (error) {
      throw translate(error, 'read');
    }
  }
  return {
    read: whileOpen,
    write: whileOpen,
    async run(statement, params) {
      const connection = await connections.take(connections.patience);
      try {
        return await connection.run(statement, params);
      } catch (error) {
        throw translate(error, statement.kind);
      } finally {
        connection.release();
      }
    },
  };
}

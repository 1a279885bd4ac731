import { validateId, validateUser, type UserRecord, type UserStore } from '../../contract/index.ts';
import { copy, copyWith } from '../copy.ts';
import { scanPage } from '../page.ts';
import type { Session } from '../session.ts';

export function createUserStore(session: Session): UserStore {
  const rows = session.tables.users;
  return {
    get: (walletAddress) =>
      session.read(() => {
        validateId(walletAddress, 'walletAddress');
        return copy(rows.get(walletAddress));
      }),
    put: (user) =>
      session.write(() => {
        validateUser(user);
        const stamp = session.stamp();
        const createdAt = rows.get(user.walletAddress)?.createdAt ?? stamp;
        const record: UserRecord = copyWith(user, { createdAt, updatedAt: stamp });
        rows.set(record, 'any');
        return copy(record);
      }),
    scan: (request) => session.read(() => scanPage(rows, request)),
  };
}

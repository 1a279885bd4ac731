/** The stores of one schema. Their SQL is built once and then bound to each session. */
import type {
  ActivityStore,
  ExportAuditStore,
  ExportJobStore,
  IdempotencyStore,
  IdempotencyView,
  StreamStore,
  UserStore,
} from '../../contract/index.ts';
import { activityStores } from './activity.ts';
import { exportAuditStores } from './audit.ts';
import { exportClaimStores } from './exportClaims.ts';
import { exportJobStores } from './exports.ts';
import { idempotencyStores } from './idempotency.ts';
import { idempotencyClaimStores } from './idempotencyClaims.ts';
import { createOpenings, type Openings } from './opening.ts';
import type { Session } from '../sql/sql.ts';
import { streamStores } from './streams.ts';
import { userStores } from './users.ts';

type Bound<T> = (session: Session) => T;

export interface Stores {
  readonly streams: Bound<StreamStore>;
  readonly users: Bound<UserStore>;
  readonly activity: Bound<ActivityStore>;
  readonly idempotency: Bound<IdempotencyStore>;
  readonly idempotencyView: Bound<IdempotencyView>;
  readonly jobs: Bound<ExportJobStore>;
  readonly audit: Bound<ExportAuditStore>;
  readonly openings: Openings;
}

export function createStores(schema: string): Stores {
  const idempotency = idempotencyStores(schema);
  const executions = idempotencyClaimStores(schema);
  const jobs = exportJobStores(schema);
  const work = exportClaimStores(schema);
  return {
    streams: streamStores(schema),
    users: userStores(schema),
    activity: activityStores(schema),
    idempotency: (session) => ({ ...idempotency.store(session), ...executions(session) }),
    idempotencyView: idempotency.view,
    jobs: (session) => ({ ...jobs(session), ...work(session) }),
    audit: exportAuditStores(schema),
    openings: createOpenings(schema),
  };
}

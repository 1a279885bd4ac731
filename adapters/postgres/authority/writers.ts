/** The names of writers in the database, and the errors by which it refuses them. */
import {
  accepts,
  fenced,
  WRITER_ROLES,
  type AuthorityState,
  type StorageError,
  type Writer,
  type WriterRole,
} from '../../contract/index.ts';

/** The SQLSTATE that judge_writer raises. Its detail is the stored state. */
export const FENCED_STATE = 'LS001';

/** The name of a writer: `7:deciding`. Empty for a writer without an epoch. */
export function writerText(writer: Writer | undefined): string {
  return writer === undefined ? '' : `${writer.epoch}:${writer.role}`;
}

/** The name that stands for every writer with an epoch while the storage is in epoch 0. */
const ANY_IN_EPOCH_0 = '0:*';

/**
 * The names of the writers that `expected` accepts and `next` refuses. Sections hold shared locks under these names.
 */
export function refusedNames(expected: AuthorityState, next: AuthorityState): string[] {
  const { epoch } = expected;
  const own: Writer = { epoch, role: expected.decides ? 'deciding' : 'copying' };
  const named = epoch === 0 ? [ANY_IN_EPOCH_0] : accepts(next, own) ? [] : [writerText(own)];
  return accepts(expected, undefined) && !accepts(next, undefined)
    ? [...named, writerText(undefined)]
    : named;
}

/** Turns PostgreSQL's refusal into FENCED, with the stored state in `details`. */
export function fencedBy(error: unknown): StorageError {
  const { message = '', detail } = error as { readonly message?: string; readonly detail?: string };
  return fenced(writerIn(/"(.*)"/.exec(message)?.[1] ?? ''), stateIn(detail), error);
}

function writerIn(text: string): Writer | undefined {
  const [epoch = '', role] = text.split(':');
  return WRITER_ROLES.some((one) => one === role)
    ? { epoch: Number(epoch), role: role as WriterRole }
    : undefined;
}

/** The stored state. Undefined: the server's message was cut or translated on its way. */
function stateIn(detail: string | undefined): AuthorityState | undefined {
  try {
    const { epoch, decides, admitsUnmarked } = JSON.parse(detail ?? '') as AuthorityState;
    return { epoch, decides, admitsUnmarked };
  } catch {
    return undefined;
  }
}

/** Writers as the database knows them, and its refusals. */
import {
  accepts,
  fenced,
  WRITER_ROLES,
  type AuthorityState,
  type StorageError,
  type Writer,
  type WriterRole,
} from '../../contract/index.ts';

/** Raised by judge_writer, whose detail is the state that is stored. */
export const FENCED_STATE = 'LS001';

/** `7:deciding`; empty: a writer of no epoch. */
export function writerText(writer: Writer | undefined): string {
  return writer === undefined ? '' : `${writer.epoch}:${writer.role}`;
}

/** Stands for every writer that names an epoch, while the storage is in epoch 0. */
const ANY_IN_EPOCH_0 = '0:*';

/** The names of the writers that `expected` accepts and `next` refuses, as those who write share their locks. */
export function refusedNames(expected: AuthorityState, next: AuthorityState): string[] {
  const { epoch } = expected;
  const own: Writer = { epoch, role: expected.decides ? 'deciding' : 'copying' };
  const named = epoch === 0 ? [ANY_IN_EPOCH_0] : accepts(next, own) ? [] : [writerText(own)];
  return accepts(expected, undefined) && !accepts(next, undefined)
    ? [...named, writerText(undefined)]
    : named;
}

/** The refusal that PostgreSQL has answered with. */
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

/** Where the server's messages are cut or translated on their way, the refusal stands without it. */
function stateIn(detail: string | undefined): AuthorityState | undefined {
  try {
    const { epoch, decides, admitsUnmarked } = JSON.parse(detail ?? '') as AuthorityState;
    return { epoch, decides, admitsUnmarked };
  } catch {
    return undefined;
  }
}

/** What tests of the authority share: its states, its writers, and the code that a call ends with. */
import {
  codeOf,
  type Authority,
  type AuthorityState,
  type StorageAdapter,
  type Writer,
} from '../../contract/index.ts';
import type { PostgresOptions } from '../options.ts';
import type { FullAdapter, TestServer } from './server.ts';

export const decides: AuthorityState = { epoch: 1, decides: true, admitsUnmarked: true };
export const handedOver: AuthorityState = { epoch: 2, decides: false, admitsUnmarked: false };
export const deciding = (epoch: number): Writer => ({ epoch, role: 'deciding' });
export const copying = (epoch: number): Writer => ({ epoch, role: 'copying' });

type Opened = FullAdapter & { readonly authority: Authority };

/** Opens instances of the server, which have the surface authority. */
export function opening(
  server: TestServer,
): (namespace: string, options?: Partial<PostgresOptions>) => Promise<Opened> {
  return async (namespace, options) => (await server.open(namespace, options)) as Opened;
}

export function writerOf(adapter: StorageAdapter, writer: Writer): FullAdapter {
  return adapter.authority?.as(writer) as FullAdapter;
}

/** `none`: the call succeeded. `raw`: its error has no code. */
export async function codeFrom(promise: unknown): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return codeOf(error) ?? 'raw';
  }
}

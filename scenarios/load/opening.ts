/** What a process of a load opens. */
import type { Json } from '../../adapters/contract/index.ts';
import type { TargetReference } from '../host/index.ts';
import type { Hosting } from './hosting.ts';
import type { ResolvedLoad } from './options.ts';
import type { Proxies } from './proxies.ts';

export interface Opening {
  readonly target: TargetReference;
  readonly connection: Json;
  readonly namespace: string;
}

/** The number of the process that reads storage after the load, among those of services. */
export const AUDITOR = 0;

/** What a process opens that is started now, by its number; a service through its proxy, if there are any. */
export function openingsOf(
  { course, target }: ResolvedLoad,
  place: { readonly hosting: Hosting; readonly namespace: string; readonly proxies: Proxies | undefined },
): (service: number) => Opening {
  const { hosting, namespace, proxies } = place;
  if (course !== undefined) return (service) => course.openingOf(service, namespace);
  const isDirect = (service: number): boolean => proxies === undefined || service === AUDITOR;
  return (service) => ({
    target,
    connection: isDirect(service) ? hosting.connection : (proxies as Proxies).connectionOf(service),
    namespace,
  });
}

/** What a process of a load opens. */
import type { Json } from '../../../adapters/contract/index.ts';
import type { TargetReference } from '../../host/index.ts';

export interface Opening {
  readonly target: TargetReference;
  readonly connection: Json;
  readonly namespace: string;
}

/** The number of the process that reads storage after the load, among those of services. */
export const AUDITOR = 0;

/** What a process of a load opens. */
import type { Json } from '../../../adapters/contract/index.ts';
import type { TargetReference } from '../../host/index.ts';

export interface Opening {
  readonly target: TargetReference;
  readonly connection: Json;
  readonly namespace: string;
}

/** The number that stands for the process that reads the storage after the load, among the numbers of services. */
export const AUDITOR = 0;

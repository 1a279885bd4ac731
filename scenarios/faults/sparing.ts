/**
 * Decides which faults must not strike because they would harm others. kill-holder, freeze-holder and clock-skew strike
 * processes of the run, and network faults strike a proxy of the run. Faults that a target offers strike the server
 * itself.
 */
import { inWords } from '../inWords.ts';
import { LockstepError } from '../lockstepError.ts';
import { hideSecrets } from '../secrets.ts';
import { ALLOW_OPTION } from './allowOption.ts';
import { isOffered, isTargetFault, type FaultName, type Offered } from './catalog.ts';

export interface ServerRights {
  /** `embedded`, `docker` and `docker:IMAGE` start a server for the run. A URL names a running server. */
  readonly pg: string;
  /** Whether faults may harm others on a server that lockstep did not start. Default false. */
  readonly allowFaultsOnServer?: boolean;
}

/** A name of the server that lockstep did not start and must spare, for messages. Undefined: there is none. */
export function sparedServer({ pg, allowFaultsOnServer = false }: ServerRights): string | undefined {
  return allowFaultsOnServer || !/^[a-z]+:\/\//i.test(pg) ? undefined : hideSecrets(pg.replace(/\?.*$/, ''));
}

/** Why the fault must not strike. Undefined: it may. */
export function whySpared(name: FaultName, offered: Offered, rights: ServerRights): string | undefined {
  const server = sparedServer(rights);
  if (server === undefined || !isTargetFault(name) || !offered.faultsOnServer.includes(name))
    return undefined;
  return `it could harm others who use ${server}, which lockstep did not start. Use --pg embedded; or, if nobody else needs that server, ${ALLOW_OPTION}`;
}

/** Errors: USAGE for a fault that the target does not offer or that would harm others. */
export function requireFaults(
  names: readonly FaultName[],
  { spec, offered }: { readonly spec: string; readonly offered: Offered },
  rights: ServerRights,
): void {
  for (const name of names) {
    if (!isOffered(name, offered)) {
      const what = isTargetFault(name) ? `faults["${name}"]` : 'network';
      throw new LockstepError(
        'USAGE',
        `The fault ${name} needs ${what}, which the target ${spec} does not offer. Choose other faults, or add it to the target.`,
      );
    }
  }
  const spared = names.filter((name) => whySpared(name, offered, rights) !== undefined);
  const [first] = spared;
  if (first === undefined) return;
  throw new LockstepError(
    'USAGE',
    `The ${spared.length === 1 ? `fault ${first} is` : `faults ${inWords(spared)} are`} not allowed: ${whySpared(first, offered, rights)}.`,
  );
}

/** The hosts that play acts, and acts that one host plays alone. */
import { defined } from '../../../adapters/contract/defined.ts';
import { hasCode } from '../../lockstepError.ts';
import type { HostedAct } from '../process/commands.ts';
import { LinkedHost, type OpenedInstance } from '../process/host.ts';
import type { Link } from '../process/link.ts';
import type { ProgramHistory } from '../language/history.ts';
import type { Program, Schedule } from '../language/program.ts';

/** A program that is run with others, one after another, on the same instances. */
export interface Act {
  readonly program: Program;
  readonly schedule: Schedule;
  /** The time zones that the processes of the instances move into first. Default: they keep their zones. */
  readonly zones?: readonly string[];
}

export const EMPTY: ProgramHistory = { records: [], order: [], stuck: [], ghosts: [], lost: [] };

export class HostStage {
  readonly #instances: readonly OpenedInstance[];

  constructor(instances: readonly OpenedInstance[]) {
    this.#instances = instances;
  }

  /** The links to the hosts of the act's actors. */
  linksOf({ program }: Act): Link[] {
    return [...new Set(program.actors.map(({ instance }) => this.linkOf(instance)))];
  }

  linkOf(instance: number): Link {
    const opened = this.#instances[instance];
    if (opened === undefined)
      throw new RangeError(`Expected an instance below ${this.#instances.length}, got ${instance}.`);
    return linked(opened).link;
  }

  /** The ids of the instances of one host. Instances of other hosts are null, so that the others keep their indices. */
  idsOn(link: Link): (number | null)[] {
    return this.#instances.map((opened) => (linked(opened).link === link ? opened.id : null));
  }

  /** The zone that the host of `link` moves into for this act. */
  zoneOn(link: Link, { zones }: Act): { readonly zone?: string } {
    const zone = zones?.[this.idsOn(link).findIndex((id) => id !== null)];
    return defined({ zone });
  }

  /** The act in the form that is sent to the single host that plays it. */
  hosted(link: Link, act: Act): HostedAct {
    const { program, schedule } = act;
    return { program, schedule, ...this.zoneOn(link, act) };
  }

  /** Plays at least one act that the host of `link` can play alone. */
  playAlone(link: Link, acts: readonly Act[]): Promise<ProgramHistory[]> {
    const hosted = acts.map((act) => this.hosted(link, act));
    return orLost(link, () => link.request('run', { acts: hosted, instances: this.idsOn(link) }));
  }

  /** Marks hosts with unfinished work that nobody waits for any more, so that nobody else gets them. */
  poisonDirty(histories: readonly ProgramHistory[]): void {
    const dirty = new Set(
      histories
        .flatMap(({ stuck, lost }) => [...stuck, ...lost.filter(isGone)])
        .map(({ process }) => process),
    );
    for (const opened of this.#instances) if (dirty.has(opened.host.process)) linked(opened).poison();
  }
}

/**
 * The histories of acts that one host plays. If the host was lost, the last one is what is known of the current act.
 */
export async function orLost(
  link: Link,
  play: () => Promise<readonly ProgramHistory[]>,
): Promise<ProgramHistory[]> {
  const wasLost = link.lost !== undefined;
  try {
    return [...(await play())];
  } catch (error) {
    if (!hasCode(error, 'HOST_LOST')) throw error;
    const { act = 0, records = [], order = [], stuck = [] } = (wasLost ? undefined : link.lastWords) ?? {};
    // The histories of earlier acts were lost with the host.
    const earlier = Array.from({ length: act }, () => EMPTY);
    return [...earlier, { ...EMPTY, records, order, stuck, lost: [error.details] }];
  }
}

/** Whether the host is gone. A result that could not be sent does not affect its host. */
function isGone({ reason }: ProgramHistory['lost'][number]): boolean {
  return reason !== 'garbage';
}

function linked({ host }: OpenedInstance): LinkedHost {
  if (host instanceof LinkedHost) return host;
  throw new TypeError('Expected an instance that a host of this module opened.');
}

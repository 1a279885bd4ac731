/**
 * Acts that several hosts play together. The parent coordinates them, and one host may play others before and after.
 */
import { hasCode } from '../../lockstepError.ts';
import { runStopped } from '../../orStopped.ts';
import type { Note } from '../process/commands.ts';
import { Coordinator } from './coordinator.ts';
import type { Link } from '../process/link.ts';
import { normalize } from '../language/normalize.ts';
import { isBroken, type ProgramHistory } from '../language/history.ts';
import type { Program } from '../language/program.ts';
import { orLost, type Act, type HostStage } from './stage.ts';

export interface Together {
  /** Acts that one of the hosts of `act` plays alone. */
  readonly before: readonly Act[];
  readonly act: Act;
  /** Acts that a single host plays alone. They are played here if that host takes part in `act`. */
  readonly after: readonly Act[];
}

let runs = 0;

/**
 * The histories of the acts that were played: those before, then the act itself unless one of those broke, then those
 * after.
 */
export async function runTogether(
  stage: HostStage,
  { before, act, after }: Together,
): Promise<ProgramHistory[]> {
  runs += 1;
  const parts = new Parts(runs, stage, act);
  const coordinator = new Coordinator({ program: parts.program, schedule: act.schedule });
  parts.attend(coordinator);
  try {
    const earlier = await parts.begin(coordinator, before);
    if (earlier.some(isBroken)) {
      await parts.end([]);
      return earlier;
    }
    const { records, order, stuck } = await coordinator.run(parts);
    const { after: later, ...end } = await parts.end(stuck.length > 0 ? [] : after);
    const history = {
      records,
      order,
      stuck: stuck.map((step) => ({ ...step, process: parts.linkOf(step.actor).process })),
      ...end,
    };
    return isBroken(history) ? [...earlier, history] : [...earlier, history, ...later];
  } finally {
    parts.leave();
  }
}

interface End extends Pick<ProgramHistory, 'ghosts' | 'lost'> {
  readonly after: readonly ProgramHistory[];
}

/** The parts of one run, one per host. */
class Parts {
  readonly program: Program;
  readonly #run: number;
  readonly #stage: HostStage;
  readonly #act: Act;
  readonly #links: readonly Link[];
  /** The hosts that have begun their part. */
  readonly #begun = new Set<Link>();
  #leave: readonly (() => void)[] = [];

  constructor(run: number, stage: HostStage, act: Act) {
    this.#run = run;
    this.#stage = stage;
    this.#act = act;
    this.#links = stage.linksOf(act);
    this.program = normalize(act.program);
  }

  attend(coordinator: Coordinator): void {
    this.#leave = this.#links.map((link) =>
      link.listen(this.#run, {
        note: (note) => this.#hear(note, coordinator),
        lost: () => coordinator.lost(this.#actorsOf(link)),
      }),
    );
  }

  leave(): void {
    for (const leave of this.#leave) leave();
  }

  /**
   * Sends every host its part, and `before` to the host that plays it. A lost host plays nothing. Resolves to the
   * histories of `before`.
   */
  async begin(coordinator: Coordinator, before: readonly Act[]): Promise<ProgramHistory[]> {
    const earlier = await Promise.all(
      this.#links.map(async (link) => {
        const own = before.filter((act) => this.#stage.linksOf(act).includes(link));
        if (own.length > 0) return orLost(link, () => this.#begin(link, own));
        try {
          return await this.#begin(link, []);
        } catch (error) {
          if (!hasCode(error, 'HOST_LOST')) throw error;
          coordinator.lost(this.#actorsOf(link));
          return [];
        }
      }),
    );
    return earlier.flat();
  }

  async #begin(link: Link, before: readonly Act[]): Promise<readonly ProgramHistory[]> {
    const histories = await link.request('begin', {
      run: this.#run,
      before: before.map((act) => this.#stage.hosted(link, act)),
      program: this.program,
      instances: this.#stage.idsOn(link),
      ...this.#stage.zoneOn(link, this.#act),
    });
    if (!histories.some(isBroken)) this.#begun.add(link);
    return histories;
  }

  /** Ends the parts. The host that plays `after`, if any, continues with it. */
  async end(after: readonly Act[]): Promise<End> {
    const ends = await Promise.all(this.#links.map((link) => this.#end(link, after)));
    return {
      ghosts: ends.flatMap(({ ghosts }) => ghosts),
      lost: ends.flatMap(({ lost }) => lost),
      after: ends.flatMap((end) => end.after),
    };
  }

  async #end(link: Link, after: readonly Act[]): Promise<End> {
    const own = after.filter((act) => this.#stage.linksOf(act).includes(link));
    const nothing = { ghosts: [], lost: [], after: [] };
    if (link.isStopped) throw runStopped();
    if (link.lost !== undefined) return { ...nothing, lost: [link.lost] };
    if (!this.#begun.has(link)) return nothing;
    try {
      const { garbage, ...end } = await link.request('end', {
        run: this.#run,
        after: own.map((act) => this.#stage.hosted(link, act)),
      });
      return { ...end, lost: garbage };
    } catch (error) {
      if (!hasCode(error, 'HOST_LOST')) throw error;
      return { ...nothing, lost: [error.details] };
    }
  }

  release(actor: number): void {
    this.linkOf(actor).tell({ tell: 'release', run: this.#run, actor });
  }

  releaseAll(): void {
    for (const link of this.#links) link.tell({ tell: 'releaseAll', run: this.#run });
  }

  linkOf(actor: number): Link {
    return this.#stage.linkOf(this.program.actors[actor]?.instance ?? -1);
  }

  #actorsOf(link: Link): number[] {
    return [...this.program.actors.keys()].filter((actor) => this.linkOf(actor) === link);
  }

  #hear(note: Note, coordinator: Coordinator): void {
    switch (note.note) {
      case 'done':
        coordinator.done(note.done);
        break;
      case 'abort':
        if (note.actor in this.program.actors)
          this.linkOf(note.actor).tell({ tell: 'abort', run: this.#run, actor: note.actor });
        break;
      case 'failed':
        coordinator.fail(new Error(note.message));
        break;
      case 'last':
        break;
      default:
        throw new Error(`Expected a note, got ${JSON.stringify(note satisfies never)}.`);
    }
  }
}

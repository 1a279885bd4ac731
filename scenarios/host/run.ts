/** Runs programs on instances, wherever they were opened. */
import type { Note } from './commands.ts';
import { Coordinator } from './coordinator.ts';
import { hasCode } from '../lockstepError.ts';
import { LinkedHost, type OpenedInstance } from './host.ts';
import type { Link } from './link.ts';
import { normalize } from './normalize.ts';
import type { Program, ProgramHistory, Schedule } from './program.ts';

/**
 * Runs `program` on `instances`, to which its actors refer by index. Resolves to a history whatever the adapter
 * does, and rejects only for errors of the harness itself.
 */
export async function runProgram(
  instances: readonly OpenedInstance[],
  program: Program,
  schedule: Schedule,
): Promise<ProgramHistory> {
  const used = program.actors.map(({ instance }) => {
    const opened = instances[instance];
    if (opened === undefined)
      throw new RangeError(`Expected an instance below ${instances.length}, got ${instance}.`);
    return opened;
  });
  const hosts = [...new Set(used.map((instance) => linked(instance)))];
  const [only] = hosts;
  if (only === undefined) return EMPTY;
  const history =
    hosts.length === 1
      ? await onOneHost(only.link, instances, program, schedule)
      : await onSeveralHosts(hosts, instances, program, schedule);
  const dirty = new Set([...history.stuck, ...history.lost.filter(isGone)].map(({ process }) => process));
  for (const host of hosts) if (dirty.has(host.process)) host.poison();
  return history;
}

const EMPTY: ProgramHistory = { records: [], order: [], stuck: [], ghosts: [], lost: [], strays: [] };

/** A result that could not travel leaves its host as it was. */
function isGone({ reason }: ProgramHistory['lost'][number]): boolean {
  return reason !== 'garbage';
}

function linked(instance: OpenedInstance): LinkedHost {
  if (instance.host instanceof LinkedHost) return instance.host;
  throw new TypeError('Expected an instance that a host of this module opened.');
}

async function onOneHost(
  link: Link,
  instances: readonly OpenedInstance[],
  program: Program,
  schedule: Schedule,
): Promise<ProgramHistory> {
  // Instances of other hosts are not used, but keep their places.
  const ids = instances.map(({ host, id }) => (linked({ host } as OpenedInstance).link === link ? id : null));
  try {
    return await link.request('run', { program, schedule, instances: ids });
  } catch (error) {
    if (!hasCode(error, 'HOST_LOST')) throw error;
    const { records = [], order = [], stuck = [] } = link.lastWords ?? {};
    return { ...EMPTY, records, order, stuck, lost: [error.details] };
  }
}

let runs = 0;

async function onSeveralHosts(
  hosts: readonly LinkedHost[],
  instances: readonly OpenedInstance[],
  program: Program,
  schedule: Schedule,
): Promise<ProgramHistory> {
  runs += 1;
  const parts = new Parts(runs, hosts, instances, normalize(program));
  const coordinator = new Coordinator({ program: parts.program, schedule });
  parts.attend(coordinator);
  try {
    await parts.begin(coordinator);
    const { records, order, stuck } = await coordinator.run(parts);
    return {
      records,
      order,
      stuck: stuck.map((step) => ({ ...step, process: parts.linkOf(step.actor).process })),
      ...(await parts.end()),
    };
  } finally {
    parts.leave();
  }
}

/** The parts that several hosts play in one run. */
class Parts {
  readonly program: Program;
  readonly #run: number;
  readonly #links: readonly Link[];
  readonly #instances: readonly OpenedInstance[];
  #leave: readonly (() => void)[] = [];

  constructor(
    run: number,
    hosts: readonly LinkedHost[],
    instances: readonly OpenedInstance[],
    program: Program,
  ) {
    this.#run = run;
    this.#links = hosts.map(({ link }) => link);
    this.#instances = instances;
    this.program = program;
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

  /** Tells every host its part; one that is lost already plays none. */
  async begin(coordinator: Coordinator): Promise<void> {
    await Promise.all(
      this.#links.map(async (link) => {
        const instances = this.#instances.map((opened) => (linked(opened).link === link ? opened.id : null));
        try {
          await link.request('begin', { run: this.#run, program: this.program, instances });
        } catch (error) {
          if (!hasCode(error, 'HOST_LOST')) throw error;
          coordinator.lost(this.#actorsOf(link));
        }
      }),
    );
  }

  async end(): Promise<Pick<ProgramHistory, 'ghosts' | 'lost' | 'strays'>> {
    const ends = await Promise.all(
      this.#links.map(async (link) => {
        try {
          const { ghosts, garbage, strays } = await link.request('end', this.#run);
          return { ghosts, lost: garbage, strays };
        } catch (error) {
          if (!hasCode(error, 'HOST_LOST')) throw error;
          return { ghosts: [], lost: [error.details], strays: [] };
        }
      }),
    );
    return {
      ghosts: ends.flatMap(({ ghosts }) => ghosts),
      lost: ends.flatMap(({ lost }) => lost),
      strays: ends.flatMap(({ strays }) => strays),
    };
  }

  release(actor: number): void {
    this.linkOf(actor).tell({ tell: 'release', run: this.#run, actor });
  }

  releaseAll(): void {
    for (const link of this.#links) link.tell({ tell: 'releaseAll', run: this.#run });
  }

  linkOf(actor: number): Link {
    const instance = this.#instances[this.program.actors[actor]?.instance ?? -1];
    if (instance === undefined) throw new RangeError(`Expected an actor of the program, got ${actor}.`);
    return linked(instance).link;
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

import {
  loadTestcontainers,
  reachEngine,
  removeAbandonedContainers,
} from '../../adapters/provision/container/engine.ts';
import { describeRun, removeLeftovers } from '../../adapters/postgres/target/leftovers.ts';
import { reach } from '../../adapters/postgres/target/reach.ts';
import { removeAbandoned } from '../../adapters/provision/local/runDirectory.ts';
import { removeUnused } from '../../adapters/provision/local/template.ts';
import { serverName } from '../../adapters/provision/serverUrl.ts';
import { parseWhere } from '../../adapters/provision/where.ts';
import type { CommandContext } from '../context.ts';
import { ENVIRONMENT_STATUS } from '../errors.ts';

export interface CleanFlags {
  readonly pg: string;
}

/** Returns the exit status. Rejects if the server or the container engine cannot be reached. */
export async function clean({ terminal }: CommandContext, { pg }: CleanFlags): Promise<number> {
  const where = parseWhere(pg);
  const place = where?.kind === 'url' ? serverName(where.url) : 'this machine';
  using progress = terminal.progress('clean');
  progress.phase({ what: `looking on ${place} for what killed runs have left` });
  const { told, isAllGone } =
    where?.kind === 'url'
      ? await cleanServer(where.url)
      : { told: await cleanMachine(where?.kind === 'docker'), isAllGone: true };
  for (const line of told) terminal.out(`${place}: ${line}`);
  if (told.length === 0) terminal.out(`${place}: killed runs left nothing behind`);
  return isAllGone ? 0 : ENVIRONMENT_STATUS;
}

async function cleanServer(url: string): Promise<{ told: string[]; isAllGone: boolean }> {
  await reach(url);
  const { removed, alive, kept } = await removeLeftovers(url);
  const told = [
    ...removed.map((run) => `removed ${describeRun(run)}: ${run.schemas.join(', ')}`),
    ...alive.map((run) => `left ${describeRun(run)}, which is alive`),
    ...kept.map(({ schema, why }) => `left the schema ${schema}: ${why}`),
  ];
  return { told, isAllGone: kept.length === 0 };
}

async function cleanMachine(inDocker: boolean): Promise<string[]> {
  if (inDocker) {
    const names = await removeAbandonedContainers(await reachEngine(await loadTestcontainers()));
    return names.map((name) => `removed the container ${name}`);
  }
  const servers = (await removeAbandoned()).map(
    (directory) => `removed a server and its data in ${directory}`,
  );
  const archives = (await removeUnused()).map((path) => `removed ${path}, which no run uses any more`);
  return [...servers, ...archives];
}

import { CLAUSES, findClause } from '../../adapters/contract/index.ts';
import { EXECUTABLE } from '../../suites/executable.ts';
import { LockstepError } from '../../scenarios/lockstepError.ts';
import type { CommandContext } from '../context.ts';

export function explain({ terminal }: CommandContext, id: string, { json }: { readonly json?: true }): void {
  const clause = findClause(id.toUpperCase());
  if (clause === undefined) {
    const near = CLAUSES.filter((one) => one.group === id.toUpperCase().split('-')[0]).map((one) => one.id);
    const hint = near.length > 0 ? `expected one of ${near.join(', ')}` : '"lockstep clauses" lists them all';
    throw new LockstepError('USAGE', `Unknown clause "${id}": ${hint}.`);
  }
  const executable = EXECUTABLE.has(clause.id);
  if (json === true) {
    terminal.out(JSON.stringify({ ...clause, executable }, undefined, 2));
    return;
  }
  const where = clause.multiProcess
    ? 'across processes if crossInstance is declared, otherwise between instances of one process'
    : 'on one instance';
  terminal.out(
    [
      `${clause.id}  ${clause.text}`,
      '',
      `  level          ${clause.level}`,
      `  surfaces       ${clause.surfaces.join(', ') || 'each one that the adapter has'}`,
      `  capabilities   ${clause.capabilities.join(', ') || 'none: it always applies'}`,
      `  tested         ${executable ? where : 'not by this version'}${clause.fault ? ', with an injected fault' : ''}`,
      `  typical cause  ${clause.typicalCause}`,
      '',
      `Check it alone: lockstep certify <target> --only ${clause.id}`,
    ].join('\n'),
  );
}

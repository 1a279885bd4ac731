/** What was run where: the machine, the seed, and what each target declares. */
import { declares, type CapabilityName, type Json } from '../../adapters/contract/index.ts';
import { formatBytes, formatTime } from '../format.ts';
import type { RunResult, TargetSummary } from '../model.ts';
import { versionText } from '../words.ts';
import type { Chapter } from './header.ts';
import { markup, type Content, type Markup } from './markup.ts';
import { definitions } from './parts.ts';

export function runChapter(run: RunResult): Chapter {
  const { environment } = run;
  return {
    id: 'run',
    title: 'Run',
    content: markup`${definitions([
      ['started', formatTime(run.startedAt)],
      ...(run.finishedAt === undefined ? [] : [['finished', formatTime(run.finishedAt)] as const]),
      ['seed', String(run.seed)],
      ['contract', `version ${run.contractVersion}`],
      ['lockstep', run.lockstepVersion],
      ['node', environment.node],
      ['machine', `${environment.cpu}, ${environment.cores} cores, ${formatBytes(environment.memoryBytes)}`],
      ['system', environment.os],
    ])}
      <div class="targets">${distinctTargets(run).map(targetBlock)}</div>`,
  };
}

function distinctTargets(run: RunResult): TargetSummary[] {
  const targets = new Map<string, TargetSummary>();
  for (const { target } of [...run.certifications, ...run.loads])
    if (!targets.has(target.spec)) targets.set(target.spec, target);
  return [...targets.values()];
}

function targetBlock(target: TargetSummary): Markup {
  const { capabilities } = target;
  const names = Object.keys(capabilities) as CapabilityName[];
  const declared = names.filter((name) => declares(capabilities, name));
  const rest = names.filter((name) => !declares(capabilities, name));
  return markup`<section class="target">
    <h3>${target.spec}<span class="quiet">${versionText(target)}</span></h3>
    ${definitions([
      ['surfaces', target.surfaces.join(', ') || 'none'],
      ['declares', declared.map((name) => capabilityText(name, capabilities[name])).join(', ') || 'nothing'],
      ['does not', rest.join(', ') || '–'],
      ...idRows(target),
      ...storageRows(target.storage),
    ])}
  </section>`;
}

function idRows({ ids }: TargetSummary): [string, Content][] {
  return ids === undefined ? [] : [['takes ids', `/${ids.pattern}/${ids.flags}, such as ${ids.example}`]];
}

function capabilityText(name: string, value: unknown): string {
  if (value === true) return name;
  return `${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`;
}

function storageRows(storage: Json): [string, Content][] {
  if (storage === null) return [];
  if (typeof storage !== 'object' || Array.isArray(storage)) return [['storage', JSON.stringify(storage)]];
  return Object.entries(storage).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}

/** Where and how a run was made: the machine, the seed, and what each target declares. */
import { declares, type CapabilityName, type Json } from '../../adapters/contract/index.ts';
import type { Block, Chapter, Text } from '../document/model.ts';
import { formatBytes, formatTime } from '../words/format.ts';
import type { RunEnvironment, RunResult, TargetSummary } from '../model.ts';
import { versionText } from '../words/words.ts';

export function circumstances(run: RunResult): Chapter {
  return {
    id: 'run',
    title: 'Run',
    isReference: true,
    blocks: [
      {
        kind: 'facts',
        rows: [
          ['started', formatTime(run.startedAt)],
          ...(run.finishedAt === undefined ? [] : [['finished', formatTime(run.finishedAt)] as const]),
          ['seed', String(run.seed)],
          ['contract', `version ${run.contractVersion}`],
          ['lockstep', run.lockstepVersion],
          ...machineRows(run.environment),
        ],
      },
      ...distinctTargets(run).map(targetBlock),
    ],
  };
}

/** The machine that a run was made on. */
export function machineRows(environment: RunEnvironment): (readonly [string, Text])[] {
  const { node, cpu, cores, memoryBytes, os } = environment;
  return [
    ['node', node],
    ['machine', `${cpu}, ${cores} cores, ${formatBytes(memoryBytes)}`],
    ['system', os],
  ];
}

function distinctTargets(run: RunResult): TargetSummary[] {
  const targets = new Map<string, TargetSummary>();
  for (const { target } of [...run.certifications, ...run.loads])
    if (!targets.has(target.spec)) targets.set(target.spec, target);
  return [...targets.values()];
}

function targetBlock(target: TargetSummary): Block {
  const { capabilities, ids } = target;
  const names = Object.keys(capabilities) as CapabilityName[];
  const declared = names.filter((name) => declares(capabilities, name));
  const rest = names.filter((name) => !declares(capabilities, name));
  return {
    kind: 'table',
    caption: target.spec + versionText(target),
    head: ['', ''],
    rows: [
      ['surfaces', target.surfaces.join(', ') || 'none'],
      ['declares', declared.map((name) => capabilityText(name, capabilities[name])).join(', ') || 'nothing'],
      ['does not declare', rest.join(', ') || '–'],
      ...(ids === undefined ? [] : [['takes ids', `/${ids.pattern}/${ids.flags}, such as ${ids.example}`]]),
      ...storageRows(target.storage),
    ],
  };
}

function capabilityText(name: string, value: unknown): string {
  if (value === true) return name;
  return `${name} ${Array.isArray(value) ? value.join(' ') : String(value)}`;
}

function storageRows(storage: Json): string[][] {
  if (storage === null) return [];
  if (typeof storage !== 'object' || Array.isArray(storage)) return [['storage', JSON.stringify(storage)]];
  return Object.entries(storage).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
}

/** Generates the pages docs/clauses.md and docs/capabilities.md from the list of clauses. */
import {
  CLAUSE_GROUPS,
  CLAUSES,
  DEFAULT_CAPABILITIES,
  LEVELS,
  type CapabilityName,
  type Clause,
  type ClauseGroup,
  type Level,
} from '../../adapters/contract/index.ts';
import { GROUP_TITLES } from './clauseList.ts';

const MADE = '<!-- Made by `npm run contract` from adapters/contract. Change it there. -->';

/** When the clauses of a level count. */
const LEVEL_TEXTS: Readonly<Record<Level, string>> = {
  process: 'counts for every adapter: it can already be violated in a single process',
  cluster: 'counts when several processes share the storage',
  durable: 'counts when acknowledged writes must survive a crash',
  'fault-tolerant': 'counts when holders die, freeze or lose their connection',
};

/** Why the clauses of a group matter: what happens to money and records otherwise. */
const GROUP_REASONS: Readonly<Record<ClauseGroup, string>> = {
  LOCK: 'Two concurrent sections of one stream settle it twice. A lock that is never freed stops its payments.',
  STREAM:
    'A stream is an amount of money and its state. If it is rounded, lost or overwritten, the wrong amount is paid.',
  ACT: 'The history decides disputes and recovery. It must be complete, in order and never rewritten.',
  CUR: 'Audits, exports and recovery read through lists. A page that skips a row silently loses a payment.',
  IDEM: 'Clients retry requests. Without idempotency a retry pays again, or gets the answer of another request.',
  EXP: 'An export hands out customers’ data. It must be complete, go only to its owner, and expire as promised.',
  AUD: 'The audit proves who was given which data. A gap in it cannot be repaired later.',
  TX: 'A customer notices a payment without its record, and a record without its payment.',
  X: 'State that one process keeps to itself becomes wrong when another process changes the record.',
  ERR: 'The service decides by the error code whether to retry. A wrong code pays twice, or never.',
  LIFE: 'A leak between requests, runs or namespaces causes a failure later, elsewhere, under load.',
  MIG: 'For weeks, two storages hold the same money. What one of them lacks is lost or paid twice on the day of the move.',
};

/**
 * All clauses with their texts, when they apply, and what usually breaks them. `executable`: the ids of clauses with a
 * check.
 */
export function clausesPage(executable: ReadonlySet<string>): string {
  return [
    '# Clauses',
    '',
    MADE,
    '',
    'What must hold, why, when it counts, and the bug that usually breaks it. `lockstep explain LOCK-03` prints one clause.',
    '[CONTRACT.md](../CONTRACT.md) lists them in a table, with the rules behind them.',
    '',
    ...LEVELS.map((level) => `- **${level}** ${LEVEL_TEXTS[level]}.`),
    ...CLAUSE_GROUPS.flatMap((group) => [
      '',
      `## ${group}: ${GROUP_TITLES[group]}`,
      '',
      GROUP_REASONS[group],
      ...CLAUSES.filter((clause) => clause.group === group).flatMap((clause) =>
        clauseLines(clause, executable),
      ),
    ]),
    '',
  ].join('\n');
}

function clauseLines(clause: Clause, executable: ReadonlySet<string>): string[] {
  const surfaces = clause.surfaces.join(', ') || 'any surface';
  const capabilities = clause.capabilities.map(linkTo).join(', ');
  return [
    '',
    `### ${clause.id}`,
    '',
    clause.text,
    '',
    `- Usually broken by: ${clause.typicalCause}.`,
    `- Needs: ${surfaces}${capabilities === '' ? '' : `; ${capabilities}`}.`,
    `- Level ${clause.level}. ${testedText(clause, executable)}`,
  ];
}

function testedText(clause: Clause, executable: ReadonlySet<string>): string {
  if (!executable.has(clause.id)) return 'This version has no check for it: it is reported as not-run.';
  const where = clause.multiProcess
    ? 'across processes if crossInstance is declared, otherwise between instances of one process'
    : 'on one instance';
  return `Tested ${where}${clause.fault ? ', with an injected fault' : ''}.`;
}

function linkTo(name: CapabilityName): string {
  return `[${name}](capabilities.md#${name.toLowerCase()})`;
}

/**
 * All capabilities: what each one states, what follows if it is false, and the clauses that it switches on.
 * @param source The text of adapters/contract/capabilities.ts. The statements are its comments.
 */
export function capabilitiesPage(source: string): string {
  const names = Object.keys(DEFAULT_CAPABILITIES) as CapabilityName[];
  return [
    '# Capabilities',
    '',
    MADE,
    '',
    'A target declares the capabilities of its adapter. Each declared capability switches clauses on, and these then count.',
    'Declare exactly what you promise.',
    ...names.flatMap((name) => ['', `## ${name}`, '', commentOn(name, source), '', switchedOn(name)]),
    '',
  ].join('\n');
}

function commentOn(name: CapabilityName, source: string): string {
  const text = new RegExp(`/\\*\\* (.*) \\*/\\n  readonly ${name}:`).exec(source)?.[1];
  if (text === undefined) throw new Error(`Expected a comment on ${name} in capabilities.ts.`);
  return text;
}

function switchedOn(name: CapabilityName): string {
  const clauses = CLAUSES.filter((clause) => clause.capabilities.includes(name));
  if (clauses.length === 0) return 'It switches on no clause by itself.';
  return [
    'Switches on:',
    '',
    ...clauses.map(({ id, text }) => `- [${id}](clauses.md#${id.toLowerCase()}) ${text}`),
  ].join('\n');
}

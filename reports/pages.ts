/** The pages docs/clauses.md and docs/capabilities.md, made from the one clause list. */
import {
  CLAUSE_GROUPS,
  CLAUSES,
  DEFAULT_CAPABILITIES,
  LEVELS,
  type CapabilityName,
  type Clause,
  type ClauseGroup,
  type Level,
} from '../adapters/contract/index.ts';
import { GROUP_TITLES } from './clauseList.ts';

const MADE = '<!-- Made by `npm run contract` from adapters/contract. Change it there. -->';

/** When the clauses of a level count. */
const LEVEL_TEXTS: Readonly<Record<Level, string>> = {
  process: 'counts for everybody: it goes wrong in a single process already',
  cluster: 'counts when several processes share the storage',
  durable: 'counts when acknowledged writes must survive a crash',
  'fault-tolerant': 'counts when holders die, freeze and lose their connection',
};

/** Why the clauses of a group matter: what happens to money and records without them. */
const GROUP_REASONS: Readonly<Record<ClauseGroup, string>> = {
  LOCK: 'Two sections of one stream at once settle it twice; a lock that stays behind stops its payments.',
  STREAM: 'A stream is an amount of money and its state: what is rounded, lost or replaced is paid wrongly.',
  ACT: 'The history is what disputes and recovery are decided by: it must be complete, in order and never rewritten.',
  CUR: 'Audits, exports and recovery read through lists: a page that skips a row loses a payment without a word.',
  IDEM: 'Clients repeat requests: without this a repeated request pays again, or gets an answer that is not its own.',
  EXP: 'An export hands out customers’ data: to its owner, complete, and no longer than promised.',
  AUD: 'The audit proves who was given which data: a gap in it cannot be mended later.',
  TX: 'A payment without its record, or a record without its payment, is found by the customer.',
  X: 'What one process keeps for itself, another one changes.',
  ERR: 'The service decides by the code whether to repeat: a wrong one pays twice, or never.',
  LIFE: 'What leaks between requests, runs or namespaces fails later, elsewhere, under load.',
  MIG: 'For weeks two storages hold the same money: what one of them lacks is lost, or paid twice, on the day of the move.',
};

/** Every clause with its text, when it applies, and what usually breaks it. `executable`: ids with a check. */
export function clausesPage(executable: ReadonlySet<string>): string {
  return [
    '# Clauses',
    '',
    MADE,
    '',
    'What must hold, why, when it counts, and the bug that usually breaks it. `lockstep explain LOCK-03` prints one of them;',
    '[CONTRACT.md](../CONTRACT.md) has them as a table, with the rules behind them.',
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
  const surfaces = clause.surfaces.join(', ') || 'whichever the adapter has';
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
 * Every capability: what it says, what follows if it is false, and the clauses that it switches on.
 *
 * @param source The text of adapters/contract/capabilities.ts, whose comments say it.
 */
export function capabilitiesPage(source: string): string {
  const names = Object.keys(DEFAULT_CAPABILITIES) as CapabilityName[];
  return [
    '# Capabilities',
    '',
    MADE,
    '',
    'What an adapter declares of itself, in its target. A declared capability switches clauses on, and they then count:',
    'declare what you promise, and nothing else.',
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
  if (clauses.length === 0) return 'No clause needs it alone.';
  return [
    'Switches on:',
    '',
    ...clauses.map(({ id, text }) => `- [${id}](clauses.md#${id.toLowerCase()}) ${text}`),
  ].join('\n');
}

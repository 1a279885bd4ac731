/** What is read first: the verdict, then each target in one card. */
import type { RunResult, Certification, LoadResult, TargetSummary } from '../model.ts';
import { formatCount, formatMs, formatTime, formatUs, plural } from '../format.ts';
import {
  countedVerdict,
  countStatuses,
  headline,
  knownFailure,
  meansControlFailure,
  staleText,
  versionText,
} from '../words.ts';
import { markup, type Content, type Markup } from './markup.ts';
import { command, statusChip } from './parts.ts';
import { levelText } from '../terminal/clause.ts';

export interface Chapter {
  readonly id: string;
  readonly title: string;
  readonly content: Markup;
}

export function pageHeader(run: RunResult, chapters: readonly Chapter[]): Markup {
  const tone = run.partial ? 'inconclusive' : { 0: 'ok', 1: 'violated', 3: 'inconclusive' }[run.exitStatus];
  const took =
    run.finishedAt === undefined ? [] : [formatMs(Date.parse(run.finishedAt) - Date.parse(run.startedAt))];
  const facts = [`lockstep ${run.lockstepVersion} ${run.command}`, formatTime(run.startedAt), ...took];
  return markup`<header class="page ${tone}">
    <p class="kicker">${facts.join(' · ')}</p>
    <h1>${headline(run)}</h1>
    ${run.partial ? markup`<p class="notice">This result is incomplete: the run was interrupted. What follows was decided before.</p>` : undefined}
    <ul class="cards">
      ${run.certifications.map(certificationCard)}${run.loads.map((load) => loadCard(load))}
    </ul>
    ${command(run.repeat)}
    <nav aria-label="Chapters">${chapters.map(({ id, title }) => markup`<a href="#${id}">${title}</a>`)}</nav>
  </header>`;
}

function certificationCard(certification: Certification): Markup {
  const { baseline } = certification;
  const counts = countStatuses(certification.clauses);
  return card(
    certification.target,
    'certified',
    statusChip(countedVerdict(certification), levelText(certification)),
    markup`${countsBar(counts)}
      <p>${counts.map(([status, count], index) => markup`${index > 0 ? ' · ' : ''}${count} ${status}`)}</p>
      ${[
        ...(baseline?.known.map((id) => `${id}, ${knownFailure(certification, id) ?? ''}`) ?? []),
        ...(baseline?.stale.map(staleText) ?? []),
      ].map((text) => markup`<p class="why">${text}</p>`)}
      <p class="quiet">
        ${plural(certification.runs, 'run')} a clause,
        ${plural(certification.processes, 'process', 'processes')}, ${formatMs(certification.durationMs)}
      </p>`,
  );
}

function countsBar(counts: ReturnType<typeof countStatuses>): Markup {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  let x = 0;
  return markup`<svg class="counts" aria-hidden="true" width="100%" height="6">
    ${counts.map(([status, count]) => {
      const from = x;
      x += count / total;
      return markup`<rect
        class="${status}"
        x="${percent(from)}%"
        width="${percent(count / total)}%"
        height="6"
      />`;
    })}
  </svg>`;
}

function percent(share: number): number {
  return Math.round(share * 10_000) / 100;
}

function loadCard(load: LoadResult): Markup {
  const { verdict } = load.judgement;
  const chip = load.negativeControl
    ? meansControlFailure(load)
      ? statusChip('violated', 'negative control not caught')
      : statusChip('ok', 'negative control: caught')
    : statusChip(verdict);
  const all = load.latency[0]?.percentiles;
  return card(
    load.target,
    `under ${load.mix}`,
    chip,
    markup`<p class="why">${load.judgement.reason}</p>
      <p class="quiet">
        ${formatCount(load.effectsPerSecond)} effects/s${all === undefined ? '' : `, p99 ${formatUs(all.p99)}`},
        ${plural(load.services, 'service')}${verdict === 'violated' ? ' (not comparable)' : ''}
      </p>`,
  );
}

function card(target: TargetSummary, what: string, verdict: Markup, more: Content): Markup {
  return markup`<li class="card">
    <h2><span class="name">${target.spec}</span><span class="quiet">${versionText(target)}</span></h2>
    <p class="quiet">${what}</p>
    <p class="verdict">${verdict}</p>
    ${more}
  </li>`;
}

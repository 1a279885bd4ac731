/** The badge of what a run certified. */
import { LEVELS } from '../../adapters/contract/index.ts';
import type { Certification, RunResult } from '../model.ts';
import type { Recorded } from '../recorded.ts';
import { unverifiedText } from '../words/words.ts';

/** From the worst to the best. With several targets, the badge has the colour of the worst one. */
const COLORS = ['red', 'yellow', 'green', 'brightgreen'] as const;
type Color = (typeof COLORS)[number];

/** `process level`. With several targets: `memory process level · postgres cluster level`. */
export function runBadge(run: RunResult): Recorded['badge'] {
  const parts = run.certifications.map((certification) => partOf(certification));
  const [first] = parts;
  const message =
    first === undefined
      ? 'not certified'
      : parts.length === 1
        ? first.message
        : parts.map(({ name, message }) => `${name} ${message}`).join(' · ');
  const color = COLORS.find((one) => parts.some((part) => part.color === one)) ?? 'lightgrey';
  return { message, color };
}

function partOf(certification: Certification): { name: string; message: string; color: Color } {
  const { target, level, verdict, clauses } = certification;
  const { name } = target;
  const broken = clauses.filter(({ status }) => status === 'violated').length;
  if (broken > 0) return { name, message: `${broken} violated`, color: 'red' };
  if (level !== null) {
    const best = level === LEVELS.at(-1) || level === certification.requestedLevel;
    const claims = unverifiedText(certification);
    const message = claims === '' ? `${level} level` : `${level} level, ${claims}`;
    return { name, message, color: best && claims === '' ? 'brightgreen' : 'green' };
  }
  return { name, message: verdict === 'ok' ? 'no level' : 'not decided', color: 'yellow' };
}

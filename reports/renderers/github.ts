/** A result as GitHub workflow commands. Each becomes an annotation of the workflow run. */
import type { TestCase } from '../words/cases.ts';
import { printable } from '../words/format.ts';
import type { Recorded } from '../recorded.ts';
import type { Renderer } from './renderer.ts';

type Severity = 'error' | 'warning' | 'notice';

/**
 * One line each: errors for violations, warnings for undecided cases, notices for known failures and unverified
 * capabilities. The verdict comes last.
 */
export function renderAnnotations({ cases, document, exitStatus }: Recorded): string {
  const lines = cases().flatMap(({ name, cases: group }) =>
    group.flatMap((one) => {
      const severity = severityOf(one);
      const message = one.detail === undefined ? one.message : `${one.message}\n${one.detail}`;
      return severity === undefined ? [] : [command(severity, `${one.id} ${one.type} (${name})`, message)];
    }),
  );
  const verdict = { 0: 'notice', 1: 'error', 3: 'warning', 4: 'error' } as const;
  lines.push(command(verdict[exitStatus], 'lockstep', `${document.headline}\nrepeat: ${document.repeat}`));
  return `${lines.join('\n')}\n`;
}

function severityOf({ outcome, type }: TestCase): Severity | undefined {
  switch (outcome) {
    case 'failed':
      return 'error';
    case 'error':
      return 'warning';
    case 'skipped':
      if (type === 'weak') return 'warning';
      return type === 'known-failure' || type === 'unverified' ? 'notice' : undefined;
    case 'passed':
      return undefined;
    default:
      return outcome satisfies never;
  }
}

function command(severity: Severity, title: string, message: string): string {
  const property = escaped(title).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::${severity} title=${property}::${escaped(message)}`;
}

function escaped(value: string): string {
  return printable(value, true).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

const renderer: Renderer = {
  contents: 'annotations of a GitHub Actions step',
  render: renderAnnotations,
};
export default renderer;

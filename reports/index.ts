/** Every renderer, one a line: a pure function from the result of a run to the text of a file. */
import { renderBadge } from './badge.ts';
import { renderCertificates } from './certificate.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJUnit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import type { RunResult } from './model.ts';
import { renderTerminal } from './terminal.ts';

export interface Renderer {
  /** What the user calls it: `--format html`. */
  readonly name: string;
  /** The file's name in a run folder. */
  readonly file: string;
  readonly render: (result: RunResult) => string;
}

export const RENDERERS: readonly Renderer[] = [
  { name: 'html', file: 'report.html', render: renderHtml },
  { name: 'json', file: 'result.json', render: renderJson },
  {
    name: 'terminal',
    file: 'report.txt',
    render: (run) => renderTerminal(run, { color: false, columns: 100 }),
  },
  { name: 'junit', file: 'junit.xml', render: renderJUnit },
  { name: 'markdown', file: 'report.md', render: renderMarkdown },
  { name: 'certificate', file: 'certificates.json', render: renderCertificates },
  { name: 'badge', file: 'badge.json', render: renderBadge },
];

export function findRenderer(name: string): Renderer | undefined {
  return RENDERERS.find((renderer) => renderer.name === name);
}

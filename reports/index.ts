/** Every renderer, one a line: a pure function from the result of a run to the text of a file. */
import { renderCertificates } from './certificate.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
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
  { name: 'certificate', file: 'certificates.json', render: renderCertificates },
];

export function findRenderer(name: string): Renderer | undefined {
  return RENDERERS.find((renderer) => renderer.name === name);
}

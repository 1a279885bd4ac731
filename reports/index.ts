/** Every renderer, one a line: a pure function from the result of a run to the text of a file. */
import { RENDERER_NAMES, type RendererName } from './formats.ts';
import { renderBadge } from './badge.ts';
import { renderCertificates } from './certificate.ts';
import { renderHtml } from './html.ts';
import { renderJson } from './json.ts';
import { renderJUnit } from './junit.ts';
import { renderMarkdown } from './markdown.ts';
import type { RunResult } from './model.ts';
import { outgoing } from './printable.ts';
import { renderTerminal } from './terminal.ts';

export interface Renderer {
  /** What the user calls it: `--format html`. */
  readonly name: RendererName;
  /** The file's name in a run folder. */
  readonly file: string;
  readonly render: (result: RunResult) => string;
}

const BY_NAME: Readonly<Record<RendererName, Omit<Renderer, 'name'>>> = {
  html: { file: 'report.html', render: renderHtml },
  json: { file: 'result.json', render: renderJson },
  terminal: {
    file: 'report.txt',
    render: (run) => logged(renderTerminal(run, { color: false, columns: 100 })),
  },
  junit: { file: 'junit.xml', render: (run) => logged(renderJUnit(run)) },
  markdown: { file: 'report.md', render: (run) => logged(renderMarkdown(run)) },
  certificate: { file: 'certificates.json', render: renderCertificates },
  badge: { file: 'badge.json', render: renderBadge },
};

/** These files are printed in the logs of runners. */
function logged(text: string): string {
  return outgoing(text, false);
}

export const RENDERERS: readonly Renderer[] = RENDERER_NAMES.map((name) => ({ name, ...BY_NAME[name] }));

export function findRenderer(name: string): Renderer | undefined {
  return RENDERERS.find((renderer) => renderer.name === name);
}

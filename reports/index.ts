/** Every renderer, one a line: a pure function from a result, whatever its kind, to the text of a file. */
import { drawHtml } from './document/html/draw.ts';
import { drawMarkdown } from './document/markdown/draw.ts';
import { drawDocument } from './document/terminal/draw.ts';
import { RENDERER_NAMES, type RendererName } from './formats.ts';
import { renderJUnit } from './renderers/junit.ts';
import { outgoing } from './words/printable.ts';
import type { Badge, Recorded, ResultFiles } from './recorded.ts';

export interface Renderer {
  /** What the user calls it: `--format html`. */
  readonly name: RendererName;
  /** The file's name in a run folder. */
  readonly file: (files: ResultFiles) => string;
  /** undefined: this kind of result has no such file. */
  readonly render: (recorded: Recorded) => string | undefined;
}

const BY_NAME: Readonly<Record<RendererName, Omit<Renderer, 'name'>>> = {
  html: { file: ({ stem }) => `${stem}.html`, render: ({ document }) => drawHtml(document) },
  json: { file: ({ json }) => json, render: ({ json }) => json },
  terminal: {
    file: ({ stem }) => `${stem}.txt`,
    render: ({ document }) => logged(drawDocument(document, { color: false, columns: 100 })),
  },
  junit: { file: () => 'junit.xml', render: (recorded) => logged(renderJUnit(recorded)) },
  markdown: { file: ({ stem }) => `${stem}.md`, render: ({ document }) => logged(drawMarkdown(document)) },
  certificate: { file: () => 'certificates.json', render: ({ certificates }) => certificates?.() },
  badge: { file: () => 'badge.json', render: renderBadge },
};

/** These files are printed in the logs of runners. */
function logged(text: string): string {
  return outgoing(text, false);
}

function renderBadge({ badge }: Recorded): string {
  const whole: Badge = { schemaVersion: 1, label: 'lockstep', ...badge };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

export const RENDERERS: readonly Renderer[] = RENDERER_NAMES.map((name) => ({ name, ...BY_NAME[name] }));

export function findRenderer(name: string): Renderer | undefined {
  return RENDERERS.find((renderer) => renderer.name === name);
}

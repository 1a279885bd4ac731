/** The frame of a page: its security policy, its styles, and the order of its content. */
import { createHash } from 'node:crypto';
import { markup, trusted, type Content } from './markup.ts';
import { STYLES } from './styles.ts';

export interface HtmlDocument {
  readonly title: string;
  /** Styles in addition to those that all pages share. */
  readonly styles: string;
  readonly main: Content;
  readonly script?: string;
  /** Data for the script. It comes before the script. */
  readonly data?: Content;
}

/** The text of a self-contained page. Its security policy allows only these styles and exactly this script. */
export function htmlDocument({ title, styles, main, script, data }: HtmlDocument): string {
  const scripts = script === undefined ? '' : ` script-src 'sha256-${sha256(script)}';`;
  const policy = `default-src 'none'; style-src 'unsafe-inline';${scripts} base-uri 'none'; form-action 'none'`;
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8" />
<meta http-equiv="Content-Security-Policy" content="${policy}" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta name="color-scheme" content="light dark" />
<meta name="referrer" content="no-referrer" />
<title>${title} · lockstep</title>
<style>${trusted(styles)}${trusted(STYLES)}</style>
</head>
<body>
<main>
${main}
</main>
${data}
${script === undefined ? undefined : markup`<script>${trusted(script)}</script>`}
</body>
</html>
`.text;
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('base64');
}

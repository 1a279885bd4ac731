/** A result as Markdown, which CI systems show. */
import { drawMarkdown } from '../document/markdown/draw.ts';
import { outgoing } from '../words/printable.ts';
import type { Renderer } from './renderer.ts';

const renderer: Renderer = {
  file: ({ stem }) => `${stem}.md`,
  contents: 'the same as Markdown',
  render: ({ document }) => outgoing(drawMarkdown(document), false),
};
export default renderer;

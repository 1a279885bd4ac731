/** A result as a terminal shows it, without colours. */
import { drawDocument } from '../document/terminal/draw.ts';
import { outgoing } from '../words/printable.ts';
import type { Renderer } from './renderer.ts';

const renderer: Renderer = {
  file: ({ stem }) => `${stem}.txt`,
  contents: 'the same as plain text',
  render: ({ document }) => outgoing(drawDocument(document, { color: false, columns: 100 }), false),
};
export default renderer;

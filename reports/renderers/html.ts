/** A result as an HTML page. */
import { drawHtml } from '../document/html/draw.ts';
import type { Renderer } from './renderer.ts';

const renderer: Renderer = {
  file: ({ stem }) => `${stem}.html`,
  contents: 'the result for people, on one self-contained page',
  render: ({ document }) => drawHtml(document),
};
export default renderer;

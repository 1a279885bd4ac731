/** Draws the pieces of a line as HTML. */
import { piecesOf, type Inline, type Text } from '../model.ts';
import { markup, type Content, type Markup } from './markup.ts';
import { bar, statusChip } from './parts.ts';

/** The number of colours for targets. If there are more targets, they share colours. */
export const SERIES_COLORS = 6;

export function inlineMarkup(text: Text): Content {
  return piecesOf(text).map(piece);
}

function piece(one: Inline): Markup | string {
  if (typeof one === 'string') return one;
  if ('strong' in one) return markup`<strong>${one.strong}</strong>`;
  if ('quiet' in one) return markup`<span class="quiet">${one.quiet}</span>`;
  if ('code' in one) return markup`<code>${one.code}</code>`;
  if ('name' in one) return markup`<span class="swatch s${one.series % SERIES_COLORS}"></span>${one.name}`;
  if ('share' in one) return bar(one.share);
  const chip = statusChip(one.status, one.text);
  return one.to === undefined ? chip : markup`<a href="#${one.to}">${chip}</a>`;
}

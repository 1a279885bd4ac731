/** Draws the pieces of a line as terminal text. */
import { printable } from '../../words/format.ts';
import { piecesOf, type Inline, type Text } from '../model.ts';
import { markOf, statusColor, type Colors } from './style.ts';

export function inlineText(text: Text, colors: Colors): string {
  return piecesOf(text)
    .map((piece) => pieceText(piece, colors))
    .join('');
}

function pieceText(piece: Inline, colors: Colors): string {
  if (typeof piece === 'string') return printable(piece, true);
  if ('strong' in piece) return colors.bold(printable(piece.strong, true));
  if ('quiet' in piece) return colors.dim(printable(piece.quiet, true));
  if ('code' in piece) return printable(piece.code);
  if ('name' in piece) return printable(piece.name);
  if ('share' in piece) return '';
  const { status, text = status } = piece;
  return `${markOf(status, colors)} ${statusColor(status, colors)(printable(text))}`;
}

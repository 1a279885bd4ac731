/** Builds HTML without injection: `markup` escapes every value that is not itself markup. */
import { printable } from '../../words/format.ts';

/** Text that is safe HTML. Only `markup` and `trusted` create it. */
export class Markup {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

export type Content = Markup | string | number | undefined | readonly Content[];

/** `` markup`<p>${anything}</p>` ``: strings are escaped, markup is kept, lists are joined, undefined is nothing. */
export function markup(parts: TemplateStringsArray, ...contents: readonly Content[]): Markup {
  let text = parts[0] ?? '';
  contents.forEach((content, index) => {
    text += render(content) + (parts[index + 1] ?? '');
  });
  return new Markup(text);
}

/** lockstep's own HTML, style or script, unescaped. */
export function trusted(text: string): Markup {
  return new Markup(text);
}

/** A value for a JSON script element. It contains no `<`, so it cannot end the element. */
export function scriptJson(value: unknown): Markup {
  return new Markup(JSON.stringify(value).replaceAll('<', '\\u003c'));
}

function render(content: Content): string {
  if (content === undefined) return '';
  if (content instanceof Markup) return content.text;
  if (typeof content === 'number') return String(content);
  if (typeof content === 'string') return escape(printable(content, true));
  return content.map(render).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}

/** The histories of streams that the findings of loads name. */
import type { LoadTimelines } from '../check/timeline/loadTimelines.ts';
import type { FileTimelines } from '../check/timeline/pageData.ts';
import { commandLine } from '../words/commandLine.ts';
import type { Block, Chapter } from '../document/model.ts';
import { plural } from '../words/format.ts';
import type { LoadResult } from '../model.ts';
import { loadName } from '../words/words.ts';

type DrawnLoad = LoadResult & { readonly timelines: LoadTimelines };

/** Empty if no finding names a stream. */
export function streamChapter(loads: readonly LoadResult[]): Chapter[] {
  const drawn = loads.filter((load): load is DrawnLoad => load.timelines !== undefined);
  if (drawn.length === 0) return [];
  // Streams that count against an adapter come first, because readers look for them.
  drawn.sort((a, b) => Number(a.negativeControl) - Number(b.negativeControl));
  const files = drawn.map(fileOf);
  return [
    {
      id: 'streams',
      title: 'What clients saw of these streams',
      isReference: true,
      blocks: [
        {
          kind: 'prose',
          tone: 'lead',
          text: 'The histories of streams that are named above, each checked alone. A stream may be in order here and still be wrong: journals and audits show what no client saw.',
        },
        {
          kind: 'histories',
          files,
          words: files.map(({ name, keys }) => ({
            title: name,
            texts: keys.map(({ key, words }) => `stream ${key}: ${words.join(' ')}`),
          })),
        },
        ...drawn.flatMap(leftOut),
      ],
    },
  ];
}

function fileOf(load: DrawnLoad): FileTimelines {
  const keys = load.timelines.streams;
  const isOneOf = (verdict: FileTimelines['verdict']): boolean => keys.some((key) => key.verdict === verdict);
  return {
    name: `${loadName(load)} under ${load.mix}`,
    verdict: isOneOf('illegal') ? 'illegal' : isOneOf('unknown') ? 'unknown' : 'ok',
    keys,
  };
}

function leftOut(load: DrawnLoad): Block[] {
  const { streams, more } = load.timelines;
  const isCut = streams.some(({ call, operations }) => call.length < operations);
  if (more === 0 && !isCut) return [];
  const parts = [
    ...(more === 0 ? [] : [`${plural(more, 'more stream')} named and not drawn`]),
    ...(isCut ? ['operations of those that are'] : []),
  ];
  return [
    {
      kind: 'prose',
      tone: 'quiet',
      text: `${loadName(load)} under ${load.mix}: left out are ${parts.join(', and ')}. From the run folder, all of it:`,
    },
    {
      kind: 'command',
      label: 'see all',
      command: commandLine('check', [load.evidence], { html: 'timeline.html' }),
    },
  ];
}

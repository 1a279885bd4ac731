/** The broken rules of a load, with one article each. */
import type { Finding, RuleResult } from '../../suites/result.ts';
import type { ArticleBlock, Block } from '../document/model.ts';
import { formatCount, plural } from '../words/format.ts';
import type { LoadResult } from '../model.ts';
import { RULE_TEXTS } from '../words/words.ts';
import { repeatLoad, type RepeatedRun } from '../words/repeat.ts';

/** One article per broken rule, with the command that repeats the load. */
export function ruleArticles(run: RepeatedRun, load: LoadResult): ArticleBlock[] {
  return load.judgement.rules
    .filter(({ verdict }) => verdict === 'violated')
    .map((rule) => ruleArticle(run, load, rule));
}

export function ruleArticle(run: RepeatedRun, load: LoadResult, rule: RuleResult): ArticleBlock {
  const [first, ...rest] = rule.findings;
  return {
    kind: 'article',
    status: rule.verdict,
    name: rule.rule,
    title: RULE_TEXTS[rule.rule],
    blocks: [
      {
        kind: 'prose',
        tone: 'quiet',
        text: `${load.target.spec} under ${load.mix}: ${plural(rule.violations, 'violation')}: ${rule.detail}`,
      },
      ...(first === undefined ? [] : findingBlocks(first)),
      ...(rest.length === 0
        ? []
        : [
            {
              kind: 'article',
              folded: true,
              status: rule.verdict,
              name: moreText(rest.length, rule.violations - 1),
              title: '',
              blocks: rest.flatMap(findingBlocks),
            } as const,
          ]),
      { kind: 'facts', rows: [['evidence', { code: load.evidence }]] },
      { kind: 'command', label: 'repeat', command: repeatLoad(run, load) },
    ],
  };
}

function moreText(kept: number, all: number): string {
  return kept === all
    ? plural(kept, 'more finding')
    : `${plural(kept, 'more finding')}, of ${formatCount(all)}`;
}

function findingBlocks({ summary, lanes }: Finding): Block[] {
  return [
    { kind: 'prose', tone: 'lead', text: summary },
    { kind: 'lanes', lanes, about: summary },
  ];
}

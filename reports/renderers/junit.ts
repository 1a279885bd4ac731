/**
 * A result as JUnit XML: `failure` for violations, `error` for cases that the harness or the environment could not
 * decide, and `skipped` with the reason for the rest, including known failures.
 */
import XMLBuilder from 'fast-xml-builder';
import type { TestCase, CaseGroup } from '../words/cases.ts';
import { printable } from '../words/format.ts';
import type { Recorded } from '../recorded.ts';
import type { Renderer } from './renderer.ts';
import { outgoing } from '../words/printable.ts';

interface Element {
  readonly [name: string]: string | Element | readonly Element[];
}

const builder = new XMLBuilder({
  ignoreAttributes: false,
  attributeNamePrefix: '@',
  format: true,
  suppressEmptyNode: true,
  suppressBooleanAttributes: false,
});

export function renderJUnit(recorded: Recorded): string {
  const groups = recorded.cases();
  const all = groups.flatMap(({ cases }) => cases);
  return builder.build({
    '?xml': { '@version': '1.0', '@encoding': 'UTF-8' },
    testsuites: {
      '@name': 'lockstep',
      ...counts(all),
      '@time': secondsOf(groups.reduce((sum, { durationMs }) => sum + durationMs, 0)),
      testsuite: groups.map((group) => suiteElement(recorded, group)),
    },
  });
}

function suiteElement(recorded: Recorded, { name, durationMs, cases }: CaseGroup): Element {
  return {
    '@name': attribute(name),
    ...counts(cases),
    '@time': secondsOf(durationMs),
    // Without a time zone, as the format requires.
    '@timestamp': recorded.startedAt.slice(0, 19),
    properties: {
      property: Object.entries({ ...recorded.properties, repeat: recorded.document.repeat }).map(
        ([key, value]) => ({ '@name': key, '@value': attribute(value) }),
      ),
    },
    testcase: cases.map((one) => caseElement(name, one)),
  };
}

function caseElement(group: string, one: TestCase): Element {
  return {
    '@name': attribute(`${one.id} ${one.name}`),
    '@classname': attribute(group),
    '@time': secondsOf(one.durationMs),
    ...outcomeElement(one),
  };
}

function outcomeElement({ outcome, type, message, detail }: TestCase): Element {
  const why = { '@type': type, '@message': attribute(message) };
  const body = detail === undefined ? {} : { '#text': text(detail) };
  switch (outcome) {
    case 'passed':
      return {};
    case 'failed':
      return { failure: { ...why, ...body } };
    case 'error':
      return { error: { ...why, ...body } };
    case 'skipped':
      return {
        skipped: { '@message': attribute(message) },
        ...(detail === undefined ? {} : { 'system-out': text(detail) }),
      };
    default:
      return outcome satisfies never;
  }
}

function counts(cases: readonly TestCase[]): Element {
  const count = (outcome: TestCase['outcome']): string =>
    String(cases.filter((one) => one.outcome === outcome).length);
  return {
    '@tests': String(cases.length),
    '@failures': count('failed'),
    '@errors': count('error'),
    '@skipped': count('skipped'),
  };
}

function secondsOf(ms: number): string {
  return (ms / 1000).toFixed(3);
}

/** XML cannot represent most of the characters that `printable` escapes. */
function text(value: string): string {
  return printable(value, true);
}

/** On one line, because XML readers turn line breaks in attributes into spaces. */
function attribute(value: string): string {
  return text(value).replace(/\s+/g, ' ').trim();
}

const renderer: Renderer = {
  file: () => 'junit.xml',
  contents: 'one test case per clause, rule, mutant or threshold',
  render: (recorded) => outgoing(renderJUnit(recorded), false),
};
export default renderer;

/** The styles of the page. Colours are variables, with one set for light and one for dark mode. */

const COLORS = `
:root {
  color-scheme: light dark;
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", sans-serif;
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace;
  --page: #fbfaf8; --sheet: #ffffff; --text: #1d2025; --muted: #5c6370; --line: #e3e1dc; --faint: #f3f1ed;
  --ok: #19713f; --bad: #b4231a; --warn: #855300; --idle: #6b7280; --accent: #1f5fae;
  --bad-tint: #fbe9e7; --warn-tint: #fbf2de; --lock: #c9daf0; --run: #5b84bd;
  --s0: #1f5fae; --s1: #c2540a; --s2: #19713f; --s3: #7a3fa8; --s4: #a01c5b; --s5: #4b5563;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #121417; --sheet: #191c20; --text: #e4e6ea; --muted: #9aa2af; --line: #2d3138; --faint: #20242a;
    --ok: #63c98d; --bad: #ff8f84; --warn: #e5b454; --idle: #8d95a3; --accent: #82b1f0;
    --bad-tint: #3a1f1e; --warn-tint: #352a15; --lock: #2a3d57; --run: #6f9bd6;
    --s0: #7db0f2; --s1: #f0a066; --s2: #63c98d; --s3: #c39be8; --s4: #f08cba; --s5: #a3abb8;
  }
}
`;

const BASE = `
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 16px; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 var(--sans); overflow-wrap: anywhere; -webkit-text-size-adjust: 100%; }
main { max-width: 1180px; margin: 0 auto; padding: 32px 32px 80px; }
h1 { font-size: 30px; line-height: 1.2; font-weight: 650; letter-spacing: -0.015em; margin: 4px 0 20px; }
h2 { font-size: 21px; line-height: 1.3; font-weight: 650; letter-spacing: -0.01em; margin: 0 0 12px; }
h3 { font-size: 16px; line-height: 1.4; font-weight: 600; margin: 0; }
p { margin: 0 0 8px; }
a { color: var(--accent); text-underline-offset: 3px; }
code { font-family: var(--mono); font-size: 0.9em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 3px; }
.quiet { color: var(--muted); font-weight: 400; }
.reason { display: block; color: var(--muted); font-size: 13px; font-weight: 400; white-space: pre-line; }
.lead { max-width: 78ch; } .verbatim { white-space: pre-line; }
.notice { background: var(--warn-tint); border-left: 3px solid var(--warn); padding: 8px 12px; margin: 0 0 16px; max-width: 90ch; }
.scroll { overflow-x: auto; }
.status { font-weight: 600; white-space: nowrap; }
.card .status, .said .status { white-space: normal; }
.status.ok { color: var(--ok); } .status.violated { color: var(--bad); }
.status.inconclusive, .status.unverified, .status.error { color: var(--warn); }
.status.not-applicable, .status.skipped, .status.not-run { color: var(--idle); font-weight: 400; }
.count { display: inline-block; max-width: 100%; }
details > summary { cursor: pointer; color: var(--accent); font-size: 14px; padding: 4px 0; width: fit-content; }
`;

const HEADER = `
header.page { border-top: 4px solid var(--tone); padding-top: 20px; margin-bottom: 40px; }
header.ok { --tone: var(--ok); } header.violated { --tone: var(--bad); } header.inconclusive { --tone: var(--warn); }
.kicker { color: var(--muted); font-size: 13px; margin: 0; font-variant-numeric: tabular-nums; }
header h1 { color: var(--tone); }
.cards { list-style: none; padding: 0; margin: 0 0 16px; display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 250px), 1fr)); }
.card { background: var(--sheet); border: 1px solid var(--line); border-radius: 8px; padding: 14px 16px; font-size: 14px; }
.card h2 { font-size: 16px; margin: 0; } .card p { margin: 0 0 6px; } .card .said { font-weight: 400; } .card { display: flex; flex-direction: column; } .card details { margin-top: auto; padding-top: 6px; font-size: 13px; } .card .verdict { font-size: 15px; }
.card :last-child { margin-bottom: 0; }
.card .why { display: -webkit-box; -webkit-line-clamp: 5; -webkit-box-orient: vertical; overflow: hidden; }
.counts { display: block; margin: 8px 0; border-radius: 3px; }
.counts .ok { fill: var(--ok); } .counts .violated { fill: var(--bad); } .counts .inconclusive, .counts .unverified, .counts .error { fill: var(--warn); }
.counts .not-applicable, .counts .skipped, .counts .not-run { fill: var(--line); }
.command { display: flex; gap: 10px; align-items: baseline; margin: 12px 0 0; }
.command .label, .command button { flex: none; }
.command .label { color: var(--muted); font-size: 13px; }
.command code { background: var(--faint); border-radius: 4px; padding: 3px 8px; user-select: all; min-width: 0; }
.command button { font: 12px var(--sans); color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 4px; padding: 2px 8px; cursor: pointer; }
nav { display: flex; flex-wrap: wrap; gap: 6px 20px; margin-top: 20px; padding-top: 12px; border-top: 1px solid var(--line); }
.chapter { margin: 0 0 56px; }
`;

const VIOLATIONS = `
.said { font-weight: 600; max-width: 90ch; } .said.ok { color: var(--ok); } .said.violated { color: var(--bad); } .said.inconclusive, .said.unverified, .said.error { color: var(--warn); } .said.not-applicable, .said.skipped, .said.not-run { color: var(--muted); font-weight: 400; font-size: 14px; }
.violation { background: var(--sheet); border: 1px solid var(--line); border-left: 4px solid var(--bad); border-radius: 8px; padding: 18px 20px; margin: 0 0 20px; }
.violation.ok { border-left-color: var(--ok); } .violation.inconclusive, .violation.error { border-left-color: var(--warn); } .violation.skipped { border-left-color: var(--line); }
.violation .lead { font-size: 16px; margin-top: 10px; }
.clause-id { font-family: var(--mono); font-size: 0.92em; font-weight: 600; margin-right: 4px; }
.facts { margin: 12px 0; display: grid; gap: 6px; }
.facts > div { display: grid; grid-template-columns: 120px minmax(0, 1fr); gap: 12px; }
.facts dt { color: var(--muted); font-size: 14px; } .facts dd { margin: 0; white-space: pre-line; }
.violation .facts > div:nth-child(2) dd { color: var(--text); }
.more { margin-top: 12px; }
.timeline { margin: 14px 0; }
.timeline .scroll { border: 1px solid var(--line); border-radius: 6px; background: var(--page); padding: 4px 8px; }
.timeline svg { display: block; font: 12px var(--mono); }
.timeline svg text { fill: var(--text); } .timeline .lane { font-weight: 700; font-family: var(--sans); font-size: 13px; }
.timeline .time { fill: var(--muted); font-size: 11px; } .timeline .hair { stroke: var(--line); stroke-dasharray: 1 3; fill: none; }
.timeline .edge { stroke: var(--line); fill: none; }
.timeline .overlap { fill: var(--bad-tint); } .timeline .brace { stroke: var(--bad); fill: none; stroke-width: 1.5; }
.timeline .overlap-text { fill: var(--bad); font: 600 12px var(--sans); }
.timeline rect.inside { fill: var(--lock); } .timeline rect.waiting { fill: none; stroke: var(--run); stroke-dasharray: 3 2; }
.timeline .run { fill: var(--run); } .timeline .hit { fill: transparent; }
.timeline .error .run { fill: var(--warn); } .timeline .error text { fill: var(--warn); }
.timeline .stuck .run { fill: none; stroke: var(--bad); stroke-dasharray: 4 3; } .timeline .arrow { fill: none; stroke: var(--bad); stroke-width: 1.5; }
.timeline .marked .run { fill: var(--bad); } .timeline .stuck.marked .run { fill: none; }
.timeline .marked text { fill: var(--bad); font-weight: 700; }
.timeline .current .hit { fill: var(--accent); fill-opacity: 0.14; }
.told { min-height: 1.5em; font-size: 14px; margin: 4px 0 0; color: var(--muted); } .told.active { color: var(--text); }
.timeline figcaption { color: var(--muted); font-size: 13px; margin-top: 8px; }
.key { display: inline-block; width: 10px; height: 12px; border-radius: 3px; vertical-align: -1px; margin-left: 10px; }
.key.inside { background: var(--lock); } .key.waiting { border: 1px dashed var(--run); } .key.marked { background: var(--bad); }
.steps { font-size: 14px; margin: 4px 0; padding-left: 32px; } .steps .at { color: var(--muted); font-variant-numeric: tabular-nums; margin-right: 8px; }
.steps .marked { color: var(--bad); }
`;

const LOADS = `
.charts { display: grid; gap: 24px; grid-template-columns: repeat(2, minmax(0, 1fr)); margin: 16px 0 24px; }
.chart { margin: 0; min-width: 0; } .chart figcaption { display: flex; gap: 12px; align-items: baseline; }
.chart .note { font-size: 13px; } .plot { min-height: 280px; }
.choice, .choice select { font: 14px var(--sans); color: var(--text); } .choice { color: var(--muted); }
.choice select { background: var(--sheet); border: 1px solid var(--line); border-radius: 4px; padding: 2px 4px; }
.uplot { font-family: var(--sans); width: 100%; } .u-legend { font-size: 13px; text-align: left; margin: 0; width: auto; } .u-legend th, .u-legend td { border: 0; padding: 2px 4px 2px 0; font-weight: 400; } .u-legend .u-marker { border-width: 5px !important; height: 0; width: 14px; }
.u-hz .u-cursor-x, .u-hz .u-cursor-y { border-color: var(--muted); }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
caption { text-align: left; font-weight: 600; font-size: 16px; padding: 0 0 6px; }
th, td { text-align: left; vertical-align: top; padding: 6px 12px 6px 0; border-bottom: 1px solid var(--line); font-weight: 400; }
thead th { font-weight: 600; }
.compare { margin: 0 0 32px; font-size: 14px; table-layout: fixed; }
.compare tr > :first-child { width: 30%; } .compare th[scope=row] { color: var(--muted); }
.swatch { display: inline-block; width: 10px; height: 10px; border-radius: 50%; background: var(--color); margin-right: 6px; }
.s0 { --color: var(--s0); } .s1 { --color: var(--s1); } .s2 { --color: var(--s2); } .s3 { --color: var(--s3); } .s4 { --color: var(--s4); } .s5 { --color: var(--s5); }
.bar { display: block; margin-top: 4px; max-width: 260px; } .bar .track { fill: var(--faint); } .bar .fill { fill: var(--accent); }
.ranges { margin: 0 0 32px; } .ranges .rows { margin-top: 8px; }
.range { display: grid; grid-template-columns: 30% minmax(0, 1fr); align-items: center; font-size: 14px; color: var(--muted); }
.range svg { display: block; overflow: visible; } .range text { fill: var(--muted); font-size: 12px; }
.intervals .band { fill: var(--faint); } .intervals .limit { stroke: var(--bad); stroke-dasharray: 3 2; } .intervals .better { --color: var(--ok); } .intervals .worse { --color: var(--bad); } .intervals .same { --color: var(--accent); } .intervals .open { --color: var(--idle); }
.range .hair { stroke: var(--line); } .range .span { stroke: var(--color); stroke-width: 2; } .range circle { fill: var(--color); }
.numbers { font-size: 14px; } .numbers th, .numbers td { padding-right: 8px; } .numbers .number { text-align: right; white-space: nowrap; } .numbers .words { white-space: nowrap; } .numbers th[scope=row] { white-space: nowrap; } .numbers { margin: 0 0 32px; } .numbers tbody tr:not(.group):not(:last-child) > * { border-bottom-color: transparent; }
.group th { font-weight: 600; padding-top: 12px; }
`;

const CHECKS = `
.filters { display: flex; flex-wrap: wrap; gap: 10px 20px; align-items: center; margin: 0 0 12px; font-size: 14px; }
.filters input[type=search] { font: 15px var(--sans); color: var(--text); background: var(--sheet); border: 1px solid var(--line); border-radius: 6px; padding: 6px 10px; width: 240px; max-width: 100%; margin-left: 6px; }
.filters fieldset { border: 0; padding: 0; margin: 0; display: flex; flex-wrap: wrap; gap: 4px 14px; min-width: 0; } .filters legend { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
.pill { display: inline-flex; gap: 5px; align-items: center; cursor: pointer; white-space: nowrap; } .pill input { accent-color: var(--accent); margin: 0; }
.filters output { color: var(--muted); margin-left: auto; }
.checks { font-size: 14px; table-layout: fixed; margin: 0 0 32px; } .checks thead th:first-child { width: 48%; } .checks tbody tr:hover { background: var(--faint); }
.effort { color: var(--muted); font-size: 13px; } .situations ul { margin: 0; padding-left: 18px; color: var(--muted); font-size: 13px; } .situations summary { font-size: 13px; padding: 0; }
.targets { display: grid; gap: 24px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 320px), 1fr)); margin-top: 24px; font-size: 14px; }
.targets .facts > div { grid-template-columns: 150px minmax(0, 1fr); }
`;

const NARROW = `
@media (max-width: 760px) {
  main { padding: 20px 16px 60px; } h1 { font-size: 25px; }
  .charts { grid-template-columns: minmax(0, 1fr); }
  .violation { padding: 14px; } .facts > div { grid-template-columns: minmax(0, 1fr); gap: 0; }
  .range { grid-template-columns: minmax(0, 1fr); margin-bottom: 6px; }
  .checks thead { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; overflow: hidden; }
  .checks tr:not([hidden]), .checks th, .checks td { display: block; } .checks th[scope=row] { width: auto; border: 0; padding-bottom: 0; }
  .checks td { border: 0; padding: 2px 0; } .checks td::before { content: attr(data-target) " "; color: var(--muted); }
  .checks tr { border-bottom: 1px solid var(--line); padding: 4px 0; }
  .scroll .compare { table-layout: auto; overflow-wrap: break-word; }
  .compare tr > :first-child { width: 34%; } .compare th, .compare td { padding-right: 8px; }
  .filters input[type=search] { width: 100%; margin: 4px 0 0; } .text-filter { width: 100%; } .filters output { margin-left: 0; }
}
@media print { .command button, nav, .filters { display: none; } .violation, .card { break-inside: avoid; } }
`;

export const STYLES: string = COLORS + BASE + HEADER + VIOLATIONS + LOADS + CHECKS + NARROW;

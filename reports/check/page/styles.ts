/** Styles of this page, in addition to those that all pages share. */

export const OWN_STYLES: string = `
#history { margin: 0; } #history[hidden] { display: none; }
.picks, .tools { display: flex; flex-wrap: wrap; gap: 8px 18px; align-items: center; font-size: 14px; color: var(--muted); margin: 0 0 10px; }
.picks[hidden], .tools[hidden], .picks label[hidden], .tools [hidden] { display: none; }
.picks label { max-width: 100%; min-width: 0; } .picks select, .picks input { font: 14px var(--sans); color: var(--text); background: var(--sheet); border: 1px solid var(--line); border-radius: 4px; padding: 4px 6px; max-width: min(100%, 420px); text-overflow: ellipsis; }
.tools button { font: 13px var(--sans); color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 4px; padding: 3px 10px; cursor: pointer; min-width: 30px; }
.tools label { display: inline-flex; gap: 5px; align-items: center; cursor: pointer; } .tools input { accent-color: var(--accent); margin: 0; }
.tools [data-part=status] { margin-left: auto; font-size: 13px; }
.words { max-width: 90ch; margin: 12px 0; } .words p { margin: 0 0 4px; }
.stage { position: relative; border: 1px solid var(--line); border-radius: 6px; background: var(--sheet); } .stage[hidden] { display: none; }
.stage canvas { display: block; width: 100%; touch-action: pan-y; cursor: grab; border-radius: 6px; } .stage canvas:active { cursor: grabbing; }
.tip { position: absolute; z-index: 1; width: max-content; max-width: min(460px, 90%); pointer-events: none; background: var(--page); border: 1px solid var(--muted); border-radius: 6px; padding: 8px 12px; font-size: 13px; box-shadow: 0 3px 12px rgb(0 0 0 / 18%); }
.tip[hidden] { display: none; } .tip strong { font: 600 13px var(--mono); }
.tip dl { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: 2px 10px; margin: 6px 0 0; } .tip dt { color: var(--muted); } .tip dd { margin: 0; } .tip .why { color: var(--bad); font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; padding: 0; margin: 10px 0; font-size: 13px; color: var(--muted); } .legend[hidden], .legend [hidden] { display: none; }
.legend svg { vertical-align: -4px; margin-right: 6px; }
.legend .placed { fill: var(--lock); stroke: var(--run); } .legend .unplaced { fill: var(--sheet); stroke: var(--idle); stroke-dasharray: 4 3; }
.legend .stuck { fill: var(--bad-tint); stroke: var(--bad); stroke-width: 2; } .legend .hatch { stroke: var(--bad); opacity: 0.5; } .legend .core { fill: var(--text); }
.legend .open { fill: url(#fade); stroke: none; } .legend .from { stop-color: var(--run); } .legend .to { stop-color: var(--run); stop-opacity: 0; }
.legend .path { stroke: var(--accent); stroke-width: 1.5; fill: none; } .legend .point { fill: var(--accent); } .legend .dotted { stroke: var(--muted); stroke-dasharray: 1 3; }
kbd { font: 12px var(--mono); border: 1px solid var(--line); border-radius: 3px; padding: 0 4px; }
.files { font-size: 14px; margin: 0 0 8px; }
.illegal-key { border-left: 3px solid var(--bad); padding-left: 14px; margin: 0 0 18px; } .illegal-key h3 { margin: 0 0 4px; }
`;

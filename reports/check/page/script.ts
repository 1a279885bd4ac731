/** The script of the page, as text. */
import { CONTROL } from './control.ts';
import { DRAW } from './draw.ts';
import { LAYOUT } from './layout.ts';
import { PICK } from './pick.ts';
import { TOLD } from './told.ts';

export const SCRIPT: string = `(() => {
'use strict';
const figure = document.getElementById('history');
const stage = figure.querySelector('.stage'), canvas = stage.querySelector('canvas'), tip = stage.querySelector('.tip');
const ink = canvas.getContext('2d', { alpha: false });
const view = { left: 0, right: 1, top: 0, width: 0, height: 0, ratio: 1, character: 7, current: -1, ticks: [], dense: false };
let shown;
${LAYOUT}${DRAW}${TOLD}${CONTROL}${PICK}
})();
`;

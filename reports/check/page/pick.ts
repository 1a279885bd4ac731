/** Part of the page's script: which file and key is shown, and how. */

export const PICK: string = String.raw`
const MARKS = { illegal: '✗', unknown: '?', ok: '✓' };
const counted = (count, noun) => count.toLocaleString('en') + ' ' + noun + (count === 1 ? '' : 's');
const files = JSON.parse(document.getElementById('histories').textContent);
const find = (name) => figure.querySelector('[data-part="' + name + '"]');
const filePicker = find('file'), keyPicker = find('key'), filter = find('filter'), onlyCore = find('only-core'), even = find('even');

function fillKeys() {
  const { keys } = files[Number(filePicker.value)];
  const wanted = filter.value.toLowerCase();
  const groups = Object.keys(MARKS).map((verdict) => {
    const group = document.createElement('optgroup');
    keys.forEach((key, index) => {
      if (key.verdict !== verdict || !key.key.toLowerCase().includes(wanted)) return;
      group.append(new Option(MARKS[verdict] + ' ' + key.key + ' (' + counted(key.operations, 'operation') + ')', String(index)));
    });
    group.label = verdict + ': ' + counted(group.children.length, 'key');
    return group;
  });
  keyPicker.replaceChildren(...groups.filter((group) => group.children.length > 0));
  keyPicker.disabled = keyPicker.options.length === 0;
}

function choose() {
  const file = files[Number(filePicker.value)];
  const key = file.keys[Number(keyPicker.value)];
  const drawn = key !== undefined && keyPicker.value !== '' && key.call !== undefined;
  const [headline, ...words] = keyPicker.value === '' ? ['No key has this name.'] : key.words;
  find('headline').textContent = headline;
  find('words').replaceChildren(...words.map((text) => { const line = document.createElement('p'); line.textContent = text; return line; }));
  for (const part of ['stage', 'tools', 'legend']) find(part).hidden = !drawn;
  if (!drawn) return;
  const hasCore = key.core !== undefined;
  for (const one of figure.querySelectorAll('[data-core]')) one.hidden = !hasCore;
  for (const one of figure.querySelectorAll('[data-bad]')) one.hidden = key.verdict !== 'illegal';
  onlyCore.checked = even.checked = hasCore;
  show(key);
  // Of many operations the eye does not find the one that is wrong.
  if (key.verdict === 'illegal' && shown.ids.length > 2 * NEAR) showWrong();
}

function show(key) {
  cancelAnimationFrame(moving);
  shown = layOut(key, onlyCore.checked, even.checked);
  tell(-1);
  fit();
  view.top = 0;
  setRange(...everything());
  redraw();
}

function fit() {
  const wanted = HEAD + shown.rows.length * ROW + 6;
  view.ratio = devicePixelRatio || 1;
  view.width = stage.clientWidth;
  view.height = Math.min(wanted, Math.round(innerHeight * 0.68));
  canvas.width = Math.round(view.width * view.ratio);
  canvas.height = Math.round(view.height * view.ratio);
  canvas.style.height = view.height + 'px';
  ink.font = '12px ' + colors.mono;
  view.character = ink.measureText('0').width || 7;
  redraw();
}

function tellStatus() {
  const { lanes, rows } = shown;
  const hidden = HEAD + rows.length * ROW > view.height + 1;
  const parts = [counted(shown.ids.length, 'operation') + ' of ' + counted(lanes.length, 'client')];
  if (hidden) parts.push('drag or press ↑ ↓ for more lanes');
  if (view.dense) parts.push('zoom in to see the order');
  const text = parts.join(' · ');
  if (find('status').textContent !== text) find('status').textContent = text;
}

files.forEach((file, index) => filePicker.add(new Option(MARKS[file.verdict] + ' ' + file.name, String(index))));
filePicker.parentElement.hidden = files.length < 2;
filePicker.addEventListener('change', () => { filter.value = ''; fillKeys(); choose(); });
filter.addEventListener('input', () => { fillKeys(); choose(); });
keyPicker.addEventListener('change', choose);
for (const box of [onlyCore, even]) box.addEventListener('change', () => show(shown.key));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => { readColors(); redraw(); });
new ResizeObserver(() => { if (stage.clientWidth > 0 && stage.clientWidth !== view.width) { fit(); redraw(); } }).observe(stage);
addEventListener('resize', () => { if (shown) { fit(); setTop(view.top); } });
readColors();
filePicker.value = String(Math.max(0, files.findIndex((file) => file.verdict !== 'ok')));
figure.hidden = false;
fillKeys();
choose();
`;

// The rows of the form of a new job: classes with colour, key and points; attributes; the rules of the chosen question.

const COLOURS = 12;
const KEYS = '1234567890';

const rowsOfClasses = () => [...document.querySelectorAll('[data-classes] [data-class]')];
const cell = (row, name) => row.querySelector(`[name="${name}"]`);
const nameOf = (row) => cell(row, 'category').value.trim();
const kindChosen = () => document.querySelector('[name="task_type"]:checked');

/** Colour and key of each row: as chosen; otherwise by its place, with the first digit that nobody has chosen. */
function looks(rows) {
  const taken = new Set(rows.map((row) => cell(row, 'key').value));
  const free = [...KEYS].filter((key) => !taken.has(key));
  return rows.map((row, place) => {
    const key = cell(row, 'key').value;
    return {
      colour: cell(row, 'colour').value || String((place % COLOURS) + 1),
      key: key === 'none' ? '' : key || (free.shift() ?? ''),
    };
  });
}

function showClasses() {
  const rows = rowsOfClasses();
  const all = looks(rows);
  rows.forEach((row, i) => {
    const swatch = row.querySelector('[data-look-of-class]');
    swatch.className = `swatch big look c${all[i].colour}`;
    swatch.textContent = all[i].key;
    for (const element of row.querySelectorAll('[aria-label]')) {
      element.setAttribute('aria-label', element.getAttribute('aria-label').replace(/\d+/, String(i + 1)));
    }
  });
  showChips(rows, all);
  showOwners(rows);
}

function showChips(rows, all) {
  const chips = rows.flatMap((row, i) => {
    if (!nameOf(row)) return [];
    const chip = document.createElement('span');
    const swatch = document.createElement('span');
    chip.className = `cls boxed c${all[i].colour}`;
    swatch.className = 'swatch';
    swatch.textContent = all[i].key;
    chip.append(swatch, nameOf(row));
    return [chip];
  });
  document.querySelector('[data-chips]')?.replaceChildren(...chips);
}

/** Of whom an attribute may be asked: the whole, each thing, or those of one class, where the question has things. */
function showOwners(rows) {
  const each = document.querySelector('[data-attributes]')?.dataset.each ?? '';
  const kind = kindChosen();
  const instances = !kind || kind.dataset.instances === '1';
  for (const select of document.querySelectorAll('[data-of]')) {
    const chosen = select.value;
    for (const option of [...select.options]) if (option.value.startsWith('class-')) option.remove();
    rows.forEach((row, i) => {
      if (nameOf(row)) select.add(new Option(each.replace('{name}', nameOf(row)), `class-${i}`));
    });
    for (const option of select.options) option.disabled = !instances && option.value !== 'object';
    const frame = select.querySelector('[value="frame"]');
    frame.disabled = frame.hidden = kind?.dataset.frames !== '1';
    const found = [...select.options].find((option) => option.value === chosen && !option.disabled);
    select.value = found ? chosen : instances ? 'instance' : 'object';
    select.closest('[data-of-field]').hidden = !instances;
    showTime(select, kind);
  }
}

/** What is asked of a thing in a video may stay the same or change. */
function showTime(select, kind = kindChosen()) {
  const thing = select.value !== 'object' && select.value !== 'frame';
  select.closest('[data-attribute]').querySelector('[data-time-field]').hidden = kind?.dataset.tracks !== '1' || !thing;
}

function addClass(name = '') {
  const body = document.querySelector('[data-classes]');
  const row = rowsOfClasses()[0].cloneNode(true);
  for (const field of row.querySelectorAll('input, textarea')) {
    field.value = '';
    field.removeAttribute('aria-invalid');
    field.removeAttribute('aria-describedby');
  }
  const joints = row.querySelector('[data-skeleton]');
  if (joints) joints.open = false;
  const input = cell(row, 'category');
  input.value = name;
  body.append(row);
  showClasses();
  return input;
}

function removeClass(row) {
  const rows = rowsOfClasses();
  const gone = rows.indexOf(row);
  if (rows.length > 1) {
    row.remove();
    // Attributes name a class by its place.
    for (const select of document.querySelectorAll('[data-of]')) {
      const place = Number(/^class-(\d+)$/.exec(select.value)?.[1] ?? -1);
      const next = place === gone ? 'instance' : place > gone ? `class-${place - 1}` : select.value;
      if (![...select.options].some((option) => option.value === next)) select.add(new Option('', next));
      select.value = next;
    }
  } else for (const field of row.querySelectorAll('input, textarea')) field.value = '';
  showClasses();
}

function takeList() {
  const area = document.getElementById('category_list');
  for (const name of area.value.split('\n').map((line) => line.trim()).filter(Boolean)) {
    const free = rowsOfClasses().find((row) => !nameOf(row));
    if (free) cell(free, 'category').value = name;
    else addClass(name);
  }
  area.value = '';
  document.getElementById('paste').hidePopover();
  showClasses();
}

let looked = null; // the row whose colour and key are being chosen

function openLook(row) {
  looked = row;
  showLook();
  document.querySelector('[data-key]').value = cell(row, 'key').value;
  document.getElementById('look-of-class').showPopover();
  document.querySelector('[data-colour][aria-pressed="true"]')?.focus();
}

function showLook() {
  const rows = rowsOfClasses();
  const { colour } = looks(rows)[rows.indexOf(looked)];
  for (const button of document.querySelectorAll('[data-colour]')) {
    button.setAttribute('aria-pressed', String(button.dataset.colour === colour));
  }
}

function showKind() {
  const kind = kindChosen();
  for (const part of document.querySelectorAll('[data-settings-of]')) part.hidden = part.dataset.settingsOf !== kind?.value;
  for (const part of document.querySelectorAll('[data-skeleton]')) part.hidden = kind?.dataset.skeletons !== '1';
  showOwners(rowsOfClasses());
}

function showAttribute(box) {
  const kind = box.querySelector('[data-kind]').value;
  for (const part of box.querySelectorAll('[data-for-kind]')) part.hidden = part.dataset.forKind !== kind;
}

function addAttribute() {
  const place = document.querySelector('[data-attributes]');
  place.append(document.querySelector('[data-blank-attribute]').content.cloneNode(true));
  const box = place.lastElementChild;
  showOwners(rowsOfClasses());
  const kind = kindChosen();
  if (kind?.dataset.instances === '1') box.querySelector('[data-of]').value = 'instance';
  showTime(box.querySelector('[data-of]'));
  showAttribute(box);
  box.querySelector('input').focus();
}

function start() {
  looked = null;
  showClasses();
  showKind();
  document.querySelectorAll('[data-attribute]').forEach(showAttribute);
}

const PRESSED = {
  addClass: () => addClass().focus(),
  removeClass: (button) => removeClass(button.closest('[data-class]')),
  takeList,
  lookOfClass: (button) => openLook(button.closest('[data-class]')),
  colour: (button) => {
    cell(looked, 'colour').value = button.dataset.colour;
    showClasses();
    showLook();
  },
  addAttribute,
  removeAttribute: (button) => {
    button.closest('[data-attribute]').remove();
    document.querySelector('[data-add-attribute]').focus();
  },
};

document.addEventListener('click', (event) => {
  const button = event.target.closest('#new-job button');
  for (const [name, act] of Object.entries(PRESSED)) if (button && name in button.dataset) act(button);
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('#new-job [name="category"]')) return;
  event.preventDefault(); // Enter in a class means the next class, not send
  const all = rowsOfClasses().map((row) => cell(row, 'category'));
  (all[all.indexOf(event.target) + 1] ?? addClass()).focus();
});

document.addEventListener('input', (event) => {
  if (event.target.matches('#new-job [name="category"]')) showClasses();
});

document.addEventListener('change', ({ target }) => {
  if (target.name === 'task_type') showKind();
  if (target.matches('[data-of]')) showTime(target);
  if (target.matches('[data-kind]')) showAttribute(target.closest('[data-attribute]'));
  if (target.matches('[data-key]') && looked) {
    cell(looked, 'key').value = target.value;
    showClasses();
  }
});

document.addEventListener('htmx:afterSettle', start);
start();

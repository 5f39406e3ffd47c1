// The form of a new job: rows of classes, where the data come from, a look at them. Without it the form still sends.

const COLOURS = 12;
const KEYS = '1234567890';
let blobs = [];

const form = () => document.querySelector('[data-new-job]');

function renumber(body) {
  [...body.rows].forEach((row, i) => {
    const swatch = row.querySelector('.swatch');
    swatch.className = `swatch big c${(i % COLOURS) + 1}`;
    swatch.textContent = KEYS[i] ?? '';
    for (const element of row.querySelectorAll('[aria-label]')) {
      element.setAttribute('aria-label', element.getAttribute('aria-label').replace(/\d+/, String(i + 1)));
    }
  });
  showChips();
}

function addClass(name = '') {
  const body = document.querySelector('[data-classes]');
  const row = body.rows[0].cloneNode(true);
  const input = row.querySelector('input');
  input.value = name;
  input.removeAttribute('aria-invalid');
  body.append(row);
  renumber(body);
  return input;
}

function names() {
  return [...document.querySelectorAll('[data-classes] input')].map((input) => input.value.trim());
}

function showChips() {
  const place = document.querySelector('[data-chips]');
  if (!place) return;
  place.replaceChildren(
    ...names().flatMap((name, i) => {
      if (!name) return [];
      const chip = document.createElement('span');
      const swatch = document.createElement('span');
      chip.className = `cls boxed c${(i % COLOURS) + 1}`;
      swatch.className = 'swatch';
      swatch.textContent = KEYS[i] ?? '';
      chip.append(swatch, name);
      return [chip];
    }),
  );
}

function takeList() {
  const area = document.getElementById('category_list');
  const rows = () => [...document.querySelectorAll('[data-classes] input')];
  for (const name of area.value.split('\n').map((line) => line.trim()).filter(Boolean)) {
    const free = rows().find((input) => !input.value.trim());
    if (free) free.value = name;
    else addClass(name);
  }
  area.value = '';
  document.getElementById('paste').hidePopover();
  showChips();
}

function showSource() {
  const chosen = document.querySelector('[name="source"]:checked')?.value;
  for (const part of document.querySelectorAll('[data-source-part]')) part.hidden = part.dataset.sourcePart !== chosen;
}

// A promise can only be made of what the machine can learn.
function showPromise() {
  const kind = document.querySelector('[name="task_type"]:checked');
  const learns = !kind || kind.dataset.learns === '1';
  for (const input of document.querySelectorAll('[data-promise] input[type="radio"]')) {
    input.disabled = !learns && input.value !== 'none';
    if (!learns) input.checked = input.value === 'none';
  }
  const other = document.querySelector('[data-other]');
  if (other) other.disabled = !learns;
  const promised = document.querySelector('[data-promised]');
  if (promised) promised.hidden = document.querySelector('[name="promise"]:checked')?.value === 'none';
}

function lookAtFiles(files) {
  const place = document.getElementById('look');
  if (!place) return;
  blobs.forEach((url) => URL.revokeObjectURL(url));
  const shown = [...files].filter((file) => file.type.startsWith('image/')).slice(0, 6);
  blobs = shown.map((file) => URL.createObjectURL(file));
  if (!shown.length) return;
  const list = document.createElement('ul');
  list.className = 'tiles three';
  list.append(
    ...shown.map((file, i) => {
      const item = document.createElement('li');
      const image = document.createElement('img');
      item.className = 'tile';
      image.className = 'photo';
      image.src = blobs[i];
      image.alt = file.name;
      item.append(image);
      return item;
    }),
  );
  place.replaceChildren(list);
}

function lookAtServer() {
  const place = document.getElementById('look');
  const path = document.getElementById('path')?.value.trim();
  const kind = document.querySelector('[name="task_type"]:checked')?.value ?? '';
  if (!place?.dataset.look || !path) return;
  const address = `${place.dataset.look}?${new URLSearchParams({ path, task_type: kind })}`;
  window.htmx?.ajax('GET', address, { target: place, swap: 'innerHTML' });
}

function chosen(input) {
  const hint = document.querySelector('[data-chosen]');
  const files = [...input.files];
  if (!files.length) return;
  const size = files.reduce((sum, file) => sum + file.size, 0) / 1e6;
  hint.textContent = `${files.slice(0, 3).map((file) => file.name).join(', ')}${files.length > 3 ? ' …' : ''} · ${files.length} · ${size.toFixed(1)} MB`;
  for (const other of document.querySelectorAll('input[type="file"]')) if (other !== input) other.value = '';
  lookAtFiles(files);
}

// Which part of the form is before one's eyes.
let watch;
function showStep() {
  watch?.disconnect();
  const steps = new Map([...document.querySelectorAll('.steps a')].map((link) => [link.hash.slice(1), link.parentElement]));
  watch = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        steps.forEach((item) => item.removeAttribute('aria-current'));
        steps.get(target.id)?.setAttribute('aria-current', 'step');
      }
    },
    { rootMargin: '-20% 0px -70%' },
  );
  for (const id of steps.keys()) watch.observe(document.getElementById(id));
}

function start() {
  showStep();
  showSource();
  showPromise();
  showChips();
  form()?.querySelector('[data-focus]')?.focus({ preventScroll: true });
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-add-class], [data-remove-class], [data-take-list]');
  if (!button) return;
  if ('addClass' in button.dataset) addClass().focus();
  else if ('takeList' in button.dataset) takeList();
  else {
    const body = button.closest('[data-classes]');
    if (body.rows.length > 1) button.closest('tr').remove();
    else body.querySelector('input').value = '';
    renumber(body);
  }
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter' || !event.target.matches('[data-classes] input')) return;
  event.preventDefault(); // Enter in a class means the next class, not send
  const all = [...document.querySelectorAll('[data-classes] input')];
  (all[all.indexOf(event.target) + 1] ?? addClass()).focus();
});

document.addEventListener('input', (event) => {
  if (event.target.matches('[data-classes] input')) showChips();
  if (event.target.matches('[data-other]')) document.getElementById('promise-other').checked = true;
  if (event.target.matches('[data-other]')) showPromise();
});

document.addEventListener('change', (event) => {
  const { name, type } = event.target;
  if (name === 'source') showSource();
  if (name === 'task_type' || name === 'promise') showPromise();
  if (name === 'path' || name === 'task_type') lookAtServer();
  if (type === 'file') chosen(event.target);
});

document.addEventListener('dragover', (event) => {
  if (event.target.closest?.('#drop')) event.preventDefault();
});
document.addEventListener('drop', (event) => {
  if (!event.target.closest?.('#drop')) return;
  event.preventDefault();
  const input = document.getElementById('files');
  input.files = event.dataTransfer.files;
  chosen(input);
});

// Chosen files can't be put back by the server, so they are carried over to the form that shows what is wrong.
let carried = [];
document.addEventListener('htmx:beforeSwap', () => {
  carried = [...document.querySelectorAll('input[type="file"]')].map((input) => [input.id, input.files]);
});
document.addEventListener('htmx:afterSettle', () => {
  for (const [id, files] of carried) {
    const input = document.getElementById(id);
    if (input && files.length) {
      input.files = files;
      chosen(input);
    }
  }
  carried = [];
  start();
});

start();

// The form of a new job: where the data come from, a look at them, what a promise needs. Without it the form still sends.

let blobs = [];

const form = () => document.querySelector('[data-new-job]');

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
  const unlearned = document.querySelector('[data-unlearned]');
  if (unlearned) unlearned.hidden = learns;
  const promised = document.querySelector('[name="promise"]:checked')?.value !== 'none';
  for (const part of document.querySelectorAll('[data-promised]')) part.hidden = !promised;
  showMeaning(promised);
}

// Only a machine that learns whole texts can go by what they mean; what is not shown is not sent.
function showMeaning(promised) {
  const part = document.querySelector('[data-meaning]');
  if (!part) return;
  part.hidden = !promised || document.querySelector('[name="task_type"]:checked')?.dataset.meant !== '1';
  part.querySelector('input').disabled = part.hidden;
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
  form()?.querySelector('[data-focus]')?.focus({ preventScroll: true });
}

document.addEventListener('input', (event) => {
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

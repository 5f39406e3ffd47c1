// What every page needs: places and widths from data attributes (the content policy allows no style attributes), the
// theme, copying, toasts. Works on fragments that htmx swaps in as well.

const PLACES = [['width', 'width'], ['height', 'height'], ['left', 'left'], ['top', 'top']];

export function place(root) {
  for (const [name, property] of PLACES) {
    for (const element of root.querySelectorAll(`[data-${name}]`)) element.style[property] = `${element.dataset[name]}%`;
  }
}

function showTheme() {
  const now = document.documentElement.dataset.theme ?? 'system';
  for (const button of document.querySelectorAll('[data-theme-choice]')) {
    button.setAttribute('aria-pressed', String(button.dataset.themeChoice === now));
  }
}

function chooseTheme(choice) {
  if (choice === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = choice;
  try {
    if (choice === 'system') localStorage.removeItem('touchstone.theme');
    else localStorage.setItem('touchstone.theme', choice);
  } catch {
    // storage switched off: the choice holds for this page
  }
  showTheme();
}

async function copy(button) {
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    button.lastChild.textContent = button.dataset.copied;
  } catch {
    // refused, or no secure context: the text is selected, so the system's own copy works
  }
}

document.addEventListener('click', (event) => {
  const button = event.target.closest('[data-theme-choice], [data-copy], [data-close-toast]');
  if (!button) return;
  if (button.dataset.themeChoice) chooseTheme(button.dataset.themeChoice);
  else if (button.dataset.copy) void copy(button);
  else if ('closeToast' in button.dataset) button.closest('[data-toast]').remove();
});

document.addEventListener('keydown', (event) => {
  const find = document.querySelector('[data-find]');
  if (find && event.key.toLowerCase() === 'k' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    find.focus();
    find.select();
  }
});

// A form that is on its way says so and can't be sent twice.
document.addEventListener('submit', (event) => {
  const form = event.target;
  if (form.dataset.sent) event.preventDefault();
  if (form.method === 'post') form.dataset.sent = '1';
});
window.addEventListener('pageshow', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent));

document.addEventListener('htmx:load', (event) => place(event.detail.elt));
document.addEventListener('htmx:afterRequest', () => document.querySelectorAll('form[data-sent]').forEach((form) => delete form.dataset.sent));
place(document);
showTheme();
for (const toast of document.querySelectorAll('[data-toast]')) setTimeout(() => toast.remove(), 6000);

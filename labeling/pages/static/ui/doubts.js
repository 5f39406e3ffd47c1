// Labels that the model doubts: arrow keys move from one to the next, X marks as Space does, the bar counts the marks.

const form = document.querySelector('[data-doubts]');
const boxes = form ? [...form.querySelectorAll('[name="wrong"]')] : [];

function show() {
  const counter = form.querySelector('[data-marked]');
  const n = boxes.filter((box) => box.checked).length;
  counter.textContent = n ? `${counter.dataset.some} ${n}` : counter.dataset.none;
}

/** How many stand beside each other: as many as share the first one's top. */
function columns() {
  const top = (box) => box.closest('li').offsetTop;
  const next = boxes.findIndex((box) => top(box) !== top(boxes[0]));
  return next < 0 ? boxes.length : next;
}

function move(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const at = boxes.indexOf(document.activeElement);
  const steps = { ArrowRight: 1, ArrowLeft: -1, ArrowDown: columns(), ArrowUp: -columns() };
  if (event.key in steps) {
    const to = at < 0 ? 0 : at + steps[event.key];
    if (!boxes[to]) return;
    event.preventDefault();
    boxes[to].focus();
    boxes[to].closest('li').scrollIntoView({ block: 'nearest' });
  } else if (event.key.toLowerCase() === 'x' && at >= 0) {
    boxes[at].click();
  }
}

if (boxes.length) {
  form.addEventListener('change', show);
  document.addEventListener('keydown', move);
  window.addEventListener('pageshow', show);
}

/** Focus without the ring, until the focus goes away: for the mouse and for a new object, which a person did not tab to. */
export const quietlyFocus = (element: HTMLElement): void => {
  element.classList.add('quiet-focus');
  element.addEventListener('blur', () => element.classList.remove('quiet-focus'), { once: true });
  element.focus({ preventScroll: true });
};

// Runs before the first paint: the choice of light or dark that this browser keeps, if there is one.
(() => {
  try {
    const choice = localStorage.getItem('touchstone.theme');
    if (choice === 'light' || choice === 'dark') document.documentElement.dataset.theme = choice;
  } catch {
    // storage switched off: the system's wish holds
  }
})();

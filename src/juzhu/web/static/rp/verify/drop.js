// Lets a PDF be dropped on the page; choosing it in the field works the same without this file.
(function () {
  'use strict';
  const zone = document.querySelector('[data-drop]'), field = zone && zone.querySelector('input[type=file]');
  if (!field || !matchMedia('(any-pointer: fine)').matches) return;
  zone.querySelector('[data-drop-hint]').hidden = false;
  let depth = 0;
  const over = by => { depth = Math.max(0, depth + by); zone.classList.toggle('drop--over', depth > 0); };
  const ofFiles = event => [...event.dataTransfer.types].includes('Files');
  // A file that misses the zone must not replace the page.
  ['dragover', 'drop'].forEach(name => addEventListener(name, event => { if (ofFiles(event)) event.preventDefault(); }));
  zone.addEventListener('dragenter', event => { if (ofFiles(event)) over(1); });
  zone.addEventListener('dragleave', event => { if (ofFiles(event)) over(-1); });
  zone.addEventListener('drop', event => {
    if (!ofFiles(event)) return;
    event.preventDefault();
    depth = 0; over(0);
    const one = new DataTransfer();
    if (event.dataTransfer.files.length) one.items.add(event.dataTransfer.files[0]);
    field.files = one.files;
    field.dispatchEvent(new Event('change', { bubbles: true }));
    field.focus();
  });
})();

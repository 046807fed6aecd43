// What the browser tests ask of a page; evaluated in it, never shipped.
window.pageChecks = {
  // what sticks out to the right
  overflow() {
    const width = document.documentElement.clientWidth;
    const out = document.documentElement.scrollWidth > width ? ['the page itself'] : [];
    for (const e of document.querySelectorAll('body *')) {
      const box = e.getBoundingClientRect();
      if (box.width && box.right > width + 1 && !e.closest('svg,.vh,.skip'))
        out.push(`${e.tagName}.${e.className} ${e.textContent.trim().slice(0, 20)}`);
    }
    return out.slice(0, 5);
  },
  // controls of the main part lower than `least` px; links within a sentence are exempt
  smallTargets(least) {
    const controls = 'main a[href],main button,main summary,main select,main label.choice,' +
      'main input:not([type=radio]):not([type=checkbox]):not([type=hidden])';
    return [...document.querySelectorAll(controls)]
      .map(e => [e, e.getBoundingClientRect()])
      .filter(([e, box]) => box.width > 2 && getComputedStyle(e).display !== 'inline' && box.height < least)
      .map(([e, box]) => `${e.textContent.trim().slice(0, 16)} ${box.height}`);
  },
  // texts smaller than `least` px
  smallText(least) {
    const hidden = '.vh,svg,.skip,noscript,script,[hidden],option', found = new Set();
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const e = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || e.closest(hidden)) continue;
      const size = parseFloat(getComputedStyle(e).fontSize);
      if (size < least) found.add(`${e.className} ${size}`);
    }
    return [...found];
  },
  // all three at once
  all(leastHeight, leastText) {
    return {'sticks out': this.overflow(), low: this.smallTargets(leastHeight), small: this.smallText(leastText)};
  },
  // the focused control and whether it shows a ring; null when the tour is over
  focused() {
    const e = document.activeElement;
    if (!e || e === document.body) return null;
    const ring = s => s.outlineStyle !== 'none' && parseFloat(s.outlineWidth) >= 2;
    const box = e.closest('.choice') || e;
    const name = `${e.tagName} ${e.id || e.name || e.textContent.trim().slice(0, 16)}`;
    return [name, ring(getComputedStyle(e)) || ring(getComputedStyle(box))];
  },
};

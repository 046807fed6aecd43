// What the browser tests ask of a page; evaluated in it, never shipped.
window.pageChecks = {
  name(e) {
    return `${e.tagName}.${e.className.baseVal === undefined ? e.className : ''} ${e.textContent.trim().slice(0, 20)}`;
  },
  // what sticks out to the right
  overflow() {
    const width = document.documentElement.clientWidth;
    const out = document.documentElement.scrollWidth > width ? ['the page itself'] : [];
    for (const e of document.querySelectorAll('body *')) {
      const box = e.getBoundingClientRect();
      if (box.width && box.right > width + 1 && !e.closest('svg,.vh,.skip')) out.push(this.name(e));
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
  // neighbours that are read one way and seen the other: the later one stands above or to the left
  outOfOrder() {
    const found = [];
    for (const parent of document.querySelectorAll('body, body *')) {
      if (parent.closest('svg,[hidden],select') || getComputedStyle(parent).direction === 'rtl') continue;
      let before = null;
      for (const e of parent.children) {
        const box = e.getBoundingClientRect(), style = getComputedStyle(e);
        if (box.width < 2 || box.height < 2 || style.visibility === 'hidden' || e.matches('.vh,.skip,svg')) continue;
        if (style.position === 'absolute' || style.position === 'fixed') continue;
        if (before) {
          const above = box.bottom <= before.top + 1 && box.left < before.right - 1;
          const left = box.right <= before.left + 1 && box.top < before.bottom - 1;
          if (above || left) found.push(this.name(e));
        }
        before = box;
      }
    }
    return found.slice(0, 5);
  },
  // what is said of a page to those who do not see it
  structure() {
    const found = [], shown = e => e.getClientRects().length > 0;
    const count = (what, selector, least, most) => {
      const n = [...document.querySelectorAll(selector)].filter(shown).length;
      if (n < least || n > most) found.push(`${n} ${what}`);
    };
    count('headings of the page', 'h1', 1, 1);
    count('main buttons', 'main .btn--main', 0, 1);
    const alerts = [...document.querySelectorAll('[role=alert]')].filter(e => shown(e) && e.innerText.trim());
    if (alerts.length > 1) found.push(`${alerts.length} alerts`);
    if (document.querySelector('[role=alert] [role=status],[role=status] [role=alert],[role=alert] [aria-live],[role=status] [aria-live]'))
      found.push('one announcement within another');
    for (const e of document.querySelectorAll('[tabindex]')) if (e.tabIndex > 0) found.push(`tab order: ${this.name(e)}`);
    for (const e of document.querySelectorAll('[aria-invalid=true]')) {
      const group = e.closest('fieldset[aria-describedby]');
      const ids = [e, group].map(one => (one && one.getAttribute('aria-describedby')) || '').join(' ');
      const told = ids.split(/\s+/).filter(Boolean).map(id => document.getElementById(id));
      if (!told.some(t => t && t.matches('.err,.errorlist,[id$=_error]') && t.textContent.trim()))
        found.push(`error without its words: ${e.id || e.name}`);
    }
    return found;
  },
  // Chinese on an English page that is not said to be Chinese
  unmarkedChinese() {
    if (!document.documentElement.lang.startsWith('en')) return [];
    const found = new Set(), texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const e = texts.currentNode.parentElement, said = texts.currentNode.data.trim();
      if (!/\p{Script=Han}/u.test(said) || e.closest('script,noscript,[hidden]')) continue;
      if (!e.closest('[lang]').lang.startsWith('zh')) found.add(said.slice(0, 20));
    }
    return [...found].slice(0, 5);
  },
  // all that depends on the shape
  all(leastHeight, leastText) {
    return {
      'sticks out': this.overflow(), low: this.smallTargets(leastHeight), small: this.smallText(leastText),
      'read in another order than seen': this.outOfOrder(),
    };
  },
  // all that does not
  said() {
    return { structure: this.structure(), 'Chinese not marked': this.unmarkedChinese() };
  },
  // whether the way to the elder version, or back from it, stands on the first screen
  elderInSight() {
    const e = document.querySelector('button[name=mode]'), box = e && e.getBoundingClientRect();
    return Boolean(box && box.height && box.bottom <= innerHeight);
  },
  // bytes that travelled for the page and what it needed, without the lines of headers
  weight() {
    const sent = [...performance.getEntriesByType('navigation'), ...performance.getEntriesByType('resource')];
    return sent.reduce((sum, one) => sum + one.encodedBodySize, 0);
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

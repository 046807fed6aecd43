/* Progressive enhancement only: every page works with this file blocked. */
(function () {
  'use strict';
  var d = document, main = d.getElementById('main');
  // 1. errors: move focus to the summary so that screen readers hear it
  var sum = d.querySelector('.errsum'); if (sum) sum.focus();
  // 2. one tap, one request: lock the pressed button, unlock when the page comes back from the cache
  d.addEventListener('submit', function (e) {
    if (e.target.dataset.sent) { e.preventDefault(); return; }
    var b = e.submitter; if (!b || !b.dataset.busy) return;
    e.target.dataset.sent = '1'; b.dataset.was = b.textContent;
    b.setAttribute('aria-disabled', 'true'); b.textContent = b.dataset.busy;
  });
  addEventListener('pageshow', function (e) {
    if (!e.persisted) return;
    d.querySelectorAll('[data-sent]').forEach(function (f) { delete f.dataset.sent; });
    d.querySelectorAll('[data-was]').forEach(function (b) { b.textContent = b.dataset.was; b.removeAttribute('aria-disabled'); });
  });
  // 3. waiting for a decision: ask for the same page with growing pauses; show it when it changed
  var wait = d.querySelector('[data-poll]');
  if (wait) (function ask(pause) {
    setTimeout(function () {
      fetch(location.href, { headers: { 'X-Poll': '1' } }).then(function (r) { return r.text(); }).then(function (t) {
        var now = new DOMParser().parseFromString(t, 'text/html').querySelector('[data-poll]');
        if (!now || now.dataset.poll !== wait.dataset.poll) location.reload(); else ask(Math.min(pause * 1.5, 15000));
      }, function () { ask(Math.min(pause * 2, 15000)); });
    }, pause);
  })(1000);
  // 4. a file that is too large: say so before it travels
  d.querySelectorAll('input[data-most]').forEach(function (f) {
    f.addEventListener('change', function () {
      d.querySelector('[data-large]').hidden = !f.files[0] || f.files[0].size <= +f.dataset.most;
    });
  });
  // 5. nobody touched the page for ten minutes: offer to go on before the server signs out
  var idle = d.getElementById('idle');
  if (idle) {
    var after = idle.dataset.after * 1000, end = idle.dataset.end * 1000, one, two;
    var start = function () {
      clearTimeout(one); clearTimeout(two); idle.hidden = true;
      one = setTimeout(function () { idle.hidden = false; }, after);
      two = setTimeout(function () { location.reload(); }, end + 1000);
    };
    idle.querySelector('form').addEventListener('submit', function (e) {
      e.preventDefault(); e.stopPropagation();
      fetch(this.action, { method: 'POST', body: new FormData(this), headers: { 'X-Poll': '1' } }).then(function (r) {
        if (r.ok) { start(); main.focus(); } else location.reload();
      }, function () { location.reload(); });
    });
    start();
  }
})();

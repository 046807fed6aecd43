/* In the mini program's web-view: opens natively what the web-view cannot. wx is WeChat's script. */
(function () {
  'use strict';
  var mini = window.wx && wx.miniProgram;
  if (!mini) return;
  var d = document, go = d.querySelector('[data-mini-go]'), open = d.querySelector('[data-mini]');
  if (go) mini.postMessage({ data: { go: go.dataset.miniGo } });
  d.addEventListener('click', function (e) {
    var a = e.target.closest && e.target.closest('[data-mini-back]');
    if (a) { e.preventDefault(); mini.navigateBack(); }
  });
  // Once for each page load: whoever comes back from the native page must not be sent there again.
  if (open && !sessionStorage.getItem(open.dataset.mini)) {
    sessionStorage.setItem(open.dataset.mini, '1');
    mini.navigateTo({ url: open.dataset.mini });
  }
})();

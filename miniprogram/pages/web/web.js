const { site } = require('../../config.js');

// A path of ours, as a shared card or a message names it; anything else opens the first page.
function address(path) {
  return site + (/^\/go\/[a-z]+\/$/.test(path || '') ? path : '/go/home/');
}

Page({
  data: { src: '', failed: false, shared: '' },
  onLoad(options) {
    this.setData({ src: address(decodeURIComponent(options.to || '')) });
  },
  // What the page said lies here when the person shares or leaves: its lasting name, no more.
  heard(event) {
    const said = event.detail.data;
    const last = said[said.length - 1] || {};
    this.setData({ shared: last.go || '' });
  },
  broke() { this.setData({ failed: true }); },
  again() { this.setData({ failed: false }); },
  onShareAppMessage() {
    const to = this.data.shared;
    return { title: '居住证服务', path: '/pages/web/web' + (to ? '?to=' + encodeURIComponent(to) : '') };
  }
});

const { site } = require('../../config.js');

// Opens one PDF, which a web-view cannot: fetched once, by a pass that the page was given.
Page({
  data: { say: '正在打开信息单', sub: '右上角可以保存和转发。', over: false },
  onLoad(options) {
    wx.downloadFile({
      url: site + '/mini/document/' + encodeURIComponent(options.pass || '') + '/',
      success: ({ statusCode, tempFilePath }) => {
        if (statusCode !== 200) { this.end('没有打开', '每次只能打开一遍。请返回再点一次。'); return; }
        wx.openDocument({
          filePath: tempFilePath, fileType: 'pdf', showMenu: true,
          success: () => this.end('信息单已打开', '看完可以返回。'),
          fail: () => this.end('没有打开', '手机打不开 PDF。请返回，长按图片保存。')
        });
      },
      fail: () => this.end('网络不通', '请返回再点一次。')
    });
  },
  end(say, sub) { this.setData({ say: say, sub: sub, over: true }); },
  back() { wx.navigateBack(); }
});

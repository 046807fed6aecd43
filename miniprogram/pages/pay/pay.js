const { site } = require('../../config.js');

// Pays one order. What came of it is asked of our server by the page below, never taken from here.
Page({
  data: { say: '正在打开微信支付', sub: '金额和收款方请在付款窗口里再看一遍。', over: false },
  onLoad(options) {
    wx.login({
      success: ({ code }) => this.begin(options.pass || '', code),
      fail: () => this.end('没有打开微信支付', '没有扣款。请返回再试一次。')
    });
  },
  begin(pass, code) {
    wx.request({
      url: site + '/mini/pay/',
      method: 'POST',
      header: { 'content-type': 'application/x-www-form-urlencoded' },
      data: { pass: pass, code: code },
      success: ({ statusCode, data }) => {
        if (statusCode !== 200) this.end('没有打开微信支付', '没有扣款。请返回再试一次。');
        else this.pay(data);
      },
      fail: () => this.end('网络不通', '没有扣款。请返回再试一次。')
    });
  },
  pay(wish) {
    wx.requestPayment({
      timeStamp: wish.timeStamp, nonceStr: wish.nonceStr, package: wish.package,
      signType: wish.signType, paySign: wish.paySign,
      success: () => this.back(),
      fail: () => this.end('没有付完', '钱扣了没显示，不用再付，我们会核对。')
    });
  },
  end(say, sub) { this.setData({ say: say, sub: sub, over: true }); },
  back() { wx.navigateBack(); }
});

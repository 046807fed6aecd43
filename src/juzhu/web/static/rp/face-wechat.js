/* Starts WeChat's face check. What comes of it the server asks WeChat itself. */
(function () {
  'use strict';
  var form = document.getElementById('wechat-face'), d = form.dataset;
  function failed() {
    form.querySelector('[data-wait]').hidden = true; form.querySelector('[data-failed]').hidden = false;
  }
  if (!window.wx) { failed(); return; }
  wx.config({
    appId: d.app, timestamp: +d.timestamp, nonceStr: d.nonce, signature: d.signature,
    jsApiList: ['checkIsSupportFaceDetect', 'requestFacialVerify']
  });
  wx.error(failed);
  wx.ready(function () {
    wx.requestFacialVerify({
      appId: d.app, verifyId: d.verify,
      success: function () { form.submit(); }, fail: failed
    });
  });
})();

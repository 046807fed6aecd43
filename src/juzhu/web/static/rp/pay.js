/* Opens WeChat's own payment dialog; what came of it is asked of our server, never taken from here. */
(function () {
  'use strict';
  var box = document.getElementById('bridge'), button = box && box.querySelector('button');
  if (!box) return;
  var wish = {
    appId: box.dataset.appid, timeStamp: box.dataset.timestamp, nonceStr: box.dataset.noncestr,
    package: box.dataset.package, signType: box.dataset.signtype, paySign: box.dataset.paysign
  };
  function open() {
    WeixinJSBridge.invoke('getBrandWCPayRequest', wish, function (answer) {
      button.hidden = false;
      if (answer.err_msg === 'get_brand_wcpay_request:ok') location.reload();
    });
  }
  button.addEventListener('click', function () { if (window.WeixinJSBridge) open(); });
  button.hidden = false;
  if (window.WeixinJSBridge) open(); else document.addEventListener('WeixinJSBridgeReady', open, false);
})();

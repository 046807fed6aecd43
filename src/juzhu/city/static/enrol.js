(function () {
  'use strict';
  var video = document.querySelector('video'), button = document.querySelector('button');
  var status = document.querySelector('[role=status]'), stream = null;
  function say(text) { status.textContent = text; }
  function open() {
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' }, audio: false }).then(function (got) {
      stream = got; video.srcObject = got; video.play();
      button.textContent = '拍照 Take the photograph'; say('');
    }).catch(function () { say('摄像头没有打开。The camera did not open.'); });
  }
  function take() {
    var canvas = document.createElement('canvas');
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    canvas.getContext('2d').drawImage(video, 0, 0);
    canvas.toBlob(function (blob) {
      fetch('/enrol', { method: 'POST', body: blob }).then(function (r) { return r.json(); }).then(function (who) {
        stream.getTracks().forEach(function (t) { t.stop(); });
        video.srcObject = null; video.hidden = true; button.hidden = true;
        say(who.name ? '现在您是 You are now: ' + who.name + ' ' + who.id_number : '照片不能用。The photograph cannot be used.');
      }).catch(function () { say('没有成功，请再试。That did not work, please try again.'); });
    }, 'image/jpeg', 0.9);
  }
  button.addEventListener('click', function () { if (stream) take(); else open(); });
})();

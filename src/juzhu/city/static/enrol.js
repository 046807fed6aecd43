(function () {
  'use strict';
  var video = document.querySelector('video'), button = document.querySelector('button');
  var status = document.querySelector('[role=status]'), stream = null;
  function say() { status.replaceChildren.apply(status, arguments); }
  function failed(error) {
    stop();
    say(error === 'no face' ? '照片不能用，请再拍一次。The photograph cannot be used, please take another.'
      : '摄像头没有打开，或者没有画面。请允许使用摄像头再试。The camera did not open. Please allow it and try again.');
  }
  function stop() {
    if (stream) stream.getTracks().forEach(function (t) { t.stop(); });
    stream = null; video.srcObject = null; button.textContent = '打开摄像头 Open the camera';
  }
  function open() {
    if (!navigator.mediaDevices) { failed(); return; }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user' }, audio: false }).then(function (got) {
      stream = got; video.srcObject = got; say();
      return video.play();
    }).then(function () { button.textContent = '拍照 Take the photograph'; }).catch(failed);
  }
  function take() {
    var canvas = document.createElement('canvas');
    canvas.width = video.videoWidth; canvas.height = video.videoHeight;
    canvas.getContext('2d').drawImage(video, 0, 0);
    canvas.toBlob(function (blob) {
      fetch('/enrol', { method: 'POST', body: blob }).then(function (r) { return r.json(); }).then(function (who) {
        if (!who.name) { failed('no face'); return; }
        stop(); video.hidden = true; button.hidden = true;
        shown(who);
      }).catch(failed);
    }, 'image/jpeg', 0.9);
  }
  function shown(who) {
    var facts = document.createElement('dl'), phone = document.createElement('a');
    phone.href = '/phones/' + who.phone; phone.textContent = who.phone;
    [['姓名 Name', who.name], ['号码 Number', who.id_number], ['手机 Phone', phone]].forEach(function (it) {
      var term = document.createElement('dt'), held = document.createElement('dd');
      term.textContent = it[0]; held.append(it[1]); facts.append(term, held);
    });
    status.after(facts);
    say('好了。打开居住证服务，用这个姓名和号码刷脸登录。Done. Open the residence permit service and sign in by face with this name and number.');
  }
  button.addEventListener('click', function () { if (stream) take(); else open(); });
})();

/* The camera page. Frames go to the server as they come; the server says what to do next and decides.
   Nothing is kept here: a frame is gone once it has been sent. */
(function () {
  'use strict';
  var form = document.getElementById('face'), video = form.querySelector('video');
  var view = form.querySelector('.face__view'), said = form.querySelector('[data-say]');
  var step = form.querySelector('[data-step]'), start = form.querySelector('[data-start]');
  var other = document.querySelector('[data-other]'), card = view.parentNode;
  var canvas = document.createElement('canvas'), stream = null, running = false;
  var SIDE = 480, PAUSE = 110, MOST = 6, FIRST = 4; // the first frames of a camera are black
  var PATIENCE = 8000; // for its first frames: another program may hold it
  function say(key) {
    var text = form.querySelector('[data-text="' + key + '"]').textContent;
    if (said.textContent !== text) said.textContent = text;
    form.dataset.state = key;
  }
  function post(where, body) {
    var token = form.querySelector('[name=csrfmiddlewaretoken]').value;
    return fetch(where, { method: 'POST', body: body, headers: { 'X-CSRFToken': token, 'Content-Type': 'application/octet-stream' } });
  }
  function stop(key) {
    running = false;
    if (stream) stream.getTracks().forEach(function (t) { t.stop(); });
    stream = null; video.srcObject = null; view.hidden = true; step.hidden = true;
    if (!key) return;
    say(key); start.hidden = key === 'gone'; form.dataset.stopped = '';
    other.className = 'btn btn--side'; (start.hidden ? other : start).focus();
  }
  function frames(count) {
    return new Promise(function (done, failed) {
      setTimeout(failed, PATIENCE, new DOMException('no frames', 'NotReadableError'));
      (function next() {
        if (count-- <= 0) { done(); return; }
        if (video.requestVideoFrameCallback) video.requestVideoFrameCallback(next); else setTimeout(next, 100);
      })();
    });
  }
  function shot() {
    var scale = SIDE / Math.max(video.videoWidth, video.videoHeight, SIDE);
    canvas.width = Math.round(video.videoWidth * scale); canvas.height = Math.round(video.videoHeight * scale);
    canvas.getContext('2d').drawImage(video, 0, 0, canvas.width, canvas.height);
    return new Promise(function (done) { canvas.toBlob(done, 'image/jpeg', 0.8); });
  }
  function packed(shots) {
    var parts = [], size = 0;
    shots.forEach(function (blob) {
      if (size + blob.size + 4 > +form.dataset.most) return;
      var head = new DataView(new ArrayBuffer(4)); head.setUint32(0, blob.size, true);
      size += blob.size + 4; parts.push(head.buffer, blob);
    });
    return new Blob(parts);
  }
  function shown(it) {
    if (it.over) { stop(it.over); return; }
    if (it.succeeded) { running = false; say('comparing'); stream.getTracks().forEach(function (t) { t.stop(); }); form.submit(); return; }
    say(it.trouble || it.action || 'straight');
    step.hidden = false; step.querySelector('span').textContent = (it.done + 1) + '/' + it.of;
  }
  function watch() {
    var waiting = [], busy = false;
    (function tick() {
      if (!running) return;
      shot().then(function (blob) {
        if (!running) return;
        if (blob) waiting.push(blob);
        if (waiting.length > MOST) waiting.shift();
        if (!busy && waiting.length >= 2) {
          busy = true;
          post(form.dataset.frames, packed(waiting.splice(0))).then(function (r) {
            busy = false;
            if (!running) return null;
            if (r.status === 429) return null; // no room just now: the next frames will do
            if (r.status === 404) { stop('gone'); return null; }
            if (!r.ok) { stop(r.status >= 500 ? 'away' : 'broken'); return null; }
            return r.json().then(shown);
          }).catch(function () { busy = false; if (running) stop('away'); });
        }
        setTimeout(tick, PAUSE);
      });
    })();
  }
  function begin() {
    card.hidden = false; start.hidden = true; delete form.dataset.stopped; say('opening');
    var media = navigator.mediaDevices && navigator.mediaDevices.getUserMedia;
    if (!media) { stop('denied'); return; }
    navigator.mediaDevices.getUserMedia({ video: { facingMode: 'user', width: { ideal: 640 }, height: { ideal: 480 } }, audio: false }).then(function (got) {
      stream = got; video.srcObject = got; view.hidden = false;
      got.getVideoTracks()[0].onended = function () { if (stream === got) stop('noimage'); };
      video.play().catch(function () {}); // it plays, or no frames come
      return frames(FIRST);
    }).then(function () {
      return post(form.dataset.begin, '').then(answered, function () { stop('away'); });
    }).catch(function (error) { stop(error && error.name === 'NotReadableError' ? 'noimage' : 'denied'); });
  }
  function answered(r) {
    if (r.status === 201) { running = true; say('straight'); watch(); return; }
    if (r.status === 404) { stop('gone'); return; }
    if (r.status !== 429) { stop('away'); return; }
    stop(); // too many attempts: the server's page says until when
    return r.text().then(function (text) {
      var page = new DOMParser().parseFromString(text, 'text/html');
      document.title = page.title;
      document.getElementById('main').replaceWith(page.getElementById('main'));
      document.getElementById('main').focus();
    });
  }
  start.addEventListener('click', begin);
  addEventListener('pagehide', function () { stop(); });
  form.hidden = false;
  if ('wait' in form.dataset) { start.hidden = false; card.hidden = true; other.className = 'btn btn--side'; } else begin();
})();

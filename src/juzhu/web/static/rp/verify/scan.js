// Reads a sheet's QR with the camera where the browser can do both; the picture never leaves the
// device. What is read goes behind the page's own #, and offline.js answers as for any scanned code.
(function () {
  'use strict';
  const box = document.querySelector('[data-scan]'), PAUSE = 150;
  const part = name => box.querySelector(`[data-scan-${name}]`);
  let stream = null, video = null;

  function say(name) {
    box.querySelectorAll('[data-scan-say]').forEach(e => { e.hidden = e.dataset.scanSay !== name; });
  }

  function stop() {
    if (stream) stream.getTracks().forEach(track => track.stop());
    stream = null;
    part('view').hidden = true;
    part('start').hidden = false;
  }

  /** Return the token in what was read, "" when it is another code. */
  const token = text => window.sheetProof.digitsIn(text) || '';

  async function look(detector) {
    while (stream) {
      const found = video.readyState >= 2 ? await detector.detect(video).catch(() => []) : [];
      const read = found.map(code => token(code.rawValue)).find(digits => digits.length > 100);
      if (read && stream) {
        stop();
        say('');
        location.hash = read;
        return;
      }
      if (found.length) say('other');
      await new Promise(resolve => setTimeout(resolve, PAUSE));
    }
  }

  async function start(detector) {
    say('');
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' }, audio: false });
    } catch (error) {
      say('refused');
      return;
    }
    video = part('video');
    video.srcObject = stream;
    part('start').hidden = true;
    part('view').hidden = false;
    await video.play().catch(() => {});
    look(detector);
  }

  async function offer() {
    if (!box || !('BarcodeDetector' in window) || !navigator.mediaDevices) return;
    const formats = await window.BarcodeDetector.getSupportedFormats().catch(() => []);
    if (!formats.includes('qr_code')) return;
    const detector = new window.BarcodeDetector({ formats: ['qr_code'] });
    box.hidden = false;
    part('start').addEventListener('click', () => start(detector));
    part('stop').addEventListener('click', () => { say(''); stop(); part('start').focus(); });
    addEventListener('pagehide', stop);
  }
  offer();
})();

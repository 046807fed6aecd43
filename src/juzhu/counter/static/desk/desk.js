/* Keys and the card reader of the desk. Every key is also a button; every page works without this. */
(function () {
  'use strict';
  var d = document, body = d.querySelector('[data-desk]');
  if (!body) return;
  var press = function (name) {
    var button = d.querySelector('[data-key="' + name + '"]');
    if (button) button.click();
    return !!button;
  };
  d.addEventListener('keydown', function (e) {
    if (e.isComposing) return; // Escape and Enter belong to the input method while it composes
    var name = e.key === 'F2' ? 'read' : e.key === 'F4' ? 'agent' : e.key === 'F9' ? 'next' : e.key === 'Escape' ? 'leave'
      : e.key === 'Enter' && e.ctrlKey ? 'confirm' : '';
    if (name && press(name)) e.preventDefault();
  });
  // the card reader of this desk: a local address that answers with what it read, and proves it
  var reads = function (button, said, then) {
    if (!button) return;
    button.hidden = false;
    button.addEventListener('click', function () {
      said.textContent = '正在读卡…';
      fetch(body.dataset.reader + '/reader/card?challenge=' + body.dataset.challenge).then(function (r) {
        if (r.status === 404) throw new Error('没有读到卡，请把身份证放平再读一次');
        if (!r.ok) throw new Error('读卡器没有答复，请看着身份证输入号码');
        return r.json();
      }).then(then).catch(function (error) {
        said.textContent = error instanceof TypeError ? '读卡器没有连上，请看着身份证输入号码' : error.message;
      });
    });
  };
  var form = d.getElementById('find'), handing = d.getElementById('hand-over');
  reads(d.querySelector('[data-key="read"]'), d.getElementById('reader-says'), function (card) {
    form.elements.card_number.value = card.number;
    form.elements.card_name.value = card.name;
    form.elements.card_proof.value = card.proof;
    if (!form.elements.why.value) form.elements.why.value = form.elements.why.options[1].value;
    form.submit();
  });
  var agentSays = d.getElementById('agent-says');
  reads(d.querySelector('[data-key="agent"]'), agentSays, function (card) {
    handing.elements.agent_number.value = card.number;
    handing.elements.agent_name.value = card.name;
    handing.elements.agent_proof.value = card.proof;
    handing.querySelector('[name=who][value=agent]').checked = true;
    agentSays.textContent = '读到' + card.name + '，' + card.number.slice(0, 4) + ' **** **** ' + card.number.slice(-4);
  });
  // two minutes without anything clear the window; touching the page keeps it
  if (!body.dataset.idle) return;
  var idle = +body.dataset.idle * 1000, last = Date.now(), told = Date.now();
  var token = d.querySelector('#leave [name=csrfmiddlewaretoken]').value;
  ['keydown', 'pointerdown', 'pointermove', 'wheel'].forEach(function (kind) {
    d.addEventListener(kind, function () {
      last = Date.now();
      if (last - told < 20000) return;
      told = last;
      fetch(body.dataset.stay, { method: 'POST', headers: { 'X-CSRFToken': token } });
    }, { passive: true });
  });
  setInterval(function () {
    var left = idle - (Date.now() - last), note = d.getElementById('idle-note');
    note.hidden = left > 20000;
    if (left <= 0) d.getElementById('leave').submit();
  }, 1000);
})();

// The offline verify page: takes the token from the address or from what was pasted, shows what the
// sheet proves, and asks for the status list when there is a network. It sends nothing about the
// sheet: keys and lists are the same files for everybody. Only the public keys are kept.
(function () {
  'use strict';
  const proof = window.sheetProof, root = document.querySelector('[data-proof]');
  const here = new URL(document.currentScript.src), KEPT = 'juzhu-sheet-keys';
  const OLD = 30, DAY = 86400, SHENZHEN = 8 * 3600;

  // --- words ---------------------------------------------------------------------------------------

  const WORDS = {
    zh: {
      skip: '跳到正文', brand: '信息单核验', foot: '主办：深圳市公安局', site: '深圳居住证服务',
      hello: '核验居住证信息单', helloMore: '用手机扫单子上的二维码，就会打开本页并自动核验。',
      paste: '也可以把二维码里的内容粘贴到这里', pasteHint: '一个网址，或一长串数字', go: '核验',
      local: '核验在这台设备上完成，单子上的内容不上传。断网也能核验；只有查今天的状态要联网。',
      errorTitle: '这里要填二维码里的内容', errorPaste: '请粘贴整个网址，或 # 后面的全部数字。只填核验码不行。',
      wait: '正在核验…', compare: '请与手里的单子逐项对照',
      name: '姓名', mask: '身份号码', then: '当时状态', through: '有效期至', purpose: '用途',
      none: '未填写', made: '出具时间', code: '核验码',
      mismatch: '有一项对不上，就不要采信。', host: '请确认网址是 {host}。',
      valid: '有效', suspended: '使用功能中止', cancelled: '已注销', withdrawn: '信息单已作废',
      today: '今天的状态', asOf: '查到的是 {time} 的状态。', asking: '正在查…',
      noNet: '现在没有网络。连上网会自动再查。', noList: '暂时查不到。单子当时的内容仍然可信。',
      again: '再查一次', next: '核验下一张', retry: '再试一次', file: '选择公钥文件',
      tNow: '信息单真实，证件有效', tNowOff: '信息单真实，证件{state}',
      tThen: '信息单真实，出具时证件有效', tThenOff: '信息单真实，出具时证件{state}',
      tOld: '信息单真实，但出具已有 {age}', tEnded: '信息单真实，但有效期已过',
      tChanged: '信息单真实，但之后有变化', tWithdrawn: '这张信息单已作废',
      pNow: '状态截至 {time}。', pAsking: '正在查今天的状态…',
      pThen: '{age}出具。之后有没有变化，要联网才能查到。', pOld: '出具时{state}。之后有没有变化，要联网才能查到。',
      pEnded: '有效期到 {day}。之后是否签注，要联网才能查到。',
      pChanged: '出具时{then}，现在{now}。', pWithdrawn: '出具以后被收回，不要采信。',
      tDamaged: '这不是一张真实的信息单', pDamaged: '内容不完整，或者被改动过。请再扫一次；还是这样，就不要采信。',
      tUnknown: '认不出这张单子的签名', pUnknown: '签名用的公钥（{kid}）不在已公布的公钥里。不要采信。',
      pUnknownOff: '这台设备上的公钥可能旧了。请联网再核验；还是这样，就不要采信。',
      tKeys: '还没有核验用的公钥', pKeys: '请联网打开本页一次，公钥就会留在这台设备上。也可以选择事先下载的公钥文件。',
      badFile: '这个文件不是公钥文件。请选从本网站下载的 juzhu-sheet-keys.json。',
      tCrypto: '这个浏览器不能核验', pCrypto: '请换用新版浏览器，并用 https 开头的网址打开本页。',
      tFuture: '出具时间比这台设备的时间还晚', pFuture: '请先校准这台设备的时间，再核验一次。',
      trial: '样章测试：由试用系统出具，不证明任何人的情况。',
      ago: ['刚刚', '{n} 分钟前', '{n} 小时前', '{n} 天前'], days: '{n} 天',
    },
    en: {
      skip: 'Skip to content', brand: 'Sheet verification', foot: 'Shenzhen Public Security Bureau', site: 'Shenzhen Residence Permit',
      hello: 'Verify an information sheet', helloMore: 'Scan the QR code on the sheet with a phone: this page opens and verifies it.',
      paste: 'Or paste what the QR code contains', pasteHint: 'An address, or a long row of digits', go: 'Verify',
      local: 'Verification happens on this device; nothing on the sheet is uploaded. It works without a network; only today\'s state needs one.',
      errorTitle: 'This is not the content of a QR code', errorPaste: 'Paste the whole address, or all the digits after the #. The 12-character code will not do.',
      wait: 'Verifying…', compare: 'Compare each item with the sheet in your hand',
      name: 'Name', mask: 'ID number', then: 'State at that time', through: 'Valid through', purpose: 'Purpose',
      none: 'Not stated', made: 'Issued', code: 'Check code',
      mismatch: 'If one item differs, do not accept the sheet.', host: 'Make sure the address is {host}.',
      valid: 'Valid', suspended: 'Suspended', cancelled: 'Cancelled', withdrawn: 'Sheet withdrawn',
      today: 'State today', asOf: 'As of {time}.', asking: 'Looking it up…',
      noNet: 'There is no network now. It will be looked up once there is one.', noList: 'It cannot be looked up at the moment. What the sheet said at that time still stands.',
      again: 'Look up again', next: 'Verify another', retry: 'Try again', file: 'Choose a key file',
      tNow: 'Genuine sheet, permit valid', tNowOff: 'Genuine sheet, permit {state}',
      tThen: 'Genuine sheet, permit valid when issued', tThenOff: 'Genuine sheet, permit {state} when issued',
      tOld: 'Genuine sheet, but issued {age} ago', tEnded: 'Genuine sheet, but past its last valid day',
      tChanged: 'Genuine sheet, but changed since', tWithdrawn: 'This sheet was withdrawn',
      pNow: 'State as of {time}.', pAsking: 'Looking up today\'s state…',
      pThen: 'Issued {age}. Whether anything changed since can only be seen with a network.', pOld: '{state} when issued. Whether anything changed since can only be seen with a network.',
      pEnded: 'Valid through {day}. Whether it was endorsed since can only be seen with a network.',
      pChanged: '{then} when issued, now {now}.', pWithdrawn: 'It was taken back after it was issued. Do not accept it.',
      tDamaged: 'This is not a genuine sheet', pDamaged: 'It is incomplete, or was altered. Scan it again; if this stays, do not accept it.',
      tUnknown: 'The signature is not recognised', pUnknown: 'Its key ({kid}) is not among the published keys. Do not accept it.',
      pUnknownOff: 'The keys on this device may be out of date. Verify again with a network; if this stays, do not accept it.',
      tKeys: 'No keys to verify with yet', pKeys: 'Open this page once with a network and the public keys stay on this device. Or choose a key file downloaded earlier.',
      badFile: 'This is not a key file. Choose juzhu-sheet-keys.json as downloaded from this site.',
      tCrypto: 'This browser cannot verify', pCrypto: 'Use a recent browser, and open this page at an address that begins with https.',
      tFuture: 'The sheet\'s time is ahead of this device\'s', pFuture: 'Set the clock of this device first, then verify again.',
      trial: 'Specimen: made by a trial system, it proves nothing about anybody.',
      ago: ['just now', '{n} minutes ago', '{n} hours ago', '{n} days ago'], days: '{n} days',
    },
  };
  const MONTHS = 'January February March April May June July August September October November December'.split(' ');
  let lang = document.documentElement.lang.startsWith('en') ? 'en' : 'zh';

  const say = (key, values = {}) =>
    Object.entries(values).reduce((text, [name, value]) => text.replace(`{${name}}`, value), WORDS[lang][key]);
  const inside = key => (lang === 'en' ? say(key).toLowerCase() : say(key)); // within a sentence

  function dayOf(seconds) {
    const day = new Date((seconds + SHENZHEN) * 1000), [y, m, d] = [day.getUTCFullYear(), day.getUTCMonth(), day.getUTCDate()];
    return lang === 'en' ? `${d} ${MONTHS[m]} ${y}` : `${y}年${m + 1}月${d}日`;
  }

  function timeOf(seconds) {
    const time = new Date((seconds + SHENZHEN) * 1000).toISOString().slice(11, 16);
    return lang === 'en' ? `${dayOf(seconds)}, ${time}` : `${dayOf(seconds)} ${time}`;
  }

  function ageOf(seconds) {
    const n = [60, 3600, DAY].map(unit => Math.floor(seconds / unit));
    const place = n[2] >= 2 ? 3 : n[1] >= 2 ? 2 : n[0] >= 2 ? 1 : 0;
    return say('ago')[place].replace('{n}', n[place - 1]);
  }

  // --- pieces of the page --------------------------------------------------------------------------

  const ICONS = {
    yes: ['M20 6 9 17l-5-5'],
    warn: ['m21.73 18-8-14a2 2 0 0 0-3.48 0l-8 14A2 2 0 0 0 4 21h16a2 2 0 0 0 1.73-3', 'M12 9v4', 'M12 17h.01'],
    no: ['M18 6 6 18', 'm6 6 12 12'],
    info: ['M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18', 'M12 16v-4', 'M12 8h.01'],
    key: ['m15.5 7.5 2.3 2.3a1 1 0 0 0 1.4 0l2.1-2.1a1 1 0 0 0 0-1.4L19 4', 'm21 2-9.6 9.6', 'M7.5 10a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11'],
  };

  function put(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (name === 'on') made.addEventListener(...value);
      else if (value !== false) made.setAttribute(name, value === true ? '' : value);
    }
    made.append(...children.filter(child => child !== null));
    return made;
  }

  function icon(name) {
    const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
    Object.entries({ class: 'i', viewBox: '0 0 24 24', 'aria-hidden': 'true', focusable: 'false' }).forEach(pair => svg.setAttribute(...pair));
    ICONS[name].forEach(d => svg.appendChild(document.createElementNS(svg.namespaceURI, 'path')).setAttribute('d', d));
    return svg;
  }

  const button = (key, kind, then) =>
    put('button', { class: `btn btn--${kind}`, type: 'button', on: ['click', then] }, say(key));
  const note = (text, name) => put('p', { class: `note ${name === 'warn' ? 'note--warn' : ''}` }, icon(name), put('span', {}, text));
  const pill = state => put('span', { class: `pill pill--${{ valid: 'ok', suspended: 'warn' }[state] || 'off'}` }, say(state));

  // --- what the sheet amounts to -------------------------------------------------------------------

  /** Return [tone, icon, title, sentence] for a genuine sheet. */
  function verdict(sheet, now, seconds) {
    const age = seconds - sheet.madeAt, off = sheet.standing !== 'valid', state = inside(sheet.standing);
    if (now.state === 'withdrawn') return ['warn', 'no', say('tWithdrawn'), say('pWithdrawn')];
    if (now.state && now.state !== sheet.standing)
      return [now.state === 'valid' ? 'calm' : 'warn', 'info', say('tChanged'), say('pChanged', { then: say(sheet.standing), now: inside(now.state) })];
    const asOf = now.state && say('pNow', { time: timeOf(now.madeAt) });
    if (now.state) return off ? ['warn', 'info', say('tNowOff', { state }), asOf] : ['ok', 'yes', say('tNow'), asOf];
    const unknown = now.asking ? say('pAsking') : say('pThen', { age: ageOf(age) });
    if (off) return ['warn', 'info', say('tThenOff', { state }), unknown];
    if (Math.floor((seconds + SHENZHEN) / DAY) > sheet.validThrough)
      return ['warn', 'warn', say('tEnded'), now.asking ? unknown : say('pEnded', { day: dayOf(sheet.validThrough * DAY) })];
    if (age > OLD * DAY)
      return ['warn', 'warn', say('tOld', { age: say('days').replace('{n}', Math.floor(age / DAY)) }), now.asking ? unknown : say('pOld', { state: say('valid') })];
    return ['calm', 'yes', say('tThen'), unknown];
  }

  const FAILURES = {
    'damaged': () => ['warn', 'no', say('tDamaged'), say('pDamaged')],
    'not-ours': () => ['warn', 'no', say('tDamaged'), say('pDamaged')],
    'unknown-key': seen => ['warn', 'no', say('tUnknown'), seen.fresh ? say('pUnknown', { kid: seen.kid }) : say('pUnknownOff')],
    'no-keys': seen => ['calm', 'key', say('tKeys'), say(seen.badFile ? 'badFile' : 'pKeys')],
    'no-crypto': () => ['warn', 'info', say('tCrypto'), say('pCrypto')],
    'future': () => ['warn', 'warn', say('tFuture'), say('pFuture')],
  };

  // --- the views -----------------------------------------------------------------------------------

  function emptyView() {
    const hero = 'embedded' in root.dataset ? null
      : put('div', { class: 'hero' }, put('h1', { tabindex: '-1' }, say('hello')), put('p', {}, say('helloMore')));
    const wrong = seen.wrongPaste;
    const field = put('textarea', { class: 'input paste', id: 'proof-paste', rows: '4', inputmode: 'url', autocomplete: 'off', spellcheck: 'false', 'aria-describedby': wrong ? 'proof-error proof-hint' : 'proof-hint', 'aria-invalid': wrong ? 'true' : false });
    field.value = seen.pasted || '';
    const submit = event => { event.preventDefault(); paste(field.value); };
    const form = put('form', { class: 'card', on: ['submit', submit] },
      put('div', { class: 'field' }, put('label', { for: 'proof-paste' }, say('paste')), put('p', { class: 'hint', id: 'proof-hint' }, say('pasteHint')),
        wrong ? put('p', { class: 'err', id: 'proof-error' }, icon('warn'), put('span', {}, say('errorPaste'))) : null, field),
      put('div', { class: 'actions' }, put('button', { class: 'btn btn--main', type: 'submit' }, say('go'))));
    return [hero, put('div', { class: 'stack' }, form, note(say('local'), 'info'))];
  }

  function head([tone, name, title, sentence]) {
    return put('div', { class: 'result' }, put('div', { class: `result__i result__i--${tone}` }, icon(name)),
      put('h1', { tabindex: '-1' }, title), put('p', {}, sentence));
  }

  function items(sheet, seconds) {
    const rows = [
      ['name', sheet.name], ['mask', put('span', { class: 'num' }, sheet.mask)], ['then', pill(sheet.standing)],
      ['through', dayOf(sheet.validThrough * DAY)], ['purpose', sheet.purpose || say('none')],
      ['made', timeOf(sheet.madeAt), put('span', { class: 'cap' }, ageOf(seconds - sheet.madeAt))],
      ['code', put('span', { class: 'num' }, sheet.code.match(/.{4}/g).join('-'))],
    ];
    const spoken = ['name', 'purpose']; // as the paper has them, in Chinese
    return put('dl', { class: 'sum' }, ...rows.map(([key, ...value]) => put('div', {}, put('dt', {}, say(key)),
      put('dd', spoken.includes(key) && (key === 'name' || sheet.purpose) ? { lang: 'zh-Hans' } : {}, ...value))));
  }

  function todayCard(now) {
    const card = put('section', { class: 'card' }, put('h2', {}, say('today')));
    if (now.state) card.append(put('p', { class: 'now' }, pill(now.state)), put('p', { class: 'sub' }, say('asOf', { time: timeOf(now.madeAt) })));
    else card.append(put('p', { class: 'sub' }, say(now.asking ? 'asking' : navigator.onLine ? 'noList' : 'noNet')));
    if (!now.state && !now.asking && navigator.onLine) card.append(put('p', {}, put('button', { class: 'linkbtn', type: 'button', on: ['click', askToday] }, say('again'))));
    return card;
  }

  function sheetView() {
    const seconds = Date.now() / 1000, { sheet, now } = seen;
    const host = location.protocol === 'file:' ? '' : ` ${say('host', { host: location.host })}`;
    return [head(verdict(sheet, now, seconds)), put('div', { class: 'stack' },
      sheet.trial ? note(say('trial'), 'warn') : null,
      put('section', { class: 'card' }, put('h2', {}, say('compare')), items(sheet, seconds)),
      todayCard(now), note(say('mismatch') + host, 'warn'),
      put('div', { class: 'actions' }, button('next', 'side', another)))];
  }

  function failureView() {
    const choose = put('input', { type: 'file', accept: '.json,application/json', 'aria-label': say('file'), on: ['change', event => fromFile(event.target.files[0])] });
    const noKeys = seen.failure === 'no-keys', mayPass = noKeys || ['unknown-key', 'future'].includes(seen.failure);
    return [head(FAILURES[seen.failure](seen)), put('div', { class: 'actions' },
      mayPass ? button('retry', 'main', () => check(seen.token, true)) : null,
      noKeys ? put('span', { class: 'btn btn--side file' }, say('file'), choose) : null,
      button('next', mayPass ? 'side' : 'main', another))];
  }

  const waitView = () => [put('div', { class: 'wait' }, put('h1', { tabindex: '-1' }, say('wait')))];
  const VIEWS = { empty: emptyView, wait: waitView, sheet: sheetView, failure: failureView };

  // --- what is going on ----------------------------------------------------------------------------

  let seen = { view: 'empty' }, keys = null, freshKeys = false;
  const status = put('p', { class: 'vh', role: 'status' }), stage = put('div', {});

  function show(change, { focus = false } = {}) {
    seen = { ...seen, ...change };
    const held = stage.contains(document.activeElement); // do not drop the focus with what it is on
    stage.replaceChildren(...VIEWS[seen.view]().filter(Boolean));
    const title = stage.querySelector('h1');
    const said = seen.view === 'empty' ? '' : [...stage.querySelectorAll('.result h1, .result p')].map(e => e.textContent).join('。');
    if (status.textContent !== said) status.textContent = said;
    document.querySelectorAll('[data-proof-hide]').forEach(e => { e.hidden = seen.view !== 'empty'; });
    if (!('embedded' in root.dataset)) document.title = `${seen.wrongPaste ? say('errorTitle') : title.textContent} - ${say('site')}`;
    if ((focus || held) && title) title.focus();
  }

  async function fetched(address) {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), 8000);
    try {
      const answer = await fetch(address, { credentials: 'omit', referrerPolicy: 'no-referrer', redirect: 'error', cache: 'no-cache', signal: stop.signal });
      return answer.ok ? await answer.text() : null;
    } catch (error) { return null; } finally { clearTimeout(timer); }
  }

  function read(text) {
    try { return text ? proof.readKeys(text) : null; } catch (error) { return null; }
  }

  function kept(text) {
    try { return text === undefined ? localStorage.getItem(KEPT) : localStorage.setItem(KEPT, text); } catch (error) { return null; }
  }

  /** Load the keys: published now, else in this page (a saved copy), else those kept. */
  async function loadKeys() {
    const embedded = document.querySelector('meta[name=juzhu-sheet-keys]');
    const text = location.protocol === 'file:' ? null : await fetched(root.dataset.keys);
    const fresh = read(text);
    freshKeys = Boolean(fresh);
    if (fresh) {
      kept(text);
      if (embedded) embedded.content = text;
    }
    keys = fresh || read(embedded && embedded.content) || read(kept());
  }

  async function check(token, again = false) {
    show({ view: 'wait', token, failure: null, now: { asking: true }, badFile: false, wrongPaste: false }, { focus: again });
    await ready;
    if (!keys || (again && !freshKeys)) await (ready = loadKeys());
    try {
      if (!keys) throw new proof.ProofError('no-keys');
      const sheet = await proof.readToken(token, keys).catch(async error => {
        if (error.kind !== 'unknown-key') throw error;
        await (ready = loadKeys()); // the page may stand open since before a rotation
        return proof.readToken(token, keys);
      });
      if (sheet.madeAt > Date.now() / 1000 + 300) throw new proof.ProofError('future');
      show({ view: 'sheet', sheet }, { focus: again });
      await askToday();
    } catch (error) {
      if (!(error instanceof proof.ProofError)) throw error;
      show({ view: 'failure', failure: error.kind, kid: error.kid, fresh: freshKeys }, { focus: again });
    }
  }

  async function askToday() {
    const { sheet } = seen;
    let found = {};
    if (location.protocol !== 'file:' && navigator.onLine) {
      show({ now: { asking: true } });
      const jwt = await fetched(location.origin + new URL(sheet.uri).pathname);
      found = jwt ? await proof.readStatus(jwt.trim(), keys, sheet, Date.now() / 1000).catch(() => ({})) : {};
      if (found.madeAt < sheet.madeAt) found = { state: sheet.standing, madeAt: sheet.madeAt }; // the sheet is newer
    }
    if (seen.sheet === sheet && seen.view === 'sheet') show({ now: found });
  }

  // A network that is said to be back is often not usable yet: a few tries, each a little later.
  async function networkBack() {
    for (const pause of [0, 1000, 3000, 9000]) {
      await new Promise(resolve => { setTimeout(resolve, pause); });
      if (seen.view !== 'sheet' || seen.now.state || !navigator.onLine) return;
      await askToday();
    }
  }

  function paste(text) {
    const token = proof.digitsIn(text);
    if (token && token.length > 100) { check(token, true); return; }
    show({ wrongPaste: true, pasted: text });
    document.getElementById('proof-paste').focus();
  }

  async function fromFile(file) {
    const text = file && file.size < 100000 ? await file.text() : '';
    if (!read(text)) { show({ badFile: true }); return; }
    keys = read(text);
    kept(text);
    check(seen.token, true);
  }

  function another() {
    seen = { view: 'empty' };
    show({}, { focus: true });
  }

  /** Take the token out of the address at once: it should not stay in the browser's history. */
  function fromAddress() {
    const token = proof.digitsIn(location.hash.slice(1));
    if (!token || token.length <= 100) return false;
    history.replaceState(null, '', location.pathname + location.search);
    check(token);
    return true;
  }

  function words() {
    document.documentElement.lang = lang === 'en' ? 'en' : 'zh-Hans';
    document.querySelectorAll('[data-t]').forEach(e => { e.textContent = say(e.dataset.t); });
    document.querySelectorAll('[data-switch]').forEach(e => {
      e.hidden = false;
      e.lang = lang === 'en' ? 'zh-Hans' : 'en';
      e.textContent = lang === 'en' ? '中文' : 'English';
    });
  }

  function loadFallback() {
    return new Promise((resolve, reject) => {
      const script = put('script', { src: root.dataset.fallback || new URL('noble-ed25519.js', here).href });
      script.onload = () => resolve(window.nobleEd25519);
      script.onerror = () => reject(new proof.ProofError('no-crypto'));
      document.head.append(script);
    });
  }

  let loading = null;
  proof.useFallback(() => (loading = loading || loadFallback().catch(error => { loading = null; throw error; })));
  proof.native.then(known => { if (!known && window.crypto.subtle) loading = loadFallback().catch(() => { loading = null; }); });
  root.replaceChildren(status, stage);
  let ready = loadKeys();
  if (!('embedded' in root.dataset)) words();
  document.querySelectorAll('[data-switch]').forEach(e => e.addEventListener('click', () => {
    const field = document.getElementById('proof-paste');
    lang = lang === 'en' ? 'zh' : 'en';
    words();
    show(field ? { pasted: field.value } : {});
  }));
  addEventListener('hashchange', fromAddress);
  addEventListener('online', networkBack);
  if (!fromAddress()) show({});
})();

// Reads the token of an information sheet, the published keys and the status lists, in the browser.
// No page here, no network and no storage: offline.js has those. The format is described in
// docs/exchange/sheet-token.md; juzhu/adapters/proof_*.py is the same in Python.
(function () {
  'use strict';
  const ISSUER = /^[A-Z0-9]{2,12}$/, TRIAL = 'TEST';
  const STANDINGS = ['valid', 'cancelled', 'suspended'];
  const LISTED = [...STANDINGS, 'withdrawn'];
  const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
  const LONGEST_TOKEN = 1200, LONGEST_TEXT = 60, LARGEST_LIST = 262144, LARGEST_FILE = 600000;
  const LARGEST_INDEX = 2 ** 20 - 1, EARLIEST = 1433088000; // 2015-06-01 in Shenzhen
  const URI = /^https?:\/\/[A-Za-z0-9.:[\]-]{1,100}(?:\/[A-Za-z0-9._~-]{1,40}){0,4}\/(?:0|[1-9][0-9]{0,5})$/;
  const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

  // Why something is not believed: damaged, unknown-key, not-ours (a good signature over what is no
  // sheet), expired, other-list, or no-crypto (this browser cannot verify).
  class ProofError extends Error {
    constructor(kind, kid) { super(kind); this.kind = kind; this.kid = kid; }
  }
  const refuse = (kind, kid) => { throw new ProofError(kind, kid); };
  const need = (fact, kind = 'damaged') => fact || refuse(kind);

  const hex = bytes => [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join('');
  const fromHex = text => Uint8Array.from(text.match(/../g) || [], pair => parseInt(pair, 16));
  const ascii = text => Uint8Array.from(text, character => character.charCodeAt(0));
  const isBytes = value => value instanceof Uint8Array;
  const within = (value, low, high) => Number.isInteger(value) && value >= low && value <= high;

  // --- CBOR: one form for each value (RFC 8949, 4.2.1), only the kinds that a token has -----------

  function decode(data) {
    let at = 0;
    const take = length => {
      need(length <= data.length - at);
      at += length;
      return data.subarray(at - length, at);
    };
    const head = () => {
      const first = take(1)[0], small = first & 31;
      if (small < 24) return [first >> 5, small];
      need(small < 28);
      const number = take(1 << (small - 24)).reduce((sum, byte) => sum * 256 + byte, 0);
      need(number >= [24, 0x100, 0x10000, 0x100000000][small - 24] && number <= Number.MAX_SAFE_INTEGER);
      return [first >> 5, number];
    };
    const map = (length, depth) => {
      const found = new Map();
      let previous = '';
      for (let n = 0; n < length; n += 1) {
        const start = at, key = item(depth + 1), written = hex(data.subarray(start, at));
        need(typeof key === 'number' || typeof key === 'string');
        need(written > previous); // in order, and each once
        previous = written;
        found.set(key, item(depth + 1));
      }
      return found;
    };
    const array = (length, depth) => {
      const found = [];
      for (let n = 0; n < length; n += 1) found.push(item(depth + 1));
      return found;
    };
    const text = length => {
      try {
        return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(take(length));
      } catch (error) { return refuse('damaged'); }
    };
    const item = depth => {
      need(depth <= 5);
      const [major, number] = head();
      switch (major) {
        case 0: return number;
        case 1: return -1 - number;
        case 2: return take(number);
        case 3: return text(number);
        case 4: return array(number, depth);
        case 5: return map(number, depth);
        default: return refuse('damaged');
      }
    };
    const value = item(0);
    need(at === data.length);
    return value;
  }

  const string = (major, bytes) => [ // the head of a byte string or text, then itself
    ...(bytes.length < 24 ? [major << 5 | bytes.length]
      : bytes.length < 256 ? [major << 5 | 24, bytes.length]
        : [major << 5 | 25, bytes.length >> 8, bytes.length & 255]), ...bytes];

  // --- the token -----------------------------------------------------------------------------------

  /** Return the digits in what somebody pasted, the address before them left out; null if none. */
  function digitsIn(text) {
    const found = /^(?:[^\s#]{1,300}#)?([0-9]{2,})$/.exec(text.slice(0, 4000).replace(/\s+/g, ''));
    return found && found[1];
  }

  function messageOf(token) {
    need(/^1[1-9][0-9]*$/.test(token) && token.length <= LONGEST_TOKEN);
    const digits = BigInt(token.slice(1)).toString(16);
    return fromHex(digits.length % 2 ? `0${digits}` : digits);
  }

  function kidOf(header) {
    const found = decode(header);
    need(found instanceof Map && found.get(1) === -8 && found.size === 2);
    const kid = found.get(4);
    need(isBytes(kid) && kid.length === 4);
    return hex(kid);
  }

  /** Return what a token states; keys is a Map from key id to the key's 32 bytes. */
  async function readToken(token, keys) {
    const message = messageOf(token);
    need(message[0] === 0xd2);
    const parts = decode(message.subarray(1));
    need(Array.isArray(parts) && parts.length === 4);
    const [header, other, payload, signature] = parts;
    need(isBytes(header) && other instanceof Map && other.size === 0);
    need(isBytes(payload) && isBytes(signature) && signature.length === 64);
    const kid = kidOf(header);
    if (!keys.has(kid)) refuse('unknown-key', kid);
    const signed = [0x84, ...string(3, ascii('Signature1')), ...string(2, header), 0x40,
      ...string(2, payload)];
    need(await verified(keys.get(kid), signature, Uint8Array.from(signed)));
    try {
      return { ...statement(decode(payload)), kid };
    } catch (error) { return refuse('not-ours'); }
  }

  function statement(claims) {
    need(claims instanceof Map && claims.size === 5);
    const [issuer, madeAt, code] = [1, 6, 7].map(key => claims.get(key));
    const status = only(claims.get(65535), 'status_list'), sheet = claims.get(-65537);
    need(typeof issuer === 'string' && ISSUER.test(issuer));
    need(within(madeAt, EARLIEST, 2 ** 32 - 1));
    need(Array.isArray(sheet) && sheet.length === 6 && status instanceof Map && status.size === 2);
    const [name, shown, standing, day, purpose, photo] = sheet;
    const index = status.get('idx'), uri = status.get('uri');
    need(typeof uri === 'string' && URI.test(uri) && within(index, 0, LARGEST_INDEX));
    need(within(standing, 0, STANDINGS.length - 1) && within(day, 0, 2 ** 16 - 1));
    need(isBytes(photo) && (photo.length === 0 || photo.length === 16));
    return {
      trial: issuer === TRIAL, madeAt, code: codeOf(code), name: visible(name, 1),
      mask: maskOf(shown), standing: STANDINGS[standing], validThrough: day,
      purpose: visible(purpose, 0), photo: hex(photo), uri, index,
    };
  }

  function only(map, key) {
    need(map instanceof Map && map.size === 1);
    return map.get(key);
  }

  function visible(text, least) {
    need(typeof text === 'string' && !UNSEEN.test(text));
    const length = [...text].length;
    need(length >= least && length <= LONGEST_TEXT);
    return text;
  }

  function maskOf(shown) {
    need(isBytes(shown) && /^[0-9]{7}[0-9a]$/.test(hex(shown)));
    const text = hex(shown).replace('a', 'X');
    return `${text.slice(0, 4)} **** **** ${text.slice(4)}`;
  }

  function codeOf(bytes) {
    need(isBytes(bytes) && bytes.length === 8 && bytes[0] < 16);
    const bits = [...bytes].map(byte => byte.toString(2).padStart(8, '0')).join('').slice(4);
    return bits.match(/.{5}/g).map(five => ALPHABET[parseInt(five, 2)]).join('');
  }

  // --- Ed25519: the browser's own, else the vendored one -------------------------------------------

  const subtle = window.crypto && window.crypto.subtle;
  const imported = raw => subtle.importKey('raw', raw, { name: 'Ed25519' }, false, ['verify']);
  const BASE = fromHex('5866666666666666666666666666666666666666666666666666666666666666');
  const native = subtle ? imported(BASE).then(() => true, () => false) : Promise.resolve(false);
  let fallback = async () => refuse('no-crypto');

  async function verified(key, signature, message) {
    need(subtle && typeof BigInt === 'function', 'no-crypto');
    try {
      if (await native) return await subtle.verify('Ed25519', await imported(key), signature, message);
    } catch (error) { return false; }
    const { verify } = await fallback();
    return verify(signature, message, key).catch(() => false);
  }

  // --- keys and status lists -----------------------------------------------------------------------

  function fromBase64(text) {
    need(typeof text === 'string' && /^[A-Za-z0-9_-]*$/.test(text));
    let raw;
    try { raw = atob(text.replace(/-/g, '+').replace(/_/g, '/')); } catch (error) { refuse('damaged'); }
    need(btoa(raw).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '') === text);
    return ascii(raw);
  }

  function parsed(text) {
    try { return JSON.parse(text); } catch (error) { return refuse('damaged'); }
  }

  /** Return the keys of a published set as a Map; keys of other kinds are passed over. */
  function readKeys(text) {
    const set = parsed(text);
    need(set && Array.isArray(set.keys));
    const keys = new Map();
    for (const key of set.keys) {
      if (!key || key.kty !== 'OKP' || key.crv !== 'Ed25519') continue;
      const raw = fromBase64(key.x);
      need(/^[0-9a-f]{8}$/.test(key.kid) && !keys.has(key.kid) && raw.length === 32);
      keys.set(key.kid, raw);
    }
    need(keys.size);
    return keys;
  }

  async function inflated(packed) {
    const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('deflate'));
    const reader = stream.getReader(), parts = [];
    for (let size = 0; ;) {
      const { done, value } = await reader.read().catch(() => refuse('damaged'));
      if (done) return new Uint8Array(await new Blob(parts).arrayBuffer());
      size += value.length;
      need(size <= LARGEST_LIST);
      parts.push(value);
    }
  }

  /** Return {state, madeAt} that a status list gives for a sheet; now is in seconds since 1970. */
  async function readStatus(jwt, keys, sheet, now) {
    need(jwt.length <= LARGEST_FILE);
    const parts = jwt.split('.');
    need(parts.length === 3);
    const utf8 = part => new TextDecoder().decode(fromBase64(part));
    const header = parsed(utf8(parts[0]));
    need(header && Object.keys(header).sort().join() === 'alg,kid,typ');
    need(header.alg === 'EdDSA' && header.typ === 'statuslist+jwt');
    need(keys.has(header.kid), 'unknown-key');
    const signed = ascii(`${parts[0]}.${parts[1]}`);
    need(await verified(keys.get(header.kid), fromBase64(parts[2]), signed));
    const { exp, iat, status_list: list, sub } = parsed(utf8(parts[1]));
    need(Number.isSafeInteger(iat) && Number.isSafeInteger(exp) && list && list.bits === 2);
    need(sub === sheet.uri, 'other-list');
    need(now < exp && iat <= now + 300, 'expired');
    const statuses = await inflated(fromBase64(list.lst));
    need(sheet.index < statuses.length * 4, 'other-list');
    const state = LISTED[statuses[sheet.index >> 2] >> (sheet.index & 3) * 2 & 3];
    return { state, madeAt: iat };
  }

  window.sheetProof = {
    ProofError, decode, digitsIn, native, readKeys, readStatus, readToken,
    useFallback: load => { fallback = load; },
  };
})();

// Unpacks the Chromium that the package carries, beside this file.
import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';

const packed = new URL('node_modules/chrome-aws-lambda/bin/chromium.br', import.meta.url);
const program = createWriteStream(new URL('chromium', import.meta.url), { mode: 0o755 });
await pipeline(createReadStream(packed), createBrotliDecompress(), program);

// Copies the address of a feed, and works for a form where the page asks for it. Without this script there are no buttons,
// an address is marked by one click, and a form that ought to be worked for waits longer for its mail.
"use strict";

const shown = 8000; // milliseconds
const said = document.querySelector("[role=status].copied");

let next;

async function copy(address) {
  try {
    await navigator.clipboard.writeText(address.textContent);
    return true;
  } catch {
    // The clipboard is there on secure pages only, and a reader may forbid it.
    getSelection().selectAllChildren(address);
    return false;
  }
}

for (const button of document.querySelectorAll("button[data-copied]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(button.closest("li").querySelector(".address"));
    clearTimeout(next);
    // Emptied first: the same sentence once more is said once more.
    said.textContent = "";
    next = setTimeout(() => {
      said.textContent = copied ? button.dataset.copied : button.dataset.marked;
      next = setTimeout(() => { said.textContent = ""; }, shown);
    }, 50);
  });
}

// SHA-256 (FIPS 180-4). The browser's own is there on secure pages only, and slow for many small texts.
const primes = [];
for (let number = 2; primes.length < 64; number++) {
  if (primes.every((prime) => number % prime !== 0)) {
    primes.push(number);
  }
}

const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
const constants = Int32Array.from(primes, (prime) => fraction(Math.cbrt(prime)));
const initial = Int32Array.from(primes.slice(0, 8), (prime) => fraction(Math.sqrt(prime)));
const schedule = new Int32Array(64);

function sha256(bytes, length) {
  const padded = new DataView(new ArrayBuffer(64 * Math.ceil((length + 9) / 64)));
  for (let i = 0; i < length; i++) {
    padded.setUint8(i, bytes[i]);
  }

  padded.setUint8(length, 0x80);
  padded.setUint32(padded.byteLength - 4, 8 * length);
  const hash = Int32Array.from(initial);
  for (let block = 0; block < padded.byteLength; block += 64) {
    compress(hash, padded, block);
  }

  return hash;
}

function compress(hash, padded, block) {
  for (let i = 0; i < 16; i++) {
    schedule[i] = padded.getInt32(block + 4 * i);
  }

  for (let i = 16; i < 64; i++) {
    const [x, y] = [schedule[i - 15], schedule[i - 2]];
    schedule[i] = (schedule[i - 16] + schedule[i - 7] + (turn(x, 7) ^ turn(x, 18) ^ (x >>> 3)) + (turn(y, 17) ^ turn(y, 19) ^ (y >>> 10))) | 0;
  }

  let [a, b, c, d, e, f, g, h] = hash;
  for (let i = 0; i < 64; i++) {
    const one = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g)) + constants[i] + schedule[i]) | 0;
    const two = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
  }

  hash[0] += a;
  hash[1] += b;
  hash[2] += c;
  hash[3] += d;
  hash[4] += e;
  hash[5] += f;
  hash[6] += g;
  hash[7] += h;
}

function turn(word, by) {
  return (word >>> by) | (word << (32 - by));
}

// The number that the server asks for: src/Feeds.Newsletter/Joining/ProofOfWork.cs says which.
async function find(token, address, bits) {
  const text = new TextEncoder().encode(`${token} ${address}`);
  const tried = new Uint8Array(48);
  sha256(text, text.length).forEach((word, i) => new DataView(tried.buffer).setInt32(4 * i, word));
  for (let number = 0; ; number++) {
    const digits = String(number);
    for (let i = 0; i < digits.length; i++) {
      tried[32 + i] = digits.charCodeAt(i);
    }

    if (Math.clz32(sha256(tried, 32 + digits.length)[0]) >= bits) {
      return digits;
    }

    if (number % 4096 === 4095) {
      // The page goes on answering to its reader.
      await new Promise((resume) => { setTimeout(resume); });
    }
  }
}

for (const form of document.querySelectorAll("form[data-bits]")) {
  let busy = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (busy) {
      return;
    }

    busy = true;
    form.elements.work.value = await find(form.elements.token.value, form.elements.email.value, Number(form.dataset.bits));
    busy = false;
    form.submit();
  });
}

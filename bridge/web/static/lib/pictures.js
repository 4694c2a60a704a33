/** Pictures of photos and faces: their signed addresses are asked for in batches. */

import { h } from "./dom.js";
import { call } from "./rpc.js";

const BATCH = 200;
const AT_ONCE = 4; // a browser opens six connections to one place, and decisions must not wait behind pictures
const KEPT = 5000; // addresses: a tile that is drawn anew or scrolled back to has its picture at once
const known = new Map(); // edge and uri -> address, the newest last
const asked = new Map(); // edge -> Map(uri -> [resolve …]): what waits for the next batch
const wanted = [];
const ends = new Map(); // frame -> what ends its loading
const released = new WeakSet();
let loading = 0;

/**
 * @param {string} uri of a photo @param {{edge?: 320|1600|2560|8192, alt?: string}} options
 * @returns {HTMLElement} a frame with the picture, or with why there is none
 */
export function picture(uri, { edge = 320, alt = "" } = {}) {
  const frame = h("span", { class: "picture", dataset: { of: `${edge} ${uri}` } });
  fill(frame, alt, () => sign(edge, uri));
  return frame;
}

/** The small picture that is kept of a face. @param {number} id */
export function face(id, { alt = "" } = {}) {
  const frame = h("span", { class: "picture face" });
  fill(frame, alt, () => sign("face", String(id)));
  return frame;
}

/** The address of a picture, for what draws it itself. @returns {Promise<string>} */
export const address = (uri, edge = 320) => sign(edge, uri);

/** Let go of the pictures within an element that leaves the screen: nobody waits for them any more. @param {Element} element */
export function release(element) {
  for (const frame of element.querySelectorAll(".picture")) {
    released.add(frame);
    ends.get(frame)?.();
  }
}

/**
 * Have what is drawn anew show the pictures that are there already, so that nothing flickers.
 * @param {Element} old @param {Element} fresh takes over the frames of the same pictures
 */
export function keepPictures(old, fresh) {
  const there = new Map([...old.querySelectorAll(".picture[data-of]")].map((frame) => [frame.dataset.of, frame]));
  for (const frame of fresh.querySelectorAll(".picture[data-of]")) {
    const kept = there.get(frame.dataset.of);
    if (!kept) continue;
    release(frame.parentNode);
    frame.replaceWith(kept);
    there.delete(frame.dataset.of);
  }
}

function fill(frame, alt, signed) {
  const image = h("img", { alt, decoding: "async" });
  image.draggable = false;
  frame.append(image);
  signed().then((url) => want(frame, image, url, alt), (error) => instead(frame, image, error.message, alt));
}

function want(frame, image, url, alt) {
  wanted.push({ frame, image, url, alt });
  next();
}

function next() {
  while (loading < AT_ONCE && wanted.length) {
    const { frame, image, url, alt } = wanted.pop(); // the newest first: that is what is in sight now
    if (!released.has(frame)) load(frame, image, url, alt);
  }
}

function load(frame, image, url, alt) {
  loading += 1;
  const end = () => {
    if (ends.delete(frame)) loading -= 1;
    next();
  };
  ends.set(frame, () => {
    image.removeAttribute("src"); // closes the connection, and the daemon makes nothing that nobody waits for
    end();
  });
  image.addEventListener("load", end);
  image.addEventListener("error", () => {
    end();
    explain(frame, image, url, alt);
  });
  image.src = url;
}

async function explain(frame, image, url, alt) {
  if (!image.isConnected) return;
  let reason = "No picture";
  try {
    const answer = await fetch(url);
    if (!answer.ok) reason = (await answer.json()).message;
  } catch {
    // The daemon is gone; whoever calls it next tells.
  }
  instead(frame, image, reason, alt);
}

function instead(frame, image, reason, alt) {
  image.remove();
  frame.append(h("span", { class: "no-picture", title: alt }, reason));
}

function sign(kind, what) {
  const url = known.get(`${kind} ${what}`);
  if (url) return Promise.resolve(url);
  return new Promise((resolve, reject) => {
    let waiting = asked.get(kind);
    if (!waiting) {
      asked.set(kind, (waiting = new Map()));
      queueMicrotask(() => flush(kind));
    }
    if (!waiting.has(what)) waiting.set(what, []);
    waiting.get(what).push({ resolve, reject });
  });
}

async function flush(kind) {
  const waiting = asked.get(kind);
  asked.delete(kind);
  const all = [...waiting.keys()];
  for (let start = 0; start < all.length; start += BATCH) {
    const batch = all.slice(start, start + BATCH);
    try {
      const { urls } =
        kind === "face" ? await call("pictures.faces", { faces: batch.map(Number) }) : await call("pictures.sign", { uris: batch, edge: kind });
      for (const what of batch) {
        keep(`${kind} ${what}`, urls[what]);
        for (const one of waiting.get(what)) one.resolve(urls[what]);
      }
    } catch (error) {
      for (const what of batch) for (const one of waiting.get(what)) one.reject(error);
    }
  }
}

function keep(which, url) {
  known.set(which, url);
  if (known.size > KEPT) known.delete(known.keys().next().value);
}

/** What a person says of the photos of a sample: on screen at once, stored in order, each to be taken back. */

import { call } from "../../lib/rpc.js";
import { saver } from "../../lib/settle.js";

/**
 * @param {object} photo as `audit.photos` tells it
 * @param {string} kind keyword, caption, missing or photo @param {string} value the word; the model whose caption it is
 * @returns {boolean|null} null: not judged yet
 */
export function verdict(photo, kind, value) {
  if (kind === "keyword") return photo.words.find((word) => word.value === value)?.right ?? null;
  if (kind === "caption") return photo.caption_verdicts[value] ?? null;
  if (kind === "missing") return photo.missing.includes(value) ? true : null;
  return photo.looked ? true : null;
}

/** Whether every word has a verdict; where nobody said one, whether a person has looked. */
export function isJudged(photo) {
  if (!photo.answered.length) return false;
  if (photo.words.length) return photo.words.every((word) => word.right !== null);
  return photo.looked || photo.missing.length > 0 || Object.keys(photo.caption_verdicts).length > 0;
}

/** A photo as the page keeps it: of one without words it is kept that somebody looked. */
export const kept = (photo) => ({ ...photo, looked: !photo.words.length && photo.judged });

function put(photo, { kind, value, right }) {
  if (kind === "keyword") photo.words.filter((word) => word.value === value).forEach((word) => (word.right = right));
  else if (kind === "missing") photo.missing = [...photo.missing.filter((word) => word !== value), ...(right ? [value] : [])];
  else if (kind === "photo") photo.looked = right === true;
  else if (right === null) delete photo.caption_verdicts[value];
  else photo.caption_verdicts[value] = right;
}

/**
 * @param {string} audit its id @param {(photo: object) => void} changed called after each change on screen
 * @param {() => void} stored called when the daemon has kept one
 */
export function marks(audit, changed, stored) {
  const settle = saver();
  const done = []; // {photo, before}: what an undo brings back, the newest last
  let count = 0;

  const now = (photo, said) => said.map((one) => ({ ...one, right: verdict(photo, one.kind, one.value) }));

  function place(photo, said) {
    for (const one of said) put(photo, one);
    changed(photo);
  }

  function send(photo, said, before, mark) {
    count += 1;
    const verdicts = said.map(({ kind, value, right }) => ({ uri: photo.uri, kind, value, right }));
    const sent = settle({
      paint: () => place(photo, said),
      send: () => call("audit.judge", { audit, verdicts }),
      // What was said of the same thing since then is later, and stays.
      back: () => place(photo, before.filter((one, at) => verdict(photo, one.kind, one.value) === said[at].right)),
      mark,
    });
    sent.then((fine) => fine && stored());
  }

  return {
    /** @param {Array<{kind, value, right}>} said @param {Element} [mark] shows whether it is stored */
    mark(photo, said, mark) {
      if (!said.length) return;
      const before = now(photo, said);
      done.push({ photo, before });
      send(photo, said, before, mark);
    },
    /** Take the newest mark back. @returns {object|null} the photo it was on */
    undo() {
      const last = done.pop();
      if (!last) return null;
      send(last.photo, last.before, now(last.photo, last.before));
      return last.photo;
    },
    get undoable() {
      return done.length > 0;
    },
    /** How often something was said or taken back. */
    get count() {
      return count;
    },
  };
}

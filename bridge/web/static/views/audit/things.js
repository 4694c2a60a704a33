/** What there is to mark of one photo, in the order in which it is shown. */

import { keyword } from "../../lib/format.js";
import { verdict } from "./marks.js";

/**
 * @param {object} photo @param {boolean} blind in an order that does not tell who said what
 * @returns {Array<{kind, value, text, models}>} words, captions, missing words; one thing of its own where nobody said a word
 */
export function things(photo, blind) {
  const words = photo.words.map(({ value, models }) => ({ kind: "keyword", value, text: keyword(value), models }));
  const captions = Object.entries(photo.captions).map(([model, text]) => ({ kind: "caption", value: model, text, models: [model] }));
  if (blind) for (const list of [words, captions]) list.sort((one, other) => one.text.localeCompare(other.text));
  const missing = photo.missing.map((word) => ({ kind: "missing", value: word, text: keyword(word), models: [] }));
  const nothing = !photo.words.length && photo.answered.length > 0;
  const looked = nothing ? [{ kind: "photo", value: "", text: "No model said a word of this photo", models: [] }] : [];
  return [...words, ...looked, ...captions, ...missing];
}

/** Whether two lists are of the same things, whatever is said of these. */
export function same(some, others) {
  return some.length === others.length && some.every((thing, at) => thing.kind === others[at].kind && thing.value === others[at].value && thing.models.length === others[at].models.length);
}

/** What remains to be said of a photo, as right. */
export function remaining(photo) {
  return things(photo, false)
    .filter(({ kind, value }) => verdict(photo, kind, value) === null)
    .map(({ kind, value }) => ({ kind, value, right: true }));
}

/** The word among what was said that is this one, by its whole path or its last part; -1 where none is. */
export function indexOf(all, word) {
  const wanted = word.toLowerCase();
  return all.findIndex(({ kind, value }) => kind === "keyword" && [value, value.split("|").pop()].some((one) => one.toLowerCase() === wanted));
}

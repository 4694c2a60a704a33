/** A photo in the grid: its picture, its name, what will be written, what was decided. */

import { h } from "../../lib/dom.js";
import { fileName, keyword } from "../../lib/format.js";
import { picture } from "../../lib/pictures.js";
import { chip } from "./chips.js";

const MOST = 9; // words, yours first; the others are in the panel
const DECIDED = { accepted: "✓ accepted", skipped: "✕ left out", open: "" };

/** Stands for a photo that is not loaded yet. */
export const blank = () => h("div", { class: "blank", "aria-busy": "true" });

/**
 * @param {object} photo @param {{chosen: boolean, onWord: (word: object) => void, onClick: (event: Event) => void,
 *   onOpen: () => void}} how
 */
export function tile(photo, { chosen, onWord, onClick, onOpen }) {
  const name = fileName(photo.path);
  const state = [DECIDED[photo.decided], photo.edited ? "✎ changed" : ""].filter(Boolean).join(" · ");
  return h(
    "div",
    {
      class: `photo ${photo.decided} ${chosen ? "selected" : ""}`,
      dataset: { item: photo.item, decided: photo.decided },
      "aria-label": [name, state, chosen ? "selected" : ""].filter(Boolean).join(", "),
      on: { click: onClick, dblclick: onOpen },
    },
    picture(photo.uri),
    h("p", { class: "line" }, h("span", { class: "file" }, name), state ? h("span", { class: `state ${photo.decided}` }, state) : null),
    photo.error ? failure(photo) : [others(photo), words(photo, onWord), caption(photo)],
  );
}

function words(photo, onWord) {
  const all = photo.words.map((word, place) => ({ word, place: place + 1 }));
  const yours = ({ word }) => ["added", "mapped"].includes(word.state);
  const shown = [...all.filter(yours), ...all.filter((one) => !yours(one))].slice(0, MOST).map(({ word, place }) => chip(word, place, onWord));
  const more = photo.words.length - MOST;
  const none = photo.words.length ? null : h("span", { class: "hint" }, photo.reason ?? "no keywords");
  return h("div", { class: "chips" }, shown, none, more > 0 ? h("span", { class: "hint" }, `and ${more} more`) : null);
}

/** Keywords that nobody proposed: they stay. */
function others(photo) {
  const all = photo.others.map(keyword).join(", ");
  return all ? h("p", { class: "hint others", title: all }, `there: ${all}`) : null;
}

function caption(photo) {
  const found = photo.texts.find((text) => text.field === "caption" && (text.new ?? text.old));
  if (!found) return null;
  const written = ["proposed", "edited"].includes(found.state);
  return h("p", { class: `caption ${written ? "new" : "stays"}`, title: found.why ?? "" }, found.state === "rejected" ? found.old : found.new ?? found.old);
}

function failure(photo) {
  return h("div", { class: "failure" }, h("p", { class: "bad" }, photo.error.message), h("p", { class: "hint" }, photo.error.hint));
}

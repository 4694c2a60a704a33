/** Keywords as they will be: a button each, pressed where it is written. */

import { h } from "../../lib/dom.js";
import { keyword, percent } from "../../lib/format.js";

const LOOKS = { proposed: "new", mapped: "yours", added: "yours", rejected: "off", refused: "off", there: "" };
const TOLD = {
  proposed: "will be written",
  mapped: "will be written, your word",
  added: "will be written, your word",
  rejected: "not written",
  refused: "not written",
  there: "is there already",
};

/** Whether a word will be in the photo. */
export const stands = (word) => !["rejected", "refused"].includes(word.state);

/** What to decide so that a word that is written is not, and the other way round. */
export function toggled(word) {
  if (word.state === "refused") return { kind: "add", value: word.value };
  return { kind: word.state === "rejected" ? "restore" : "reject", word: word.value };
}

/**
 * @param {object} word of a photo @param {number} place its number, by which a key reaches it
 * @param {(word: object) => void} press
 */
export function chip(word, place, press) {
  const more = [word.said ? `said as “${word.said}”` : "", word.score === null ? "" : percent(word.score), word.why ?? ""];
  const told = [TOLD[word.state], ...more.filter(Boolean)].join(", ");
  return h(
    "button",
    {
      type: "button",
      class: `chip ${LOOKS[word.state]}`,
      title: told,
      tabIndex: -1,
      "aria-pressed": String(stands(word)),
      "aria-label": `${keyword(word.value)}: ${told}`,
      dataset: { focus: `word ${word.value}`, word: word.value, place },
      on: { click: (event) => (event.stopPropagation(), press(word)) },
    },
    keyword(word.value),
  );
}

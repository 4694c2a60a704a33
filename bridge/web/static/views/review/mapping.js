/** Another word for a word: typed, completed from the tree, for as many photos as are meant. */

import { button, field, h } from "../../lib/dom.js";
import { completing } from "../../lib/completing.js";
import { count, keyword } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { dialog } from "../../lib/tell.js";

/**
 * @param {string} job @param {string} word @param {number} photos how many are selected; 0 = the whole run alone
 * @param {AbortSignal} signal
 * @returns {Promise<{value: string, whole: boolean}|null>} null where the person thought better of it
 */
export function askMapping(job, word, photos, signal) {
  return new Promise((resolve) => {
    const input = h("input", { type: "text", maxLength: 400, autofocus: true });
    const complete = async (text, now) => (text.trim() ? (await call("review.complete", { job, text: text.trim().slice(0, 200) }, { signal: now })).words.map((one) => one.value) : []);
    const whole = h("input", { type: "checkbox", checked: photos === 0, disabled: photos === 0 });
    const check = h("div", { class: "field check" }, whole, h("label", { htmlFor: (whole.id = "map-whole") }, photos === 0 ? "In the whole run" : `In the whole run, not in ${count(photos, "photo")} alone`));
    let said = null;
    const send = (event) => {
      event.preventDefault();
      if (!input.value.trim()) return;
      said = { value: input.value.trim(), whole: whole.checked };
      box.close();
    };
    const form = h("form", { class: "stack", id: "map-form", on: { submit: send } }, field("The keyword to write instead; A|B is B under A", input), check);
    completing(input, complete, signal);
    const box = dialog(`Another word for “${keyword(word)}”`, [form], [button("Cancel", () => box.close()), h("button", { type: "submit", class: "main" }, "Say this")]);
    box.querySelector("button.main").setAttribute("form", "map-form");
    input.focus();
    box.addEventListener("close", () => resolve(said));
  });
}

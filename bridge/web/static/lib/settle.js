/** Decisions: painted at once, stored by the daemon, painted back where it refuses. */

import { fail } from "./tell.js";

let waiting = 0; // of all views: one that was left may still have some to store

/**
 * Decisions are sent one after another, in the order in which they were made.
 * @returns {(options: {paint: () => void, send: () => Promise<any>, back: () => void, mark?: Element}) => Promise<any>}
 *   `paint` shows the decision, `send` stores it, `back` takes it from the screen where that failed; `mark` carries
 *   `data-saved` "false" until it is stored. The result is what `send` gave, or null where it failed.
 */
export function saver() {
  let before = Promise.resolve();
  return function settle({ paint, send, back, mark }) {
    paint();
    if (mark) mark.dataset.saved = "false";
    state(++waiting);
    const sent = before.then(send);
    before = sent.catch(() => {});
    return sent.then(
      (result) => {
        if (mark) mark.dataset.saved = "true";
        state(--waiting);
        return result;
      },
      (error) => {
        if (mark) delete mark.dataset.saved;
        state(--waiting);
        back();
        fail(error);
        return null;
      },
    );
  };
}

function state(waiting) {
  document.body.dataset.saving = String(waiting > 0);
}

addEventListener("beforeunload", (event) => {
  if (document.body.dataset.saving === "true") event.preventDefault();
});

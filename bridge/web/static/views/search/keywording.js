/** A keyword for the photos that were chosen. */

import { completing } from "../../lib/completing.js";
import { field, h } from "../../lib/dom.js";
import { firstShown } from "../../lib/firstshown.js";
import { count, keyword as read } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { known } from "./known.js";

/** @param {string[]} uris @param {AbortSignal} signal */
export function giveKeyword(uris, signal) {
  const word = h("input", { type: "text", required: true, spellcheck: false });
  const row = field("Keyword", word, "Beneath another one: Places|London");
  completing(word, known, signal);
  const photos = count(uris.length, "photo");
  firstShown({
    title: `Keyword ${photos}`,
    fields: [row],
    signal,
    start: (write) => call("photos.keyword", { keyword: word.value.trim(), uris, write }),
    line: (result) => (result.added.length ? `+ ${result.added.map(read).join(", ")}` : null),
    done: (written) => `${read(word.value.trim())} is written into ${count(written, "photo")}.`,
  });
  word.focus();
}

/** Names into the files of photos, as face regions; as keywords too where that is wanted. */

import { completing } from "../../lib/completing.js";
import { field, h } from "../../lib/dom.js";
import { firstShown } from "../../lib/firstshown.js";
import { count, keyword as read } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";

/** @param {{signal: AbortSignal, uris?: string[]}} options `uris`: of these photos; else a folder is asked for */
export function writeNames({ signal, uris = null }) {
  const folder = h("input", { type: "text", required: true, spellcheck: false, placeholder: "~/Pictures" });
  const under = h("input", { type: "text", spellcheck: false, placeholder: "People" });
  const place = field("Folder, with all its subfolders", folder);
  const known = (text, now) => call("search.complete", { name: "folder", text }, { signal: now });
  if (!uris) completing(folder, known, signal);

  async function start(write) {
    const where = uris ?? [(await call("photos.place", { text: folder.value }, { signal })).uri];
    return call("faces.write", { uris: where, recursive: !uris, under: under.value.trim() || null, write }, { signal });
  }

  function line(result) {
    const names = [...result.named.map((name) => `+ ${name}`), ...result.unnamed.map((name) => `− ${name}`)];
    const words = result.added.map((word) => `+ ${read(word)} (keyword)`);
    return names.length || words.length ? [...names, ...words].join(", ") : null;
  }

  firstShown({
    title: uris ? `Write names into ${count(uris.length, "photo")}` : "Write names into photos",
    fields: [
      h("p", { class: "hint" }, "Each named face becomes a region, as Lightroom and digiKam read it. Regions of others stay as they are."),
      uris ? null : place,
      field("Names as keywords too, below this one", under, "Leave it empty for none."),
    ],
    signal,
    start,
    line,
    done: (photos) => `Names are written into ${count(photos, "photo")}.`,
  });
  (uris ? under : folder).focus();
}

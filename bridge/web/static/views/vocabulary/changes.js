/** What was done to the list of late, each change to be taken back, the latest first. */

import { button, h, replace } from "../../lib/dom.js";
import { keyword, when } from "../../lib/format.js";

const SHOWN = 12;

/** @param {{load: (params: object) => Promise<object[]>, undo: (edit: number) => void}} options */
export function changes({ load, undo }) {
  const list = h("ol", { class: "plain" });
  const element = h("details", { class: "panel changes" }, h("summary", null, "Latest changes"), list);

  async function reload() {
    if (!element.open) return;
    const told = await load({ limit: SHOWN });
    const latest = told.find((edit) => edit.undone === null);
    const row = (edit) =>
      h(
        "li",
        { class: "row middle" },
        h("span", { class: edit.undone === null ? "spring" : "spring undone" }, keyword(edit.told), " ", h("span", { class: "hint" }, edit.undone === null ? when(edit.made) : "taken back")),
        edit === latest ? button("Take back", () => undo(edit.edit)) : null,
      );
    replace(list, ...(told.length ? told.map(row) : [h("li", { class: "hint" }, "Nothing was changed here yet.")]));
  }

  element.addEventListener("toggle", () => reload().catch(() => {})); // what follows tells that the daemon is gone
  return { element, reload };
}

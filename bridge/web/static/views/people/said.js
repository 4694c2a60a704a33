/** What was said of faces, newest first; any of it can be taken back. */

import { button, h, replace } from "../../lib/dom.js";
import { when } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { fail } from "../../lib/tell.js";
import { takeBack } from "./say.js";

const LIMIT = 500;

export async function said(main, route) {
  const { signal } = route;
  const body = h("div", { class: "said" });
  main.append(h("div", { class: "tool-row row middle" }, h("a", { href: "#/people" }, "All people")), body);

  async function load() {
    const actions = await call("faces.actions", { limit: LIMIT }, { signal });
    if (!actions.length) return replace(body, h("p", { class: "empty" }, "Nothing was said of faces yet."));
    replace(body, h("table", null, h("thead", null, h("tr", null, h("th", null, "What you said"), h("th", null, "When"), h("th", null, h("span", { class: "visually-hidden" }, "Take it back")))), h("tbody", null, ...actions.map(row))));
  }

  function row(action) {
    const undo = button("Undo", async () => {
      undo.disabled = true;
      try {
        await takeBack(action.action);
        await load();
      } catch (error) {
        fail(error);
      }
    }, { "aria-label": `Undo: ${action.told}` });
    return h("tr", null, h("td", null, action.told), h("td", null, when(action.done)), h("td", null, action.undone ? h("span", { class: "hint" }, "taken back") : undo));
  }
  await load();
}

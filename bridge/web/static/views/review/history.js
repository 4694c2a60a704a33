/** Every decision on a run, the newest first: any of them can be taken back. */

import { button, h, replace } from "../../lib/dom.js";
import { count, when } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { dialog, fail } from "../../lib/tell.js";

const PAGE = 100;

/**
 * @param {string} job @param {AbortSignal} signal @param {(action: number) => Promise<boolean>} takeBack whether it did
 */
export async function historyDialog(job, signal, takeBack) {
  const list = h("ol", { class: "history" });
  const more = button("Older ones", () => load().catch(fail), { hidden: true });
  let before = null;

  async function load() {
    const asked = { job, limit: PAGE, ...(before === null ? {} : { before }) };
    const { actions } = await call("review.actions", asked, { signal });
    list.append(...actions.map(row));
    before = actions.at(-1)?.action ?? before;
    more.hidden = actions.length < PAGE;
    if (!list.children.length) replace(list, h("li", { class: "hint" }, "Nothing was decided yet."));
  }

  function row(action) {
    const back = button("Take back", async () => {
      back.disabled = true;
      if (await takeBack(action.action)) replace(element, ...told({ ...action, undone: true }));
      else back.disabled = false;
    }, { "aria-label": `Take back: ${action.told}` });
    const element = h("li", null, ...told(action), action.undone ? null : back);
    return element;
  }

  await load();
  const box = dialog("What you decided", [list, more], [button("Close", () => box.close(), { class: "main" })]);
}

function told(action) {
  const hint = `${when(action.made)} · ${count(action.photos, "photo")}${action.undone ? " · taken back" : ""}`;
  return [h("span", { class: action.undone ? "gone" : "" }, action.told), h("span", { class: "hint" }, hint)];
}

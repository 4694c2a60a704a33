/** Which run to review: those that show what they would write, the newest first. */

import { h } from "../../lib/dom.js";
import { count, when } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";

const LOOKED_AT = 200;

export async function choose(main, signal) {
  const runs = await call("jobs.list", { limit: LOOKED_AT }, { signal });
  const open = runs.filter((run) => ["tag", "keyword"].includes(run.kind) && !run.write);
  if (!open.length) {
    main.append(
      h("div", { class: "empty" }, h("p", null, "No run waits to be reviewed."), h("p", { class: "hint" }, "A run that shows first what it would write can be reviewed here, photo by photo."), h("p", null, h("a", { class: "button", href: "#/jobs" }, "Start one"))),
    );
    return;
  }
  main.append(h("ul", { class: "runs-to-review" }, open.map(row)));
}

function row(run) {
  const state = run.state === "open" ? `at work, ${run.done} of ${run.total}` : run.state;
  return h(
    "li",
    { class: "panel" },
    h("a", { href: `#/review/${run.job}` }, `${when(run.created)} – ${count(run.total, "photo")}`),
    h("p", { class: "hint" }, [run.model, run.style, state].filter(Boolean).join(" · ")),
  );
}

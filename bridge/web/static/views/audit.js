/** Audits: a sample of a library, what a person says of its words, and what that comes to. */

import { h, replace } from "../lib/dom.js";
import { count, when } from "../lib/format.js";
import { call } from "../lib/rpc.js";
import { fail } from "../lib/tell.js";
import { form } from "./audit/form.js";
import { judge } from "./audit/judge.js";
import { pathOf } from "../lib/places.js";

export const title = "Audit";

/** @param {Element} main @param {object} route `#/audit` lists them, `#/audit/ID` judges one; `last` is the newest */
export async function show(main, route) {
  const [audit] = route.parts;
  if (audit) await judge(main, audit, route);
  else await list(main, route);
}

async function list(main, route) {
  const [audits, models] = await Promise.all([
    call("audit.list", {}, { signal: route.signal }),
    call("models.list", {}, { signal: route.signal }),
  ]);
  const known = [...new Set(audits.flatMap((one) => one.uris))].map(pathOf);
  replace(
    main,
    h("h1", null, "Audit"),
    h(
      "p",
      { class: "lead" },
      audits.length
        ? "A sample first, judged by you, then the whole. Nothing is written before you say so."
        : "No audit yet. Draw a sample of your photos, let one model or several say what they see, and mark what is right: then you know which model is worth its time on the whole library. Nothing is written.",
    ),
    audits.length ? h("ul", { class: "audits", role: "list" }, audits.map(entry)) : null,
    h("h2", null, "Draw a sample"),
    form(models, known, route),
  );
}

function entry(audit) {
  const places = audit.uris.map(pathOf).join(", ");
  return h(
    "li",
    null,
    h("a", { href: `#/audit/${audit.audit}` }, h("strong", null, places)),
    h("span", { class: "quiet" }, `${when(audit.made)} · ${Object.keys(audit.runs).join(", ")}`),
    h(
      "span",
      { class: "quiet" },
      `${count(audit.photos, "photo")} of ${audit.whole.toLocaleString("en")}, ${audit.judged.toLocaleString("en")} judged`,
    ),
    h("progress", { max: Math.max(1, audit.photos), value: audit.judged, "aria-label": `judged of ${places}` }),
  );
}

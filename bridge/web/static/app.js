/** The page: its session, its views, the way from one to another. */

import { button, field, h, replace } from "./lib/dom.js";
import { help } from "./lib/keys.js";
import { key, redeem, takeCode } from "./lib/session.js";
import { fail } from "./lib/tell.js";

const VIEWS = {
  jobs: "Runs",
  review: "Review",
  cull: "Cull",
  search: "Search",
  people: "People",
  vocabulary: "Vocabulary",
  audit: "Audit",
};
const HIDDEN = ["photo"]; // led to from others
const main = document.getElementById("main");
let leave = new AbortController();

/** The view, its parts and what was asked of it, as the address has them. */
function address() {
  const [path, query] = location.hash.replace(/^#\/?/, "").split("?");
  const [view, ...parts] = path.split("/").filter(Boolean).map(decoded);
  return { view: view ?? "jobs", parts, query: new URLSearchParams(query ?? "") };
}

/** A part that was typed, or cut off in the middle of an escape, is taken as it is. */
function decoded(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Nothing of the view that was open goes on, and no dialog of it stands over the next one. */
function left() {
  leave.abort();
  for (const box of document.querySelectorAll("dialog[open]")) box.close();
}

async function show() {
  left();
  leave = new AbortController();
  const { signal } = leave;
  if (!key()) return closed();
  const { view, parts, query } = address();
  if (!Object.hasOwn(VIEWS, view) && !HIDDEN.includes(view)) return nothing(view);
  navigation(view);
  replace(main, h("p", { class: "loading", role: "status" }, "Loading …"));
  main.className = `view ${view}`;
  document.body.dataset.view = view; // what its style sheet is for
  try {
    const module = await import(`./views/${view}.js`);
    if (signal.aborted) return;
    document.title = `${module.title} – photo-bridge`;
    replace(main, h("h1", null, module.title));
    await module.show(main, { parts, query, signal, go });
  } catch (error) {
    if (signal.aborted || error.name === "AbortError") return;
    fail(error);
    const text = [h("h1", null, VIEWS[view] ?? "Photo"), h("p", null, error.message), h("p", { class: "hint" }, error.hint ?? "")];
    replace(main, h("div", { class: "empty" }, ...text, button("Try again", show, { class: "main" })));
  }
}

/** @param {string} hash "#/jobs" */
function go(hash) {
  if (location.hash === hash) show();
  else location.hash = hash;
}

function navigation(open) {
  const links = Object.entries(VIEWS).map(([name, title]) =>
    h("a", { href: `#/${name}`, "aria-current": name === open ? "page" : null }, title),
  );
  replace(document.getElementById("nav"), ...links);
  document.querySelector("#nav [aria-current]")?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function nothing(view) {
  navigation(null);
  replace(main, h("div", { class: "empty" }, h("h1", null, `There is no view “${view}”`), h("a", { href: "#/jobs" }, "To the runs")));
}

/** Without a key nothing can be shown: the page is opened by a command, or with the code that it printed. */
function closed(why = "") {
  navigation(null);
  document.title = "photo-bridge";
  const code = h("input", { type: "text", autocomplete: "off", spellcheck: false });
  const said = h("p", { class: "hint", role: "alert" }, why);
  const enter = async (event) => {
    event.preventDefault();
    const refused = await redeem(code.value.trim());
    if (refused) replace(said, refused);
    else show();
  };
  replace(
    main,
    h(
      "div",
      { class: "empty" },
      h("h1", null, "Open the review page"),
      h("p", null, "This page shows your photos, so it opens for you alone: from your photo program’s menu, or by this command:"),
      h("p", null, h("code", null, "photo-bridge review")),
      h("form", { class: "row", on: { submit: enter } }, field("Or the code that it printed", code), h("button", { type: "submit" }, "Open")),
      said,
    ),
  );
}

async function start() {
  const given = takeCode();
  const { view } = address();
  if (Object.hasOwn(VIEWS, view)) import(`./views/${view}.js`).catch(() => {}); // comes while the key does; `show` tells what failed
  const refused = given && (await redeem(given.code));
  if (refused && !key()) return closed(refused);
  return show();
}

document.getElementById("help").addEventListener("click", help);
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input:not([type=checkbox]):not([type=radio]), textarea, select");
  if (event.key === "?" && !typing && !document.querySelector("dialog[open]")) help();
});
addEventListener("hashchange", () => (location.hash.startsWith("#code=") ? start() : show()));
addEventListener("session-lost", () => {
  left();
  closed("The daemon was started anew: open the page again.");
});
start();

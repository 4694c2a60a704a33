/** The culls that there are, newest first, and the form that starts one. */

import { field, h, replace } from "../../lib/dom.js";
import { count, fileName, when } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";

const MOST = 200; // runs that are looked through for culls

/** @param {HTMLElement} main @param {object} route */
export async function runs(main, route) {
  const { signal, go } = route;
  const [{ presets }, all] = await Promise.all([call("cull.presets", {}, { signal }), call("jobs.list", { limit: MOST }, { signal })]);
  const found = all.filter((run) => run.kind === "cull");
  main.append(startForm(presets, found, go));
  if (!found.length) {
    main.append(h("p", { class: "empty" }, "No cull yet. Name a folder above: its photos are measured, and nothing is written before you say so."));
    return;
  }
  const list = h("ol", { class: "culls", "aria-label": "Culls, newest first" }, ...found.map((run) => entry(run, signal)));
  main.append(h("section", { class: "stack", "aria-label": "Culls" }, list));
}

function entry(run, signal) {
  const name = run.folder ? fileName(run.folder) || run.folder : "Photos";
  const sum = h("p", null, run.state === "open" ? `${run.done} of ${count(run.total, "photo")} measured` : count(run.total, "photo"));
  const facts = h("p", { class: "hint" }, [when(run.created), run.folder].filter(Boolean).join(" · "));
  if (run.state !== "open" && run.done > 0) tally(run, sum, signal);
  return h("li", { class: "panel" }, h("h2", null, h("a", { href: `#/cull/${run.job}` }, name)), sum, facts);
}

/** What it picked and rejected is told once it is known; the list does not wait for it. */
async function tally(run, sum, signal) {
  try {
    const { photos, picked, rejected, undecided, decided, preset } = await call("cull.summary", { job: run.job }, { signal });
    const own = decided ? `, ${decided.toLocaleString("en")} by you` : "";
    const said = [`${count(photos, "photo")}: ${picked} picked, ${rejected} rejected, ${undecided} undecided${own}`, `preset ${preset}`];
    replace(sum, said.join(" · "));
  } catch {
    // How many photos there are stands there already.
  }
}

function startForm(presets, found, go) {
  const known = [...new Set(found.map((run) => run.folder).filter(Boolean))];
  const folders = h("datalist", { id: "culled-folders" }, ...known.map((value) => h("option", { value })));
  const folder = h("input", { type: "text", name: "folder", required: true, autocomplete: "off", spellcheck: false, placeholder: "~/Pictures/2026" });
  folder.setAttribute("list", folders.id);
  const below = h("input", { type: "checkbox", id: "cull-below", checked: true });
  const preset = h("select", { name: "preset" }, ...presets.map(({ name }) => h("option", { value: name }, name)));
  const keep = h("input", { type: "number", name: "keep", min: 1, max: 1000 });
  const about = h("p", { class: "hint" });
  const said = h("div", { role: "alert" });
  const start = h("button", { type: "submit", class: "main" }, "Start");

  function explain() {
    const chosen = presets.find(({ name }) => name === preset.value);
    keep.placeholder = String(chosen.keep);
    replace(about, chosen.about);
  }

  async function submit(event) {
    event.preventDefault();
    if (start.disabled) return;
    start.disabled = true;
    replace(said);
    try {
      const { uri } = await call("photos.place", { text: folder.value });
      const kept = keep.value ? { keep: Number(keep.value) } : {};
      const { job } = await call("cull.run", { uris: [uri], recursive: below.checked, preset: preset.value, ...kept });
      go(`#/cull/${job}`);
    } catch (error) {
      if (error.name !== "AbortError") replace(said, h("p", { class: "bad" }, error.message), h("p", { class: "hint" }, error.hint));
    }
    start.disabled = false;
  }

  preset.addEventListener("change", explain);
  explain();
  const place = field("Folder", folder);
  place.classList.add("wide");
  return h(
    "form",
    { class: "panel start-cull", "aria-label": "Start a cull", on: { submit } },
    h("div", { class: "row" }, place, h("div", { class: "field check" }, below, h("label", { htmlFor: below.id }, "with its subfolders"))),
    h("div", { class: "row" }, field("Preset", preset), field("Keep of each moment", keep), h("span", { class: "spring" }), start),
    about,
    said,
    folders,
  );
}

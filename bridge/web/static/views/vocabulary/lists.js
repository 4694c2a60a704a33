/** The keyword lists: which is shown, which runs take, import of a file's text, export as a file. */

import { button, field, h } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { ask, dialog, fail, tell } from "../../lib/tell.js";

const KINDS = { plain: "Plain list", lightroom: "Lightroom keyword list", digikam: "digiKam tags", captureone: "Capture One keyword list" };
const LARGEST = 20 * 2 ** 20; // bytes, as the command line has it

/** Where a list is shown. @param {string} name */
export const address = (name) => `#/vocabulary/${encodeURIComponent(name)}`;

/**
 * The row above the tree.
 * @param {object} shown the list that is shown, of vocabulary.list @param {object[]} all
 * @param {{go: (hash: string) => void}} route @param {() => void} changed another list is in use, or has this name
 */
export function toolbar(shown, all, route, changed) {
  const choice = h(
    "select",
    { on: { change: () => route.go(address(choice.value)) } },
    ...all.map((one) => h("option", { value: one.name, selected: one.name === shown.name }, one.active ? `${one.name} (in use)` : one.name)),
  );
  const use = async () => {
    await call("vocabulary.use", { name: shown.active ? null : shown.name });
    tell(shown.active ? "Runs take no list now." : `Runs take “${shown.name}” now.`);
    changed();
  };
  const guarded = (act) => () => act().catch(fail);
  return h(
    "div",
    { class: "row lists" },
    field("List", choice),
    h("p", { class: "hint about" }, `${count(shown.terms, "keyword")}, ${KINDS[shown.format]}`, h("br"), shown.active ? h("span", { class: "good" }, "Runs that name no list take this one.") : "Runs take it where they name it."),
    h("span", { class: "spring" }),
    button(shown.active ? "Stop using it" : "Use it for runs", guarded(use)),
    button("Import …", () => askImport(route, changed)),
    button("Export …", () => askExport(shown)),
    button("Forget …", guarded(() => forget(shown, route)), { class: "danger" }),
  );
}

/** What there is to do where there is no list yet. */
export function noLists(route, changed) {
  return h(
    "div",
    { class: "empty panel stack" },
    h("h2", null, "No keyword list yet"),
    h("p", null, "With your own keywords, models write the words that you use, at their places in your tree."),
    h("p", null, "Export them in Lightroom (Metadata › Export Keywords) or Capture One, or take a text file with a keyword a line, and import that:"),
    importForm(route, changed),
  );
}

function askImport(route, changed) {
  const box = dialog("Import a keyword list", [importForm(route, changed, () => box.close())]);
}

function importForm(route, changed, done = () => {}) {
  const file = h("input", { type: "file", required: true, accept: ".txt,.csv,text/plain" });
  const name = h("input", { type: "text", required: true, maxLength: 100, autocomplete: "off" });
  file.addEventListener("change", () => (name.value ||= (file.files[0]?.name ?? "").replace(/\.[^.]*$/, "")));
  const submit = async (event) => {
    event.preventDefault();
    try {
      const told = await call("vocabulary.import", { name: name.value.trim(), text: await read(file.files[0]) });
      done();
      const undo = told.edit && (async () => (await call("vocabulary.undo_edit", { name: told.name, edit: told.edit }), changed()));
      tell(`“${told.name}”: ${count(told.terms, "keyword")}, read as a ${KINDS[told.format]}.`, undo ? { undo } : {});
      route.go(address(told.name));
    } catch (error) {
      fail(error);
    }
  };
  return h(
    "form",
    { class: "stack question", on: { submit } },
    field("File", file, "It is read here and sent to the daemon on this machine, nowhere else."),
    field("Name of the list", name, "A list of that name becomes this one; that can be taken back."),
    h("div", { class: "row end" }, h("button", { type: "submit", class: "main" }, "Import")),
  );
}

/** A file's text, its BOM included, so that an export gives it back as it was. */
async function read(file) {
  if (file.size > LARGEST) throw new TypeError("That file is too large for a keyword list.");
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(await file.arrayBuffer());
  } catch {
    throw Object.assign(new TypeError("That file is not UTF-8 text."), { hint: "Save the list as UTF-8 text, then import it again." });
  }
}

function askExport(shown) {
  const kinds = Object.entries(KINDS).map(([value, title]) => h("option", { value, selected: value === shown.format }, value === shown.format ? `${title} (as it was imported)` : title));
  const kind = h("select", null, ...kinds);
  const submit = async (event) => {
    event.preventDefault();
    try {
      const told = await call("vocabulary.export", { name: shown.name, format: kind.value });
      save(`${shown.name}.txt`, told.text);
      box.close();
      if (told.losses.length) tell(`Saved. This kind of list does not hold: ${told.losses.join("; ")}`);
    } catch (error) {
      fail(error);
    }
  };
  const row = h("div", { class: "row end" }, button("Cancel", () => box.close()), h("button", { type: "submit", class: "main" }, "Save the file"));
  const box = dialog(`Export “${shown.name}”`, [h("form", { class: "stack question", on: { submit } }, field("As", kind), row)]);
}

function save(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60_000); // once the browser has surely begun to save it
}

async function forget(shown, route) {
  const yes = await ask(`Forget “${shown.name}”?`, { yes: "Forget it", detail: "What was written with it stays. The list itself cannot be brought back: export it first if you may want it again." });
  if (!yes) return;
  await call("vocabulary.remove", { name: shown.name });
  route.go("#/vocabulary");
}

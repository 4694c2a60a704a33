/** A form that takes a folder and sets a run to work over it. */

import { field, h, replace } from "./dom.js";
import { completing } from "./completing.js";
import { call } from "./rpc.js";

/**
 * @param {object} options
 * @param {string} options.label of the button: "Index"
 * @param {(uris: string[], recursive: boolean) => Promise<void>} options.start called with the folder; what it throws
 *   is told below the field
 * @param {AbortSignal} options.signal
 */
export function folderForm({ label, start, signal }) {
  const folder = h("input", { type: "text", name: "folder", spellcheck: false, placeholder: "~/Pictures", required: true });
  const below = h("input", { type: "checkbox", checked: true });
  const said = h("p", { class: "hint bad", role: "alert" });
  const submit = h("button", { type: "submit", class: "main" }, label);
  const known = (text, now) => call("search.complete", { name: "folder", text }, { signal: now });

  async function go(event) {
    event.preventDefault();
    replace(said);
    submit.disabled = true;
    try {
      const { uri } = await call("photos.place", { text: folder.value }, { signal });
      await start([uri], below.checked);
    } catch (error) {
      if (error.name !== "AbortError") replace(said, [error.message, error.hint].filter(Boolean).join(" "));
    }
    submit.disabled = false;
  }

  const row = field("Folder", folder);
  completing(folder, known, signal);
  return h(
    "form",
    { class: "folder-form", on: { submit: go } },
    h("div", { class: "row" }, row, submit),
    h("div", { class: "field check" }, below, h("label", { htmlFor: labelled(below) }, "with all its subfolders")),
    said,
  );
}

function labelled(control) {
  control.id ||= `f${Math.random().toString(36).slice(2)}`;
  return control.id;
}

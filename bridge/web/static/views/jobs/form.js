/** The form that starts a run on a folder. */

import { field, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { ask, fail, tell } from "../../lib/tell.js";

const WHAT = { all: "Keywords, title and caption", keywords: "Keywords only", caption: "Title and caption only" };
const THEN = { show: "Show me first, write nothing", write: "Write it into the photos" };

/**
 * @param {{signal: AbortSignal}} route
 * @param {() => Promise<any>} started called when there is a new run
 * @returns {{element: Element, fill: (runs: Array) => void, focus: () => void}}
 */
export function startForm(route, started) {
  const folders = h("datalist", { id: "known-folders" });
  const folder = h("input", { type: "text", name: "folder", required: true, autocomplete: "off", spellcheck: false, placeholder: "~/Pictures/2026" });
  folder.setAttribute("list", folders.id);
  const what = choice("what", WHAT);
  const model = choice("model", { "": "Chosen for you" });
  const then = choice("then", THEN);
  const below = h("input", { type: "checkbox", name: "below", id: "below", checked: true });
  const said = h("div", { class: "said", role: "alert" });
  const go = h("button", { type: "submit", class: "main" }, "Start");
  const element = h(
    "form",
    { class: "panel start", "aria-label": "Start a run", on: { submit: (event) => (event.preventDefault(), submit()) } },
    h("div", { class: "row" }, wide(field("Folder or photo", folder)), h("div", { class: "field check" }, below, h("label", { htmlFor: "below" }, "with its subfolders"))),
    h("div", { class: "row" }, field("Look for", what), field("Model", model), field("Then", then), h("span", { class: "spring" }), go),
    said,
    folders,
  );
  folder.addEventListener("input", () => settle(null));

  // Model servers are asked what they have, which takes its time: nothing waits for it.
  let passes = [];
  call("models.list", {}, { signal: route.signal }).then((models) => model.append(...models.map(option)), fail);
  call("passes.list", {}, { signal: route.signal }).then((found) => (passes = found), fail);

  function settle(error) {
    folder.setAttribute("aria-invalid", String(error !== null));
    replace(said, error && h("p", { class: "bad" }, error.message), error && h("p", { class: "hint" }, error.hint));
  }

  async function submit() {
    if (go.disabled) return;
    settle(null);
    go.disabled = true;
    try {
      const { uri } = await call("photos.place", { text: folder.value });
      const options = { want: what.value, write: then.value === "write", ...(model.value ? { model: model.value } : {}) };
      const run = await analyze({ uris: [uri], recursive: below.checked, options });
      if (!run) return;
      tell(`${count(run.photos, "photo")} for ${run.model}. ${run.warnings.join(" ")}`);
      await started();
    } catch (error) {
      if (error.name !== "AbortError") settle(error);
    } finally {
      go.disabled = false;
    }
  }

  /** A folder with a pass of another model is mixed only where the person says so. */
  async function analyze(params) {
    try {
      return await call("photos.analyze", params);
    } catch (error) {
      if (error.code !== "mixed_pass") throw error;
      const yes = await ask("Mix two models in this folder?", { yes: "Write all the same", detail: error.message });
      return yes ? call("photos.analyze", { ...params, options: { ...params.options, allow_mixed: true } }) : null;
    }
  }

  return {
    element,
    focus: () => folder.focus(),
    /** Offer the folders that runs went through. */
    fill(runs) {
      const known = new Set([...passes, ...runs].filter((one) => one.folder).map(typed));
      replace(folders, ...[...known].map((value) => h("option", { value })));
    },
  };
}

/** A name with bytes that are no text is shown with escapes, which lead nowhere: its URI does. */
const typed = ({ folder, uri }) => (folder.startsWith("/") && folder.includes("\\") ? uri : folder);

function choice(name, values) {
  return h("select", { name }, ...Object.entries(values).map(([value, text]) => h("option", { value }, text)));
}

function option({ name, state, message, seconds_a_photo: seconds }) {
  const ready = state === "ready";
  const pace = seconds ? ` (${seconds.toFixed(1)} s a photo)` : "";
  return h("option", { value: name, disabled: !ready }, ready ? `${name}${pace}` : `${name}: ${message}`);
}

function wide(element) {
  element.classList.add("wide");
  return element;
}

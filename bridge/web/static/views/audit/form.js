/** Drawing a sample: what of, how large, and which models say something of it. */

import { button, field, h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { fail } from "../../lib/tell.js";

const SAMPLE = 100;
const MOST = 5000;
const WAIT = 20000; // ms

/**
 * @param {Array<object>} models as `models.list` tells them @param {Array<string>} known folders of earlier audits
 * @param {object} route a sample that is being drawn is in its address, so that a reload goes on showing it
 * @returns {Element}
 */
export function form(models, known, route) {
  const folder = h("input", { type: "text", name: "folder", required: true, value: known[0] ?? "", autocomplete: "off", spellcheck: false });
  folder.setAttribute("list", "known-folders");
  const size = h("input", { type: "number", name: "size", min: "1", max: String(MOST), value: String(SAMPLE), required: true });
  const seed = h("input", { type: "number", name: "seed", value: "1", required: true });
  const recursive = h("input", { type: "checkbox", name: "recursive", checked: true });
  const captions = h("input", { type: "checkbox", name: "captions", checked: true });
  const chosen = models.map((model) => [model.name, choice(model)]);
  const ready = chosen.find(([, box]) => !box.disabled);
  if (ready) ready[1].checked = true;
  const begin = h("button", { type: "submit", class: "main" }, "Draw the sample");
  const progress = h("div", { class: "drawing", role: "status" });

  const submit = async (event) => {
    event.preventDefault();
    const names = chosen.filter(([, box]) => box.checked).map(([name]) => name);
    if (!names.length) return fail({ message: "No model is chosen.", hint: "Tick one, or several to compare them." });
    begin.disabled = true;
    try {
      const { uri } = await call("photos.place", { text: folder.value }, { signal: route.signal });
      const options = { want: captions.checked ? "all" : "keywords" };
      const asked = { uris: [uri], recursive: recursive.checked, models: names, size: size.valueAsNumber, seed: seed.valueAsNumber, options };
      const { task } = await call("audit.start", asked, { signal: route.signal });
      history.replaceState(null, "", `#/audit?task=${encodeURIComponent(task)}`);
      await follow(task, progress, route);
    } catch (error) {
      fail(error);
    } finally {
      begin.disabled = false;
    }
  };
  const drawing = route.query.get("task");
  if (drawing) follow(drawing, progress, route).catch(fail);

  return h(
    "form",
    { class: "panel draw", on: { submit } },
    h("datalist", { id: "known-folders" }, known.map((path) => h("option", { value: path }))),
    field("Folder", folder, "The whole path, as in /home/me/Pictures or ~/Pictures"),
    h("div", { class: "row" }, field("Photos in the sample", size), field("Draw", seed, "Another number draws other photos")),
    tick(recursive, "With all sub-folders"),
    tick(captions, "Captions too, where the model writes any"),
    h("fieldset", null, h("legend", null, "Models"), models.map((model, at) => tick(chosen[at][1], ...told(model)))),
    h("div", { class: "row" }, begin),
    progress,
  );
}

function choice(model) {
  const able = model.state === "ready" && model.capabilities.includes("keywords");
  return h("input", { type: "checkbox", name: "model", value: model.name, disabled: !able });
}

function told(model) {
  if (model.state !== "ready") return [model.name, `${model.message} ${model.hint}`.trim()];
  const pace = model.seconds_a_photo;
  return [model.name, pace === null ? model.message : `${pace.toFixed(2)} s a photo on this machine`];
}

function tick(box, label, more) {
  return h("label", { class: "tick" }, box, h("span", null, label, more ? h("span", { class: "hint" }, ` ${more}`) : null));
}

/** Show how a sample comes along, and open it when it is drawn. */
async function follow(task, place, route) {
  let told = await call("tasks.status", { task }, { signal: route.signal });
  const stop = button("Stop", () => call("tasks.cancel", { task }).catch(fail));
  const bar = h("progress", { "aria-label": "Drawing the sample" });
  const text = h("p", null);
  replace(place, text, bar, stop);
  while (told.state === "running" || told.state === "waiting") {
    text.textContent = told.done ? `Looking at ${count(told.total ?? told.done, "photo")}: ${told.done.toLocaleString("en")} so far` : "Looking at the photos";
    if (told.total) Object.assign(bar, { max: told.total, value: told.done });
    told = await call("tasks.status", { task, seen: told.seen, wait_ms: WAIT }, { signal: route.signal });
  }
  replace(place);
  if (told.state === "done") return route.go(`#/audit/${told.results[0].audit}`);
  history.replaceState(null, "", "#/audit");
  if (told.state === "cancelled") place.append(h("p", null, "Stopped. Nothing was kept."));
  else fail(told.error);
}

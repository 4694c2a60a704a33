/** What the verdicts come to: each model's shares as bars with their intervals, its pace, and the run on all. */

import { button, h, replace } from "../../lib/dom.js";
import { lasting } from "../../lib/format.js";

const SHARES = [
  ["precision", "Precision", "of its words that you judged are right"],
  ["recall", "Recall", "of all right words, whoever said them or you added"],
  ["captions", "Captions", "are right"],
];
const share = (value) => (100 * value).toFixed(0);

/**
 * @param {Element} place @param {object} figures as `audit.figures` tells them
 * @param {{runs: Map<string, object>, run: (model: object) => void}} options the sample's runs as `jobs.status` tells
 *   them, by model; `run` is asked for the run on all
 */
export function showFigures(place, figures, { runs, run }) {
  const focused = document.activeElement?.dataset?.model;
  replace(
    place,
    h("p", { class: "judged" }, h("strong", null, String(figures.judged)), ` of ${figures.photos} photos judged`),
    figures.models.map((model) => card(model, figures.photos, runs.get(model.model), run)),
    figures.judged
      ? figures.alike.map(([one, other]) => h("p", { class: "hint" }, `${one} and ${other} have not been told apart: judge more photos, or take the faster one.`))
      : null,
  );
  if (focused) place.querySelector(`[data-model="${CSS.escape(focused)}"]`)?.focus();
}

function card(model, photos, status, run) {
  return h(
    "section",
    { class: "model", "aria-label": model.model },
    h("h3", null, model.model),
    status ? underWay(status) : null,
    status || model.answered === photos ? null : h("p", { class: "hint" }, `It answered ${model.answered} of ${photos} photos; its figures are of these.`),
    h("dl", null, SHARES.filter(([name]) => name !== "captions" || model.captions.of).map(([name, label, what]) => bar(label, model[name], what))),
    h("p", { class: "pace" }, pace(model)),
    button("Run on all …", () => run(model), { dataset: { model: model.model } }),
  );
}

function bar(label, counted, what) {
  const known = counted.value !== null;
  const text = known ? `${share(counted.value)} % (${share(counted.low)} to ${share(counted.high)}): ${counted.count} of ${counted.of} ${what}` : "not known yet";
  const at = (from, to) => ({ left: `${100 * from}%`, width: `${100 * (to - from)}%` });
  return [
    h("dt", null, label),
    h(
      "dd",
      null,
      h(
        "span",
        { class: "bar", "aria-hidden": "true" },
        known ? h("span", { class: "share", style: at(0, counted.value) }) : null,
        known ? h("span", { class: "interval", style: at(counted.low, counted.high) }) : null,
      ),
      h("span", { class: "says" }, text),
    ),
  ];
}

function pace(model) {
  if (model.seconds_a_photo === null) return "Its pace is not known: what it said was stored before, or it was asked about too few photos.";
  return `${model.seconds_a_photo.toFixed(2)} s a photo, ${lasting(model.forecast_s)} for the whole`;
}

function underWay(status) {
  const ended = status.done + status.skipped + status.failed + status.cancelled;
  const text = status.error ? `Paused: ${status.error.message} ${status.error.hint}` : `${ended} of ${status.total} photos looked at`;
  return h("p", { class: status.error ? "bad" : "hint" }, text, h("progress", { max: Math.max(1, status.total), value: ended, "aria-label": "photos looked at" }));
}

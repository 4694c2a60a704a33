/** One photo of a group as it is compared: its picture in a frame, what is said of it, and the three things to say. */

import { button, h, replace } from "../../lib/dom.js";
import { count, fileName, percent } from "../../lib/format.js";
import { picture } from "../../lib/pictures.js";
import { HOLDS } from "./model.js";
import { faceOf, place, zoomEdge } from "./zoom.js";

/**
 * @param {object} photo as cull.photos tells it
 * @param {{edge: number, sharpest: boolean, decide: (holds: number) => void}} options
 * @returns {object} `element`, `frame`, `size()`; `paint({holds, yours, saved})`, `lay(zoom)`, `choose(isCurrent)`
 */
export function figure(photo, { edge, sharpest, decide }) {
  const name = fileName(photo.path);
  const base = picture(photo.uri, { edge, alt: "" });
  const frame = h("div", { class: "frame" }, base);
  const badge = h("span", { class: "badge" });
  const differs = h("p", { class: "hint differs", hidden: true });
  const looked = h("p", { class: "looked", hidden: true });
  const choices = [1, -1, 0].map((holds) => choice(holds, name, () => decide(holds)));
  const element = h(
    "div",
    { class: "candidate", role: "listitem", tabIndex: -1, dataset: { item: photo.item } },
    frame,
    h(
      "div",
      { class: "judged" },
      h("div", { class: "named" }, h("span", { class: "file", title: photo.path }, h("bdi", null, name)), badge),
      differs,
      meter(photo, sharpest),
      looked,
      reasons(photo),
      h("div", { class: "choices", role: "group", "aria-label": `Decide on ${name}` }, ...choices),
    ),
  );
  let zoomed = null; // the large picture, once it was asked for

  return {
    element,
    frame,
    paint({ holds, yours, saved }) {
      const { shape, word } = HOLDS[holds];
      element.dataset.holds = HOLDS[holds].name;
      element.dataset.yours = String(yours);
      element.dataset.saved = String(saved);
      replace(badge, `${shape} ${word}${yours ? " · yours" : ""}`);
      differs.hidden = !yours || photo.verdict === holds;
      replace(differs, `The run says: ${HOLDS[photo.verdict].word.toLowerCase()}`);
      choices.forEach((one) => one.setAttribute("aria-pressed", String(yours && Number(one.dataset.holds) === holds)));
      const by = yours ? "by you" : "says the run";
      element.setAttribute("aria-label", `${name}: ${HOLDS[holds].done} ${by}. ${photo.reasons.map(({ text }) => text).join(" ")}`);
    },
    size: () => ({ width: frame.clientWidth, height: frame.clientHeight }),
    lay(zoom) {
      frame.classList.toggle("zoomed", zoom !== null);
      if (zoom && !zoomed) {
        zoomed = picture(photo.uri, { edge: zoomEdge(photo), alt: "" });
        zoomed.classList.add("large");
        zoomed.firstChild.addEventListener("load", () => (zoomed.dataset.loaded = "true"));
        frame.append(zoomed);
      }
      const face = zoom && zoom.person !== null ? faceOf(photo, zoom.person) : null;
      looked.hidden = !zoom || zoom.person === null;
      replace(looked, face ? aboutFace(face) : "This face is not in the photo.");
      const { left, top, width, height } = place(this.size(), photo, zoom);
      for (const layer of [base, zoomed]) {
        if (layer) Object.assign(layer.style, { left: `${left}px`, top: `${top}px`, width: `${width}px`, height: `${height}px` });
      }
      if (zoomed) zoomed.hidden = zoom === null;
    },
    choose(current) {
      element.tabIndex = current ? 0 : -1;
      element.setAttribute("aria-current", String(current));
    },
  };
}

function choice(holds, name, pressed) {
  const { shape, word } = HOLDS[holds];
  const props = { class: "choice", dataset: { holds }, "aria-label": `${word} ${name}`, "aria-pressed": "false", title: word };
  return button([h("span", { "aria-hidden": "true" }, shape), h("span", { class: "word" }, word)], pressed, props);
}

/** How sharp it is, to be compared by eye within the group. */
function meter({ sharpness }, sharpest) {
  if (sharpness === null) return h("p", { class: "hint meter" }, "Too little detail to tell how sharp it is");
  const bar = h("span", { class: "bar", "aria-hidden": "true" }, h("span", { style: { width: percent(sharpness).replace(" ", "") } }));
  return h("p", { class: "meter" }, bar, `${percent(sharpness)}${sharpest ? ", the sharpest" : " sharp"}`);
}

function reasons({ reasons: said, faces, eyes_open: open, kind }) {
  const lines = said.map(({ text, strong }) => h("li", { class: strong ? "strong" : null }, strong ? h("b", null, text) : text));
  if (!said.length) lines.push(h("li", { class: "quiet" }, SERIES[kind] ?? "Nothing speaks against it."));
  if (faces && open !== null) lines.push(h("li", { class: "quiet" }, `${count(faces, "face")}, eyes open${open < 1 ? `: ${percent(open)}` : ""}`));
  return h("ul", { class: "reasons" }, ...lines);
}

const SERIES = {
  bracket: "One of an exposure bracket: kept together.",
  focus_stack: "One of a focus stack: kept together.",
  panorama: "One of a panorama: kept together.",
};

function aboutFace({ sharpness, eyes_open: open }) {
  const sharp = sharpness === null ? "This face is too small to tell how sharp it is" : `This face is ${percent(sharpness)} sharp`;
  return `${sharp}${open === null ? "" : `, eyes ${open ? "open" : "shut"}`}.`;
}

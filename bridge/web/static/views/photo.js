/** Provenance of one photo: who wrote what, when, with which model; and what of it still stands. */

import { button, h, replace } from "../lib/dom.js";
import { count, fileName, keyword, when } from "../lib/format.js";
import { keys } from "../lib/keys.js";
import { face, picture } from "../lib/pictures.js";
import { call } from "../lib/rpc.js";
import { follow } from "../lib/runs.js";
import { ask, fail, tell } from "../lib/tell.js";
import { PROGRAMS, approved, runLink, state } from "./photo/words.js";

const FIELDS = { title: "Title", caption: "Caption", alt_text: "Alt text", pick: "Pick", rating: "Rating", label: "Colour label" };
const LARGE = 1600; // px of the longer edge

export const title = "Photo";

/** @param {HTMLElement} main @param {object} route `#/photo?uri=` */
export async function show(main, route) {
  const uri = route.query.get("uri");
  if (!uri) {
    return main.append(h("div", { class: "empty" }, h("p", null, "No photo was named."), h("p", { class: "hint" }, "Open one from a run’s review, from a search, or from the people in it: ", h("a", { href: "#/search" }, "search"))));
  }
  const facts = h("div", { class: "facts stack", "aria-live": "off" });
  const large = h("div", { class: "large" }, picture(uri, { edge: LARGE, alt: "The photo" }));
  main.append(h("div", { class: "one-photo" }, large, facts));
  const options = { signal: route.signal };

  async function reload() {
    const asked = { uris: [uri] };
    const [[told], yours, faces] = await Promise.all([
      call("provenance.get", asked, options),
      call("quality.keywords", asked, options).catch(() => []),
      call("faces.find", asked, options).catch(() => []), // where looking for faces is off, nothing is said of them
    ]);
    const runs = Map.groupBy(told.values, (value) => value.job);
    replace(
      facts,
      h("header", null, h("h2", null, fileName(told.path)), h("p", { class: "hint" }, told.path)),
      own(yours[0]),
      people(faces[0]?.faces ?? []),
      runs.size ? null : h("p", { class: "panel" }, "Nothing in this photo was written by photo-bridge."),
      ...[...runs].reverse().map(([job, values]) => run(job, values)),
    );
  }

  function run(job, values) {
    const [first] = values;
    const heading = `run-${job}`;
    const standing = values.some((value) => value.state === "standing");
    const host = first.host && PROGRAMS[first.host];
    const act = standing && !host ? button("Take back this run in this photo", () => takeBack(job, first.model).catch(fail), { dataset: { job } }) : null;
    return h(
      "section",
      { class: "panel run-facts", "aria-labelledby": heading },
      h("div", { class: "row middle" }, h("h2", { id: heading, class: "spring" }, `${first.model}, ${when(first.written)}`), act),
      h("p", { class: "hint" }, "Run ", runLink(job), `, ${approved(first.approved)}`, first.digest ? [", model ", h("code", { title: first.digest }, first.digest.slice(0, 12))] : null, host ? `, in the catalogue of ${host}` : null),
      ...values.filter((value) => value.field !== "keyword").map(text),
      keywords(values.filter((value) => value.field === "keyword")),
      standing && host ? h("p", { class: "hint" }, `It is taken back in ${host}, which has it in its catalogue.`) : null,
    );
  }

  async function takeBack(job, model) {
    const detail = "What you wrote or changed yourself since then stays. Other photos of the run stay as they are.";
    if (!(await ask(`Take back what ${model} wrote into this photo in the run ${job}?`, { yes: "Take it back", detail }))) return;
    facts.setAttribute("aria-busy", "true");
    try {
      const undo = await call("metadata.undo", { job, uri });
      const status = await follow(undo.job, options);
      if (status.failed) throw Object.assign(new Error("The photo could not be changed."), { hint: "The runs view tells why: #/jobs" });
      if (status.state === "paused") throw Object.assign(new Error(status.error?.message ?? "The undo waits."), { hint: status.error?.hint });
      tell(`The run ${job} was taken back in this photo.`);
    } finally {
      facts.removeAttribute("aria-busy");
      await reload();
    }
    facts.querySelector("button, a")?.focus();
  }

  keys(route.signal, {
    b: ["back to where you came from", () => history.back()],
    u: ["take back the latest run in this photo", () => facts.querySelector("button[data-job]")?.click()],
  });
  await reload();
}

/** What stands in the photo and no run wrote. */
function own(yours) {
  const words = yours?.keywords ?? [];
  const texts = ["title", "caption", "alt_text"].filter((name) => yours?.[name]);
  if (!words.length && !texts.length) return null;
  return h(
    "section",
    { class: "panel", "aria-labelledby": "own-title" },
    h("h2", { id: "own-title" }, "Yours"),
    h("p", { class: "hint" }, "What is in this photo and no run wrote by itself."),
    ...texts.map((name) => h("div", { class: "text-written" }, h("h3", null, FIELDS[name]), h("p", { class: "said" }, yours[name]))),
    words.length ? h("ul", { class: "chips" }, ...words.map((path) => h("li", { class: "chip yours" }, path.join(" › ")))) : null,
  );
}

function people(faces) {
  if (!faces.length) return null;
  const one = ({ face: id, name, group }) => {
    const said = name || "not named yet";
    return h("li", null, face(id, { alt: said }), group ? h("a", { href: `#/people/${group}` }, said) : h("span", { class: "hint" }, said));
  };
  return h("section", { class: "panel", "aria-labelledby": "faces-title" }, h("h2", { id: "faces-title" }, count(faces.length, "face")), h("ul", { class: "faces-found" }, ...faces.map(one)));
}

function keywords(values) {
  if (!values.length) return null;
  const told = values.some((value) => source(value).length);
  const row = (value) => h("tr", null, h("th", { scope: "row" }, keyword(value.value)), told && h("td", null, source(value)), h("td", { class: `state ${value.state}` }, state(value)));
  const head = h("tr", null, ...["Keyword", told && "How it came", "Now"].filter(Boolean).map((label) => h("th", { scope: "col" }, label)));
  return h("table", null, h("caption", { class: "visually-hidden" }, "Keywords that this run wrote"), h("thead", null, head), h("tbody", null, ...values.map(row)));
}

/** What said so, how surely, and what the model's own word was. */
function source(value) {
  const score = value.score === null ? null : h("span", { title: "how sure the model was, 0 to 1" }, value.score.toFixed(2));
  const by = value.source && value.source !== value.model ? value.source : null;
  const said = value.word ? `said “${value.word}”${value.reason ? ` (${value.reason})` : ""}` : null;
  return [by, score, said].filter(Boolean).flatMap((part, at) => (at ? [", ", part] : [part]));
}

function text(value) {
  return h("div", { class: "text-written" }, h("h3", null, FIELDS[value.field] ?? value.field), h("p", { class: "said" }, value.value), h("p", { class: `state ${value.state}` }, state(value)));
}

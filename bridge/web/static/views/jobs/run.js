/** One run in the list: how far it is, what failed, and what can be done with it. */

import { button, h, replace } from "../../lib/dom.js";
import { count, fileName, lasting, when } from "../../lib/format.js";
import { photoAddress } from "../../lib/places.js";
import { call } from "../../lib/rpc.js";
import { ask, fail } from "../../lib/tell.js";

const NOUNS = {
  tag: "Keywords and captions",
  keyword: "A keyword of yours",
  flag: "Picks and rejects",
  names: "Names of people",
  review: "As you reviewed it",
  cull: "Cull",
  index: "Index for search",
  faces: "Faces",
  undo: "Undo",
  remove: "A model’s words, away",
};
const PROPOSES = new Set(["tag", "keyword", "flag", "names"]);
const PATIENT = new Set(["quiet_hours", "unplugged"]);
const STATES = { open: "at work", paused: "waits for you", cancelled: "cancelled", done: "done" };
const ENDS = ["done", "skipped", "failed", "cancelled"];

/** What a run is about, and where. @param {object} run as jobs.list tells it */
export const noun = (run) => [NOUNS[run.kind] ?? run.kind, run.folder && fileName(run.folder)].filter(Boolean).join(" · ");

/** How a run ended, in a few words. */
export const outcome = (run) => ENDS.filter((end) => run[end]).map((end) => `${run[end].toLocaleString("en")} ${end}`).join(", ") || STATES[run.state];

/**
 * @param {object} run as jobs.list tells it
 * @param {{refresh: () => Promise<any>, signal: AbortSignal}} view
 * @returns {{element: Element, run: object, update: (run: object) => void, press: (action: string) => boolean}}
 */
export function card(run, { refresh, signal }) {
  const title = h("h3", null);
  const state = h("span", { class: "state" });
  const facts = h("p", { class: "hint" });
  const bar = h("progress", { "aria-label": "Photos that have ended" });
  const pace = h("p", { class: "pace" });
  const waits = h("div", { class: "waits" });
  const refused = h("div", { class: "refused", role: "alert" });
  const causes = h("div", { class: "causes" });
  const summary = h("summary", null);
  const failures = h("details", { class: "failures", on: { toggle: () => failures.open && explain() } }, summary, causes);
  const actions = {
    open: h("a", { class: "button" }),
    cancel: button("Cancel", () => act("cancel", () => call("jobs.cancel", { job: self.run.job }))),
    resume: button("Resume", () => act("resume", () => call("jobs.resume", { job: self.run.job, now: isPatient(self.run) }))),
    undo: button("Undo", () => act("undo", undo)),
  };
  const element = h(
    "li",
    { class: "run panel", dataset: { job: run.job } },
    h("div", { class: "row middle" }, title, state, h("span", { class: "spring" }), ...Object.values(actions)),
    facts,
    bar,
    pace,
    waits,
    refused,
    failures,
  );
  const self = { element, run, update, press };

  function update(run) {
    const told = self.run.failed;
    self.run = run;
    const ended = ENDS.reduce((sum, end) => sum + run[end], 0);
    element.dataset.state = run.state;
    element.setAttribute("aria-label", `${noun(run)}, ${STATES[run.state]}`);
    put(title, noun(run));
    put(state, run.waiting ? "held back" : STATES[run.state]);
    put(facts, [when(run.created), intent(run), run.model, run.style, run.folder].filter(Boolean).join(" · "));
    bar.hidden = run.state !== "open";
    bar.max = Math.max(run.total, 1);
    bar.value = ended;
    put(pace, ["open", "paused"].includes(run.state) ? progress(run, ended) : `${count(run.total, "photo")}: ${outcome(run)}`);
    wait(run.error ?? run.waiting ?? absent(run));
    failures.hidden = run.failed === 0;
    put(summary, `${count(run.failed, "photo")} failed: why, and what to do`);
    if (failures.open && told !== run.failed) explain();
    offer(run);
  }

  /** Other photos go on meanwhile. */
  function absent(run) {
    const [most] = run.absent;
    return most && { message: `${count(most.photos, "photo")} not at hand. ${most.message}`, hint: most.hint };
  }

  function wait(cause) {
    if (!cause) return replace(waits);
    if (!waits.firstChild) replace(waits, h("p", { class: "warn" }), h("p", { class: "hint" }));
    put(waits.firstChild, cause.message);
    put(waits.lastChild, cause.hint);
  }

  function offer(run) {
    const leads = PROPOSES.has(run.kind) && !run.write && run.done > 0 ? "review" : run.kind === "cull" && run.state !== "open" ? "cull" : null;
    actions.open.hidden = leads === null;
    actions.open.href = `#/${leads ?? "review"}/${run.job}`;
    put(actions.open, leads === "cull" ? "Cull" : "Review");
    actions.cancel.hidden = !["open", "paused"].includes(run.state);
    actions.resume.hidden = run.state === "open" ? !isPatient(run) : !(run.failed || run.cancelled || run.state === "paused");
    put(actions.resume, isPatient(run) ? "Go on now" : "Resume");
    actions.undo.hidden = !run.undoable;
  }

  async function act(name, work) {
    const pressed = actions[name];
    if (pressed.getAttribute("aria-busy") === "true") return;
    pressed.setAttribute("aria-busy", "true");
    replace(refused);
    try {
      await work();
      await refresh();
    } catch (error) {
      // A run that a photo program applied is taken back there: what to do stays here to be read.
      if (error.name !== "AbortError") replace(refused, h("p", { class: "bad" }, error.message), h("p", { class: "hint" }, error.hint));
    }
    pressed.removeAttribute("aria-busy");
    if (pressed.hidden && document.activeElement === document.body) element.focus();
  }

  async function undo() {
    const detail = "What it wrote is taken back from every photo of it. What you or another program changed since then stays.";
    if (await ask("Take back this run?", { yes: "Take it back", detail })) await call("metadata.undo", { job: self.run.job });
  }

  async function explain() {
    try {
      const found = await call("jobs.failures", { job: self.run.job }, { signal });
      replace(causes, ...found.map(cause));
    } catch (error) {
      fail(error);
    }
  }

  /** What a key does: press the button, where it is there to be pressed. */
  function press(action) {
    if (action === "failures") {
      if (failures.hidden) return false;
      failures.open = !failures.open;
    } else if (actions[action].hidden) return false;
    else actions[action].click();
    return true;
  }

  update(run);
  return self;
}

/** Text that is as it was is left alone: a selection stays, and nothing is read aloud again. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Whether it waits for a time or the plug, which a person may overrule; heat is not to be overruled. */
const isPatient = (run) => PATIENT.has(run.waiting?.code);

function intent(run) {
  if (!PROPOSES.has(run.kind) && run.kind !== "remove") return null;
  return run.write ? "writes" : "shows, writes nothing";
}

function progress(run, ended) {
  const rate = run.rate ? ` · ${run.rate < 1 ? run.rate.toFixed(2) : run.rate.toFixed(1)} a second` : "";
  const left = run.seconds_left === null || run.seconds_left === undefined ? "" : ` · ${lasting(run.seconds_left)} left`;
  const failed = run.failed ? ` · ${run.failed} failed` : "";
  return `${ended.toLocaleString("en")} of ${count(run.total, "photo")}${rate}${left}${failed}`;
}

function cause({ hint, count: all, photos }) {
  const same = photos.every((photo) => photo.message === photos[0].message);
  const rows = photos.map(({ uri, path, message }) =>
    h("li", null, h("a", { href: photoAddress(uri), title: path }, fileName(path)), same ? null : `: ${message}`),
  );
  const others = all - photos.length;
  return h(
    "section",
    { class: "cause" },
    h("h4", null, same ? `${photos[0].message} ` : `${count(all, "photo")} `),
    h("p", { class: "hint" }, hint),
    h("ul", null, ...rows, others > 0 && h("li", null, `and ${count(others, "photo")} more`)),
  );
}

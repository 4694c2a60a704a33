/** "Write flags": first what would be written, then exactly that, and how to take it back. */

import { button, field, h, replace } from "../../lib/dom.js";
import { count, fileName } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { follow, results } from "../../lib/runs.js";
import { dialog, tell } from "../../lib/tell.js";

const WAYS = { pick: "Pick flags", label: "Colour labels (green, red)", rating: "Ratings (stars, -1)" };
const LISTED = 200; // photos that are named

/** @param {object} model @param {AbortSignal} signal of the view */
export function flagsDialog(model, signal) {
  const flags = h("select", { name: "flags" }, ...Object.entries(WAYS).map(([value, text]) => h("option", { value }, text)));
  const stars = h("select", { name: "stars" }, ...[5, 4, 3, 2, 1].map((number) => h("option", { value: number }, count(number, "star"))));
  const starsField = field("A pick gets", stars);
  const replaceMine = h("input", { type: "checkbox", id: "replace-flags" });
  const mine = h("label", { htmlFor: replaceMine.id }, "Replace flags, labels and ratings that I set myself");
  const said = h("div", { class: "said", "aria-live": "polite" });
  let go = h("span", null);
  const about = `${count(model.counts.picks, "pick")} and ${count(model.counts.rejects, "reject")}. A photo that is undecided gets no flag.`;
  const box = dialog(
    "Write flags",
    [h("p", null, about), h("div", { class: "row" }, field("As", flags), starsField), h("div", { class: "field check" }, replaceMine, mine), said],
    [button("Close", () => box.close()), go],
  );
  const over = new AbortController();
  box.classList.add("flags-dialog");
  box.addEventListener("close", () => over.abort());
  signal.addEventListener("abort", () => box.close(), { signal: over.signal });
  for (const control of [flags, stars, replaceMine]) control.addEventListener("change", start);
  start();

  /** Whatever was shown of other wishes does not hold any more. */
  function start() {
    starsField.hidden = flags.value !== "rating";
    replace(said);
    offer("Show what would be written", look);
  }

  function offer(text, work) {
    const fresh = button(text, () => act(fresh, work), { class: "main" });
    go.replaceWith(fresh);
    go = fresh;
  }

  async function act(pressed, work) {
    for (const control of [pressed, flags, stars, replaceMine]) control.disabled = true;
    try {
      await work();
    } catch (error) {
      if (error.name !== "AbortError") replace(said, h("p", { class: "bad" }, error.message), h("p", { class: "hint" }, error.hint ?? ""));
    }
    for (const control of [pressed, flags, stars, replaceMine]) control.disabled = false;
    if (go !== pressed) go.focus();
  }

  async function look() {
    const wish = { flags: flags.value, flag_stars: Number(stars.value), replace_flags: replaceMine.checked };
    const { job } = await call("cull.flag", { job: model.job, write: false, ...wish }, { signal: over.signal });
    await ended(job, said, over.signal);
    const found = await results(job, { signal: over.signal });
    replace(said, ...shown(found));
    if (found.some(marked)) offer("Write them", () => write(job));
  }

  /** Exactly what was shown; it goes on where the dialog is closed meanwhile. */
  async function write(looked) {
    const { job } = await call("metadata.apply", { job: looked });
    const status = await ended(job, said, signal);
    const failed = status.failed ? ` ${count(status.failed, "photo")} failed: the run says why.` : "";
    const written = (await results(job, { signal })).filter((result) => result.written_to.length).length;
    const done = `Flags are written: ${count(written, "photo")}.${failed}`;
    if (!box.open) return tell(done, { undo: () => takeBack(job) });
    replace(said, h("p", null, h("b", null, done)), h("p", null, h("a", { href: "#/jobs" }, "To the runs")));
    return offer("Take the flags back", () => takeBack(job));
  }

  async function takeBack(written) {
    const { job } = await call("metadata.undo", { job: written });
    const status = await ended(job, said, signal);
    if (box.open) start();
    tell(`The flags are taken back: ${count(status.done, "photo")}.`);
  }
}

function ended(job, said, signal) {
  const onStatus = (status) => {
    if (status.state === "open") replace(said, h("p", { role: "status" }, `${status.done} of ${count(status.total, "photo")} …`));
  };
  return follow(job, { signal, onStatus });
}

/** Whether a photo gets a mark: a person's own, or one that they took away, stays as it is. */
const marked = (result) => result.status === "done" && result.flags && !result.dropped.length;

function shown(found) {
  const would = found.filter(marked);
  const noted = found.filter((result) => !marked(result) || result.warnings.length);
  const told = noted.slice(0, LISTED).map((result) => h("li", null, `${fileName(result.path)}: ${why(result)}`));
  const names = would.slice(0, LISTED).map((result) => h("li", null, `${fileName(result.path)}: ${inWords(result.flags)}`));
  return [
    h("p", null, h("b", null, would.length ? `${count(would.length, "photo")} would be marked. Nothing is written yet.` : "Nothing would be written.")),
    told.length ? h("ul", { class: "noted", tabIndex: 0, "aria-label": "What to know" }, ...told) : null,
    names.length ? h("details", null, h("summary", null, "All of them"), h("ul", { class: "noted", tabIndex: 0, "aria-label": "Photos" }, ...names, more(would))) : null,
  ];
}

const more = (would) => (would.length > LISTED ? h("li", null, `and ${count(would.length - LISTED, "photo")} more`) : null);

const why = ({ error, reason, warnings }) => error?.message ?? reason ?? warnings.join(" ");

function inWords({ pick, label, rating }) {
  if (pick) return pick > 0 ? "pick flag" : "reject flag";
  if (label) return `${label} label`;
  return rating < 0 ? "rating -1 (reject)" : count(rating, "star");
}

/** A dialog for a run that a person may see first and write then, or write at once. What it wrote can be taken back. */

import { button, h, replace } from "./dom.js";
import { count, fileName } from "./format.js";
import { call } from "./rpc.js";
import { follow, pausedError, results, takeBack } from "./runs.js";
import { dialog, fail, tell } from "./tell.js";

const SHOWN = 200; // lines of a preview

/**
 * @param {object} options
 * @param {string} options.title
 * @param {Array<Element>} options.fields what the run is told; a <form> around them is made here
 * @param {(write: boolean) => Promise<{job: string}|null>} options.start begins the run; null: a field is not filled in yet
 * @param {(result: object) => string|null} options.line what one photo would gain; null: nothing
 * @param {(photos: number) => string} options.done what is told at the end: "London is in 12 photos"
 * @param {AbortSignal} options.signal ends with the view
 */
export function firstShown({ title, fields, start, line, done, signal }) {
  const said = h("div", { class: "first-shown", role: "status" });
  const look = h("button", { type: "submit", value: "look" }, "Show first");
  const write = h("button", { type: "submit", value: "write", class: "main" }, "Write");
  const cancel = button("Cancel", () => box.close());
  const form = h("form", { class: "stack", on: { submit: go } }, ...fields, said, h("div", { class: "row end" }, cancel, look, write));
  const box = dialog(title, [form]);
  signal.addEventListener("abort", () => box.close(), { once: true });
  let seen = null; // the dry run that is shown

  form.addEventListener("input", () => {
    if (!seen) return;
    seen = null;
    replace(said);
  });

  async function go(event) {
    event.preventDefault();
    const wantsWrite = event.submitter === write;
    busy(true);
    try {
      await run(wantsWrite);
    } catch (error) {
      if (error.name !== "AbortError") replace(said, h("p", { class: "bad", role: "alert" }, error.message), error.hint ? h("p", { class: "hint" }, error.hint) : null);
    }
    busy(false);
  }

  async function run(wantsWrite) {
    const started = wantsWrite && seen ? await call("metadata.apply", { job: seen }) : await start(wantsWrite);
    if (!started) return;
    const status = await follow(started.job, { signal, onStatus: (now) => replace(said, h("p", { class: "hint" }, at(now))) });
    if (status.state === "paused") throw pausedError(status);
    if (wantsWrite) return written(started.job);
    seen = started.job;
    replace(said, ...preview(await results(started.job, { signal })));
  }

  async function written(job) {
    const ended = await results(job, { signal });
    const touched = ended.filter((result) => result.written_to.length);
    const gained = touched.filter((result) => line(result) !== null).length;
    const failed = ended.filter((result) => result.status === "failed");
    const undo = () => takeBack(job);
    box.close();
    if (gained) tell(done(gained), { undo });
    else if (touched.length) tell(`It is in all of them already; lists that lacked it were brought in step in ${count(touched.length, "photo")}.`, { undo });
    else if (!failed.length) tell("Nothing had to be written: it is in all of them already.");
    if (failed.length) fail(Object.assign(new Error(`${count(failed.length, "photo")} could not be written. ${failed[0].error?.message ?? ""}`), { hint: failed[0].error?.hint }));
  }

  function preview(ended) {
    const lines = ended.map((result) => [result, told(result)]);
    const changes = lines.filter(([, text]) => text !== null);
    const same = ended.length - changes.length;
    const rows = changes.slice(0, SHOWN).map(([result, text]) => h("li", null, h("b", null, fileName(result.path)), ` ${text}`));
    return [
      h("p", null, `${count(changes.length, "photo")} would change${same ? `, ${same.toLocaleString("en")} ${same === 1 ? "has" : "have"} it already` : ""}.`),
      h("ul", { class: "changes", tabIndex: 0, "aria-label": "What would change" }, ...rows),
      changes.length > SHOWN ? h("p", { class: "hint" }, `and ${count(changes.length - SHOWN, "more photo")}`) : null,
    ];
  }

  function told(result) {
    if (result.status === "failed") return `cannot be written: ${result.error?.message ?? "the runs tell why"}`;
    const text = line(result);
    const more = result.warnings.join(" ");
    return text === null && !more ? null : [text, more].filter(Boolean).join(". ");
  }

  function busy(is) {
    for (const control of [look, write]) control.disabled = is;
    box.setAttribute("aria-busy", String(is));
  }
  return box;
}

function at(status) {
  const ended = status.done + status.skipped + status.failed;
  return `${ended.toLocaleString("en")} of ${count(status.total, "photo")} …`;
}

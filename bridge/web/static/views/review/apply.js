/** Writing what was reviewed: first how much that is, then how far it is, then the way back. */

import { button, h, replace } from "../../lib/dom.js";
import { count, lasting } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { follow, takeBack } from "../../lib/runs.js";
import { dialog, fail, tell } from "../../lib/tell.js";

/**
 * @param {string} job @param {AbortSignal} signal @param {() => void} written called when the run has ended
 */
export async function applyDialog(job, signal, written) {
  const said = await call("review.summary", { job }, { signal });
  const all = said.open + said.accepted;
  if (!all) return tell("There is nothing to write: every photo is left out.");
  const only = said.accepted > 0 && said.open > 0;
  const choice = h(
    "fieldset",
    null,
    h("legend", null, "Which photos?"),
    radio("all", `All that are not left out: ${count(all, "photo")}`, true),
    radio("accepted", `Only those that you accepted: ${count(said.accepted, "photo")}`, false),
  );
  const left = [said.skipped ? `${count(said.skipped, "photo")} left out.` : "", said.failed ? `${count(said.failed, "photo")} failed and cannot be written.` : ""];
  const body = h("div", { class: "stack apply" }, only ? choice : h("p", null, `${count(all, "photo")} will be written.`), h("p", { class: "hint" }, left.filter(Boolean).join(" ")), h("p", { class: "hint" }, "What you wrote yourself stays, and the whole run can be undone."));
  const write = button("Write", () => begin(), { class: "main" });
  const close = button("Cancel", () => box.close());
  const box = dialog("Write to the files", [body], [close, write]);

  async function begin() {
    const accepted = body.querySelector("input[value=accepted]")?.checked ?? false;
    write.disabled = true;
    try {
      const run = await call("review.apply", { job, only_accepted: accepted }, { signal });
      for (const warning of run.warnings ?? []) body.append(h("p", { class: "warn" }, warning));
      write.remove();
      await watch(run.job);
    } catch (error) {
      write.disabled = false;
      fail(error);
    }
  }

  async function watch(run) {
    const bar = h("progress", { "aria-label": "Written", max: 1, value: 0 });
    const line = h("p", { role: "status" }, "Writing …");
    replace(body, bar, line);
    replace(close, "Go on in the background");
    const onStatus = (status) => {
      const ended = status.done + status.skipped + status.failed + status.cancelled;
      bar.max = status.total || 1;
      bar.value = ended;
      const left = status.seconds_left ? `, ${lasting(status.seconds_left)} left` : "";
      replace(line, `${ended.toLocaleString("en")} of ${count(status.total, "photo")}${left}`);
    };
    const status = await follow(run, { signal, onStatus });
    replace(line, outcome(status));
    line.dataset.run = run;
    replace(close, "Close");
    const links = h("a", { href: "#/jobs", on: { click: () => box.close() } }, "All runs");
    if (status.failed) body.append(h("p", null, h("a", { href: `#/review/${run}?state=failed`, on: { click: () => box.close() } }, "What failed and why")));
    body.append(h("p", null, links));
    close.before(button("Undo", () => undo(run).then(() => box.close()), { class: "danger" }));
    written();
  }

  async function undo(run) {
    try {
      await takeBack(run);
      written();
    } catch (error) {
      fail(error);
    }
  }
}

function radio(value, label, checked) {
  const input = h("input", { type: "radio", name: "which", value, checked, id: `which-${value}` });
  return h("div", { class: "field check" }, input, h("label", { htmlFor: input.id }, label));
}

function outcome(status) {
  const parts = [`${count(status.done, "photo")} written`];
  if (status.skipped) parts.push(`${status.skipped} passed over`);
  if (status.failed) parts.push(`${status.failed} failed`);
  if (status.state === "paused") parts.push(`paused: ${status.error?.message ?? ""}`);
  return parts.join(", ");
}

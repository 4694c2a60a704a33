/** Looking for faces: a folder, how far it is, and the groups that are made of what was found. */

import { button, h, replace } from "../../lib/dom.js";
import { folderForm } from "../../lib/folderform.js";
import { count } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { progress } from "../../lib/runs.js";
import { dialog, fail, tell } from "../../lib/tell.js";

/** @param {{signal: AbortSignal, box: Element, onFound: () => void}} options `box` shows how far it is */
export function looking({ signal, box, onFound }) {
  function watch(job) {
    const ended = async (status) => {
      tell(status.state === "cancelled" ? "Looking was stopped; what was found is kept." : `${count(status.done + status.skipped, "photo")} looked through.`);
      await group();
      onFound();
    };
    box.append(progress(job, { signal, what: "Looking for faces", onEnd: (status) => void ended(status).catch(fail) }));
  }

  /** See to it that all faces have a group that can have one. */
  async function group() {
    const text = h("p", { role: "status" }, "Grouping faces …");
    const shown = h("div", { class: "at-work panel" }, text);
    box.append(shown);
    try {
      let task = await call("faces.group", {}, { signal });
      while (task.state === "running") {
        task = await call("tasks.status", { task: task.task, seen: task.seen, wait_ms: 20_000 }, { signal });
        if (task.done) replace(text, `${task.what}: ${task.done.toLocaleString("en")} …`);
      }
      if (task.error) fail(Object.assign(new Error(task.error.message), { hint: task.error.hint }));
    } finally {
      shown.remove();
    }
  }

  const form = (then = () => {}) =>
    folderForm({
      label: "Look for faces",
      signal,
      start: async (uris, recursive) => {
        const started = await call("faces.detect", { uris, recursive }, { signal });
        watch(started.job);
        then();
      },
    });

  return {
    form,
    group,
    ask() {
      const close = button("Close", () => asked.close());
      const asked = dialog("Look through a folder", [h("p", { class: "hint" }, "No photo is changed. What has not changed since the last time is passed over."), form(() => asked.close())], [close]);
      signal.addEventListener("abort", () => asked.close(), { once: true });
    },
    /** Show what is at work already. */
    async resume() {
      const runs = await call("jobs.list", { limit: 50 }, { signal });
      for (const run of runs) if (run.kind === "faces" && run.state === "open") watch(run.job);
    },
  };
}

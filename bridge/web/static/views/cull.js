/** Culls: the runs that there are and the form that starts one; of one run its groups, to pick and reject by key. */

import { h, replace } from "../lib/dom.js";
import { count, lasting } from "../lib/format.js";
import { call } from "../lib/rpc.js";
import { follow } from "../lib/runs.js";
import { desk } from "./cull/desk.js";
import { load } from "./cull/model.js";
import { runs } from "./cull/runs.js";


export const title = "Cull";

/** @param {HTMLElement} main @param {{parts: string[], signal: AbortSignal, go: (hash: string) => void}} route */
export async function show(main, route) {
  const [job] = route.parts;
  if (!job) return runs(main, route);
  if (!(await ended(main, job, route.signal))) return undefined;
  const [model, about] = await Promise.all([load(job, route.signal), told(job, route.signal)]);
  return desk(main, model, about, route);
}

/** What a run is called, and by what it judged. */
async function told(job, signal) {
  const asked = [call("cull.summary", { job }, { signal }), call("cull.presets", {}, { signal }), call("jobs.list", { limit: 200 }, { signal })];
  const [summary, { presets }, all] = await Promise.all(asked);
  return { summary, presets, folder: all.find((run) => run.job === summary.job)?.folder };
}

/** Wait until every photo is measured. Whether there is something to look at. */
async function ended(main, job, signal) {
  const bar = h("progress", { "aria-label": "Photos that are measured" });
  const told = h("p", { role: "status" });
  const waiting = h("div", { class: "empty" }, h("h2", null, "Photos are measured"), bar, told);
  const onStatus = (now) => {
    if (now.state !== "open") return;
    if (!waiting.isConnected) main.append(waiting);
    const measured = now.done + now.skipped + now.failed;
    bar.max = Math.max(1, now.total);
    bar.value = measured;
    const left = now.seconds_left === null ? "" : `, ${lasting(now.seconds_left)} left`;
    replace(told, `${measured.toLocaleString("en")} of ${count(now.total, "photo")}${left}`);
  };
  const status = await follow(job, { signal, onStatus });
  waiting.remove();
  if (status.done > 0) return true;
  const why = status.error ?? { message: "No photo of this run could be measured.", hint: "The list of runs says why." };
  const links = h("p", null, h("a", { href: "#/jobs" }, "To the runs"), " · ", h("a", { href: "#/cull" }, "All culls"));
  main.append(h("div", { class: "empty" }, h("p", { class: "bad" }, why.message), h("p", { class: "hint" }, why.hint), links));
  return false;
}

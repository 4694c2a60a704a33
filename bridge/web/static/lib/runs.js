/** Runs that a view starts: followed to their end, shown on the way, taken back. */

import { button, h, replace } from "./dom.js";
import { count, lasting } from "./format.js";
import { pause } from "./pausing.js";
import { call } from "./rpc.js";
import { fail, tell } from "./tell.js";

const WAIT_MS = 20_000;
const LEAST = 200; // ms between two questions: photos may end faster than a person reads
const PAGE = 1000;

/**
 * Follow a run until it has ended or waits for a person.
 * @param {string} job @param {{signal?: AbortSignal, onStatus?: (status: object) => void}} options
 * @returns {Promise<object>} its last status: `state` is done, cancelled or paused
 */
export async function follow(job, { signal, onStatus = () => {} } = {}) {
  let status = await call("jobs.status", { job }, { signal });
  onStatus(status);
  while (status.state === "open") {
    await pause(LEAST, signal);
    status = await call("jobs.status", { job, wait_ms: WAIT_MS }, { signal });
    onStatus(status);
  }
  return status;
}

/** Every result of a run that has ended. @returns {Promise<object[]>} */
export async function results(job, { signal } = {}) {
  const found = [];
  for (let after = 0; ; ) {
    const page = await call("jobs.results", { job, after, limit: PAGE }, { signal });
    found.push(...page.results);
    after = page.next;
    if (page.results.length < PAGE) return found;
  }
}

/**
 * How far a run is, with Cancel.
 * @param {string} job @param {{signal: AbortSignal, what: string, onEnd: (status: object) => void}} options
 *   `what` goes before the figures: "Looking for faces"
 */
export function progress(job, { signal, what, onEnd }) {
  const text = h("p", null, `${what} …`);
  const bar = h("progress", { "aria-label": what });
  const stop = button("Cancel", () => call("jobs.cancel", { job }).catch(fail));
  const element = h("div", { class: "at-work panel" }, text, h("div", { class: "row middle" }, bar, stop));

  function paint(status) {
    const ended = status.done + status.skipped + status.failed + status.cancelled;
    const left = status.seconds_left ? `, about ${lasting(status.seconds_left)} left` : "";
    const failed = status.failed ? `, ${status.failed.toLocaleString("en")} failed` : "";
    const waits = status.waiting ? ` · ${status.waiting.message}` : "";
    replace(text, `${what}: ${ended.toLocaleString("en")} of ${count(status.total, "photo")}${failed}${left}${waits}`);
    bar.max = Math.max(1, status.total);
    bar.value = ended;
  }
  follow(job, { signal, onStatus: paint }).then((status) => {
    element.remove();
    if (status.state === "paused") fail(pausedError(status));
    onEnd(status);
  }, fail);
  return element;
}

/** Why a run waits for a person, as a failure. */
export function pausedError(status) {
  const error = new Error(status.error?.message ?? "The run is paused.");
  error.hint = status.error?.hint ?? "The runs tell why.";
  return error;
}

/** Take back what a run wrote, and tell when that is done. @param {string} job */
export async function takeBack(job) {
  const { job: undoing } = await call("metadata.undo", { job });
  if (!undoing) return tell("Nothing of it is in files any more.");
  const status = await follow(undoing);
  if (status.state === "paused") throw pausedError(status);
  const failed = status.failed ? `; ${count(status.failed, "photo")} could not be: the runs tell why` : "";
  return tell(`Taken back in ${count(status.done, "photo")}${failed}.`);
}

/** How much of the library can be found, and what to do about the rest. */

import { button, h } from "../../lib/dom.js";
import { folderForm } from "../../lib/folderform.js";
import { count, percent } from "../../lib/format.js";
import { call } from "../../lib/rpc.js";
import { progress } from "../../lib/runs.js";
import { dialog, tell } from "../../lib/tell.js";

/**
 * @param {{signal: AbortSignal, box: Element, onIndexed: () => void}} options `box` shows the progress of indexing;
 *   `onIndexed` when more can be found than before
 */
export function library({ signal, box, onIndexed }) {
  async function start(uris, recursive) {
    const started = await call("index.add", { uris, recursive }, { signal });
    for (const warning of started.warnings) tell(warning);
    watch(started.job);
  }

  function watch(job) {
    const ended = (status) => {
      tell(status.state === "cancelled" ? "Indexing was stopped; what was looked at can be found." : `${count(status.done + status.skipped, "photo")} can be found now.`);
      onIndexed();
    };
    box.append(progress(job, { signal, what: "Indexing", onEnd: ended }));
  }

  const form = (then) =>
    folderForm({
      label: "Index",
      signal,
      start: async (uris, recursive) => {
        await start(uris, recursive);
        then?.();
      },
    });

  function ask() {
    const asked = dialog("Index a folder", [
      h("p", { class: "hint" }, "Each photo is looked at once, on this machine; no photo is changed. What has not changed since is passed over."),
      form(() => asked.close()),
    ], [button("Close", () => asked.close())]);
    signal.addEventListener("abort", () => asked.close(), { once: true });
  }

  return {
    ask,
    watch,
    /** @param {object} status of index.status */
    async pick(status) {
      if (status.job) watch(status.job);
    },
    /** Before anything is sought. @param {object} status of index.status */
    welcome(status) {
      if (!status.photos) {
        return h(
          "div",
          { class: "empty" },
          h("h2", null, "Nothing can be found yet"),
          h("p", null, "Search looks at each photo once, on this machine; no photo is changed by it. Name a folder to begin with:"),
          form(),
        );
      }
      return h(
        "div",
        { class: "empty" },
        h("p", null, "Say what a photo shows: “a dog on a beach”, “golden hour”, “two people in 2019, 4 stars or more”."),
        h("p", { class: "hint" }, `${told(status)} Filters alone list photos, the newest first.`),
        button("Index a folder …", ask),
      );
    },
    /** What lacks of an answer. @param {{photos: number, indexed: number}} found @returns {Element|null} */
    lacking(found) {
      if (found.photos && found.indexed >= found.photos) return null;
      const text = found.photos
        ? `${told(found)} The others cannot be found yet.`
        : "No photo of these is indexed yet, so none can be found.";
      return h("div", { class: "lacking row middle" }, h("p", { class: "warn" }, text), button("Index a folder …", ask));
    },
  };
}

function told({ photos, indexed }) {
  if (indexed >= photos) return `${count(photos, "photo")} can be found.`;
  return `${percent(Math.min(0.99, indexed / photos))} of ${count(photos, "photo")} can be found.`;
}

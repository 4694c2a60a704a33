/** Keywords that complete what is typed: of the person's own list where there is one, then of the photos. */

import { call } from "../../lib/rpc.js";

const MOST = 20;

/** @param {string} text @param {AbortSignal} signal @returns {Promise<string[]>} as A|B */
export async function known(text, signal) {
  const [listed, written] = await Promise.allSettled([
    text.trim() ? call("vocabulary.find", { text, limit: MOST }, { signal }) : { found: [] }, // refused where no list is in use
    call("search.complete", { name: "keyword", text, limit: MOST }, { signal }),
  ]);
  const own = listed.status === "fulfilled" ? listed.value.found.map((one) => one.node.path.join("|")) : [];
  return [...new Set([...own, ...(written.status === "fulfilled" ? written.value : [])])].slice(0, MOST);
}

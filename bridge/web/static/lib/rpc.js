/** Calls of the daemon: JSON-RPC with the page's key. */

import { key, lose } from "./session.js";

/** A failure as the daemon tells it: what happened, and what to do next. */
export class BridgeError extends Error {
  constructor({ code, message, hint }) {
    super(message);
    this.code = code;
    this.hint = hint ?? "";
  }
}

const GONE = { code: "daemon_unreachable", message: "The daemon does not answer.", hint: "Start it: photo-bridge serve. Then open this page anew: photo-bridge review" };
const LOST = { code: "session_lost", message: "The daemon was started anew and does not know this page.", hint: "Open it again: photo-bridge review" };
let last = 0;

/**
 * @param {string} method @param {object} params @param {{signal?: AbortSignal}} options
 * @returns {Promise<any>} the result; throws BridgeError, or AbortError where `signal` ended it
 */
export async function call(method, params = {}, { signal } = {}) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: ++last, method, params });
  const ours = key();
  const headers = { Authorization: `Bearer ${ours}`, "Content-Type": "application/json" };
  let answer;
  try {
    answer = await fetch("/rpc", { method: "POST", body, headers, signal });
  } catch (error) {
    throw error.name === "AbortError" ? error : new BridgeError(GONE);
  }
  if (answer.status === 401) {
    lose(ours);
    throw new BridgeError(LOST);
  }
  if (!answer.ok) throw new BridgeError({ code: "internal", message: `The daemon answered ${answer.status}.`, hint: "" });
  const said = await answer.json();
  if (said.error) throw new BridgeError(said.error.data ?? { code: "internal", message: said.error.message });
  return said.result;
}

/** Fields that complete what is typed. */

import { h, replace } from "./dom.js";
import { settled } from "./pausing.js";

const WAIT = 120; // ms after the last letter

/**
 * @param {HTMLInputElement} input that has its place already: its list goes beside it
 * @param {(text: string, signal: AbortSignal) => Promise<string[]>} find
 * @param {AbortSignal} signal ends with the view
 */
export function completing(input, find, signal) {
  const list = h("datalist", { id: `l${Math.random().toString(36).slice(2)}` });
  input.setAttribute("list", list.id);
  input.autocomplete = "off";
  let asked = new AbortController();

  async function ask() {
    asked.abort();
    asked = new AbortController();
    const now = AbortSignal.any([signal, asked.signal]);
    try {
      const values = await find(input.value, now);
      if (!now.aborted) replace(list, ...values.map((value) => h("option", { value })));
    } catch {
      // The field takes whatever is typed; what is wrong with the daemon tells whoever uses it.
    }
  }
  input.addEventListener("input", settled(ask, WAIT, signal));
  input.addEventListener("focus", ask);
  input.after(list);
}

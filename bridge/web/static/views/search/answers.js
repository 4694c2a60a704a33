/** The answers to one question after another, page by page. */

import { call } from "../../lib/rpc.js";
import { isEmpty, params } from "./question.js";

const PAGE = 100;
const MOST = 1000;

/**
 * @param {object} options
 * @param {AbortSignal} options.signal ends with the view
 * @param {(found: object, first: boolean) => void} options.onPage the daemon's answer; whether it is a question's first
 * @param {(error: Error) => void} options.onFail
 */
export function answers({ signal, onPage, onFail }) {
  let under = new AbortController(); // aborted by the next question, so that no older answer comes after a newer one
  let question = null;
  let next = null;
  let loading = null;
  const photos = [];
  signal.addEventListener("abort", () => under.abort(), { once: true });

  async function page(least) {
    const { signal: now } = under;
    const isFirst = next === 0;
    const k = Math.min(MOST, Math.max(PAGE, least - photos.length));
    try {
      const found = await call("search.photos", { ...params(question), k, offset: next }, { signal: now });
      if (now.aborted) return;
      next = found.next;
      photos.push(...found.results);
      onPage(found, isFirst);
    } catch (error) {
      if (!now.aborted) {
        next = null;
        onFail(error);
      }
    }
  }

  async function load(least) {
    do await page(least);
    while (next !== null && photos.length < least && !under.signal.aborted);
    loading = null;
  }

  return {
    photos,
    /** @param {object} asked a question @param {number} least how many photos are wanted at once */
    ask(asked, least = 0) {
      under.abort();
      under = new AbortController();
      photos.length = 0;
      question = asked;
      next = isEmpty(asked) || signal.aborted ? null : 0;
      loading = next === null ? null : load(least);
      return loading;
    },
    /** Until so many are there, or all. Whoever scrolls asks again and again: once is enough. */
    async more(least = photos.length + 1) {
      await loading;
      if (next === null || photos.length >= least) return;
      loading ??= load(least);
      await loading;
    },
    hasMore: () => next !== null,
  };
}

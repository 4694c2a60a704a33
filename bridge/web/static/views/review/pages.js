/** The photos of a run, loaded a page at a time, as many as are looked at. */

import { call } from "../../lib/rpc.js";

export const PAGE = 50;
const KEPT = 60; // pages: 3,000 photos
const WAIT = 40; // ms: pages that are only scrolled past are not asked for

/**
 * @param {string} job @param {{state?: string, word?: string}} filter @param {AbortSignal} signal
 * @param {(from: number, to: number) => void} arrived called with the photos that came: [from, to)
 * @param {(error: Error) => void} failed @param {object} [first] the first page, where it is there already
 */
export function pages(job, filter, signal, arrived, failed, first) {
  const loaded = new Map(); // page -> photos, the one that was used last at the end
  const asking = new Map(); // page -> promise
  let total = 0;
  let wanted = [0, 0];
  let timer = 0;

  if (first) {
    total = first.total;
    keep(0, first.photos);
  }

  async function load(page) {
    if (asking.has(page)) return asking.get(page);
    const asked = call("review.list", { job, offset: page * PAGE, limit: PAGE, ...filter }, { signal })
      .then((answer) => {
        total = answer.total;
        keep(page, answer.photos);
        return answer;
      })
      .finally(() => asking.delete(page));
    asking.set(page, asked);
    return asked;
  }

  function keep(page, photos) {
    loaded.delete(page);
    loaded.set(page, photos);
    for (const old of loaded.keys()) {
      if (loaded.size <= KEPT) break;
      loaded.delete(old);
    }
  }

  async function fetchWanted() {
    const [from, to] = wanted;
    for (let page = Math.floor(from / PAGE); page * PAGE < to; page++) {
      if (loaded.has(page)) continue;
      try {
        const { photos } = await load(page);
        arrived(page * PAGE, page * PAGE + photos.length);
      } catch (error) {
        failed(error);
      }
    }
  }

  return {
    total: () => total,
    /** The photo at a place, or undefined where it was not loaded yet. */
    at(index) {
      return loaded.get(Math.floor(index / PAGE))?.[index % PAGE];
    },
    /** Where a photo is among those that are loaded, or -1. */
    find(item) {
      for (const [page, photos] of loaded) {
        const place = photos.findIndex((photo) => photo.item === item);
        if (place >= 0) return page * PAGE + place;
      }
      return -1;
    },
    /** Every photo that is loaded. */
    *all() {
      for (const photos of loaded.values()) yield* photos;
    },
    first: () => loaded.has(0) || load(0),
    want(from, to) {
      wanted = [from, to];
      clearTimeout(timer);
      timer = setTimeout(fetchWanted, WAIT);
    },
    /**
     * Ask for the photos in sight anew; all others when they are looked at again.
     * @param {[number, number]} range @param {() => boolean} holds whether the answer is still wanted when it comes
     * @returns {Promise<boolean>} whether it was
     */
    async refresh([from, to], holds) {
      const fresh = new Map();
      let counted = total;
      for (let page = Math.floor(from / PAGE); page * PAGE < Math.max(to, 1); page++) {
        const answer = await call("review.list", { job, offset: page * PAGE, limit: PAGE, ...filter }, { signal });
        counted = answer.total;
        fresh.set(page, answer.photos);
      }
      if (!holds()) return false;
      total = counted;
      loaded.clear();
      for (const [page, photos] of fresh) keep(page, photos);
      return true;
    },
  };
}

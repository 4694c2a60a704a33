/** Waiting that ends with the view. */

/** @param {number} ms @param {AbortSignal} [signal] @returns {Promise<void>} rejects with AbortError when it is aborted */
export function pause(ms, signal) {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(new DOMException("The view was left.", "AbortError"));
    };
    if (signal?.aborted) return reject(new DOMException("The view was left.", "AbortError"));
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", stop);
      resolve();
    }, ms);
    signal?.addEventListener("abort", stop, { once: true });
  });
}

/**
 * Call `act` once nothing more has come for a while.
 * @param {(...any) => void} act @param {number} ms @param {AbortSignal} signal ends it
 */
export function settled(act, ms, signal) {
  let timer = 0;
  // No listener on `signal`: it would hold on to whatever `act` holds for as long as the view is open.
  return (...given) => {
    clearTimeout(timer);
    timer = setTimeout(() => signal.aborted || act(...given), ms);
  };
}

/** Which photos are selected: some by their items, or everything that is shown. */

/** @param {() => void} changed */
export function selection(changed) {
  let items = new Set();
  let whole = false;
  let anchor = 0;
  const tellIt = () => changed();
  return {
    has: (item) => whole || items.has(item),
    items: () => [...items],
    everything: () => whole,
    /** @param {number} total photos that are shown */
    size: (total) => (whole ? total : items.size),
    toggle(item, index) {
      whole = false;
      if (!items.delete(item)) items.add(item);
      anchor = index;
      tellIt();
    },
    /** Where the next range begins; nothing stays selected. */
    only(index) {
      anchor = index;
      const had = whole || items.size;
      items = new Set();
      whole = false;
      if (had) tellIt();
    },
    /** From the anchor to here. @param {{at: (index: number) => object|undefined}} photos */
    extend(index, photos) {
      whole = false;
      items = new Set();
      for (let place = Math.min(anchor, index); place <= Math.max(anchor, index); place++) {
        const photo = photos.at(place);
        if (photo) items.add(photo.item);
      }
      tellIt();
    },
    all() {
      whole = true;
      items = new Set();
      tellIt();
    },
    clear() {
      whole = false;
      items = new Set();
      tellIt();
    },
  };
}

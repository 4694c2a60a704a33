/** The keywords of one list as a tree, of which only the rows in sight are in the document: 30,000 are as light as 30. */

import { h, replace } from "../../lib/dom.js";
import { count } from "../../lib/format.js";

const ROW = 30; // px
const PAGE = 500; // keywords that are asked for at once
const BEYOND = 8; // rows that are kept above and below those in sight
const PAUSE = 700; // ms between two letters of one word that is typed ahead

/** Paths as they are compared here; the daemon folds them further. @param {string[]} path */
const id = (path) => path.join("\u0000").toLowerCase();
const letters = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/**
 * @param {object} options
 * @param {(params: {under: string[], offset?: number, limit: number, child?: string}) => Promise<object>} options.load
 * @param {(node: object|null) => void} options.onChoose the keyword that is the current one now
 * @param {(error: Error) => void} options.onError
 */
export function tree({ load, onChoose, onError }) {
  const canvas = h("div", { class: "tree-canvas", role: "tree", "aria-label": "Keywords" });
  const element = h("div", { class: "tree" }, canvas);
  const shown = new Map(); // row's key -> element
  let root = made(null, null);
  let rows = [];
  let current = 0;
  let unknown = false; // the current row is there, and its keyword on its way
  let typed = { text: "", at: 0 };

  // -- what is known ---------------------------------------------------------------------------------------------

  /** Ask for a page of what is below a keyword, once. */
  async function fetchPage(parent, page) {
    parent.asked ??= new Map();
    if (!parent.asked.has(page)) {
      const told = load({ under: parent.path, offset: page * PAGE, limit: PAGE }).then((answer) => take(parent, answer));
      told.catch(() => parent.asked.delete(page));
      parent.asked.set(page, told);
    }
    return parent.asked.get(page);
  }

  function take(parent, told) {
    if (!parent.children || parent.children.length !== told.total) parent.children = Array.from({ length: told.total }, (_, at) => parent.children?.[at]);
    told.nodes.forEach((info, at) => {
      const old = parent.children[told.offset + at];
      parent.children[told.offset + at] = Object.assign(old ?? made(info.path, parent), { info, path: info.path });
    });
    if (told.node) parent.info = told.node;
    draw();
  }

  async function open(node) {
    node.open = true;
    await fetchPage(node, 0);
    draw();
  }

  function list() {
    const found = [];
    const walk = (parent, depth) => {
      const all = parent.children ?? [];
      for (let at = 0; at < all.length; at++) {
        const node = all[at];
        found.push({ node, parent, at, depth, key: node ? id(node.path) : `${id(parent.path)}\u0000\u0000${at}` });
        if (node?.open && node.children) walk(node, depth + 1);
      }
    };
    walk(root, 1);
    return found;
  }

  // -- what is in sight ------------------------------------------------------------------------------------------

  function draw() {
    const was = rows[current]?.key;
    rows = list();
    const still = rows.findIndex((row) => row.key === was);
    current = still >= 0 ? still : Math.max(0, Math.min(current, rows.length - 1));
    paint(true);
    if (unknown && rows[current]?.node) onChoose(rows[current].node);
    unknown = !rows[current]?.node;
  }

  function paint(anew = false) {
    const had = canvas.contains(document.activeElement);
    canvas.style.height = `${rows.length * ROW}px`;
    const first = Math.max(0, Math.floor(element.scrollTop / ROW) - BEYOND);
    const last = Math.min(rows.length, Math.ceil((element.scrollTop + element.clientHeight) / ROW) + BEYOND);
    const numbers = new Set([current, ...Array.from({ length: Math.max(0, last - first) }, (_, at) => first + at)].filter((at) => at < rows.length));
    const wanted = [...numbers].sort((a, b) => a - b);
    const keysWanted = new Set(wanted.map((at) => rows[at].key));
    for (const [key, row] of shown) if (!keysWanted.has(key)) (row.remove(), shown.delete(key));
    let cursor = canvas.firstChild;
    for (const at of wanted) {
      let row = shown.get(rows[at].key);
      const fresh = !row;
      if (fresh) shown.set(rows[at].key, (row = h("div", { role: "treeitem", class: "keyword-row" })));
      if (row === cursor) cursor = cursor.nextSibling;
      else canvas.insertBefore(row, cursor);
      if (fresh || anew) fill(row, rows[at]);
      row.style.transform = `translateY(${at * ROW}px)`;
      row.tabIndex = at === current ? 0 : -1;
      row.setAttribute("aria-selected", String(at === current));
      if (!rows[at].node) fetchPage(rows[at].parent, Math.floor(rows[at].at / PAGE)).catch(onError);
    }
    // A row that is told by another path now is another element.
    if (had && !canvas.contains(document.activeElement)) shown.get(rows[current]?.key)?.focus({ preventScroll: true });
  }

  function fill(row, { node, parent, at, depth }) {
    row.setAttribute("aria-level", depth);
    row.setAttribute("aria-setsize", parent.children.length);
    row.setAttribute("aria-posinset", at + 1);
    row.style.paddingLeft = `calc(${depth - 1} * var(--step))`;
    row.classList.toggle("holder", node?.info?.export === false);
    if (!node) {
      row.removeAttribute("aria-expanded");
      return replace(row, h("span", { class: "waiting" }, "…"));
    }
    const { children = 0, photos = 0, synonyms = [] } = node.info ?? {};
    if (children) row.setAttribute("aria-expanded", String(Boolean(node.open)));
    else row.removeAttribute("aria-expanded");
    const name = node.path.at(-1);
    row.title = name;
    const more = synonyms.length ? h("span", { class: "also" }, synonyms.join(", ")) : null;
    const number = photos ? h("span", { class: "number", title: count(photos, "photo") }, photos.toLocaleString("en"), h("span", { class: "visually-hidden" }, photos === 1 ? " photo" : " photos")) : null;
    return replace(row, h("span", { class: "twisty", "aria-hidden": "true" }, children ? (node.open ? "▾" : "▸") : ""), h("span", { class: "name" }, name), more, number);
  }

  // -- moving ----------------------------------------------------------------------------------------------------

  function choose(at, focus = true) {
    if (!rows.length) return onChoose(null);
    current = Math.max(0, Math.min(at, rows.length - 1));
    const top = current * ROW;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + ROW > element.scrollTop + element.clientHeight) element.scrollTop = top + ROW - element.clientHeight;
    paint();
    if (focus) shown.get(rows[current].key)?.focus({ preventScroll: true });
    unknown = !rows[current].node;
    if (!unknown) onChoose(rows[current].node);
  }

  function toggle(node, wanted = !node.open) {
    if (!node?.info?.children) return;
    if (wanted) open(node).catch(onError);
    else {
      node.open = false;
      draw();
    }
  }

  const page = () => Math.max(1, Math.floor(element.clientHeight / ROW) - 1);
  const above = (row) => rows.findIndex(({ node }) => node === row.parent);
  const MOVES = {
    ArrowDown: () => choose(current + 1),
    ArrowUp: () => choose(current - 1),
    PageDown: () => choose(current + page()),
    PageUp: () => choose(current - page()),
    Home: () => choose(0),
    End: () => choose(rows.length - 1),
    ArrowRight: ({ node }) => (node?.open ? node.children?.length && choose(current + 1) : node && toggle(node, true)),
    ArrowLeft: (row) => (row.node?.open ? toggle(row.node, false) : row.parent !== root && choose(above(row))),
    "*": ({ parent }) => parent.children.slice(0, PAGE).forEach((node) => node && toggle(node, true)),
  };

  element.addEventListener("keydown", (event) => {
    const row = rows[current];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    if (MOVES[event.key]) MOVES[event.key](row);
    else if (/^[\p{L}\p{N}]$/u.test(event.key)) ahead(event);
    else return;
    event.preventDefault();
    event.stopPropagation(); // a letter is typed ahead here, whatever it means elsewhere
  });

  function ahead(event) {
    typed = { text: (event.timeStamp - typed.at < PAUSE ? typed.text : "") + letters(event.key), at: event.timeStamp };
    const start = current + (typed.text.length > 1 ? 0 : 1);
    for (let step = 0; step < rows.length; step++) {
      const at = (start + step) % rows.length;
      if (rows[at].node && letters(rows[at].node.path.at(-1)).startsWith(typed.text)) return choose(at);
    }
  }

  element.addEventListener("click", (event) => {
    const key = [...shown].find(([, row]) => row.contains(event.target))?.[0];
    const at = rows.findIndex((row) => row.key === key);
    if (at < 0) return;
    choose(at);
    if (event.target.closest(".twisty") || event.detail === 2) toggle(rows[at].node);
  });
  element.addEventListener("scroll", () => requestAnimationFrame(() => paint()), { passive: true });
  const watching = new ResizeObserver(() => paint());
  watching.observe(element);

  // -- what is done to it ----------------------------------------------------------------------------------------

  const find = (path) => path.reduce((node, _, at) => node?.children?.find((child) => child && id(child.path) === id(path.slice(0, at + 1))), root);

  /** Ask for everything again; what was open is open again. */
  async function reload(path) {
    const opened = [];
    const walk = (node) => node.children?.forEach((child) => child?.open && (opened.push(child.path), walk(child)));
    walk(root);
    const had = element.contains(document.activeElement);
    const levels = [[], ...opened];
    const told = await Promise.all(levels.map((under) => load({ under, offset: 0, limit: PAGE }).catch((error) => (under.length ? null : Promise.reject(error)))));
    root = made(null, null);
    levels.forEach((under, at) => {
      const node = find(under);
      if (!node || !told[at]) return; // it was renamed or moved
      node.asked = new Map([[0, Promise.resolve()]]);
      node.children = Array.from({ length: told[at].total });
      told[at].nodes.forEach((info, place) => (node.children[place] = made(info.path, node, info)));
      node.open = true;
    });
    draw();
    if (path?.length) await reveal(path, had);
    else choose(current, had);
  }

  /** Open all above a keyword, and make it the current one. */
  async function reveal(path, focus = true) {
    let parent = root;
    for (let depth = 1; depth <= path.length; depth++) {
      if (!find(path.slice(0, depth))) take(parent, await load({ under: parent.path, limit: PAGE, child: path[depth - 1] }));
      const node = find(path.slice(0, depth));
      if (!node) return;
      if (depth < path.length) await open(node);
      parent = node;
    }
    draw();
    choose(rows.findIndex((row) => row.node === parent), focus);
  }

  return {
    element,
    reload,
    reveal,
    chosen: () => rows[current]?.node ?? null,
    focus: () => choose(current),
    /** Show an edit before the daemon has made it. */
    rename(path, name) {
      const node = find(path);
      if (node) node.path = [...path.slice(0, -1), name];
      draw();
    },
    remove(path) {
      const parent = find(path.slice(0, -1));
      parent.children = parent.children.filter((child) => !child || id(child.path) !== id(path));
      if (parent.info) parent.info.children -= 1;
      draw();
      choose(current, element.contains(document.activeElement));
    },
    add(path, name) {
      const parent = find(path);
      if (!parent) return;
      if (parent.children) parent.children.push(made([...path, name], parent));
      if (parent.info) parent.info.children += 1;
      draw();
    },
    /** Draw what is in sight anew. */
    refresh: () => draw(),
    destroy: () => watching.disconnect(),
  };
}

function made(path, parent, info = null) {
  return { path: path ?? [], parent, info, children: null, open: false, asked: null };
}

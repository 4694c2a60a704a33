/** Elements without markup: all text goes through text nodes, so that no name or answer is ever read as HTML. */

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "g", "path", "line", "rect", "circle", "text", "title", "polyline"]);

/**
 * @param {string} tag an element's name; those of SVG are made as such
 * @param {object|null} props `class`, `dataset`, `style`, `on: {event: handler}`, properties, attributes; null, undefined
 *   and false are left out
 * @param {...(Node|string|number|null|false|Array)} children
 * @returns {Element}
 */
export function h(tag, props, ...children) {
  const svg = SVG_TAGS.has(tag) && tag !== "title";
  const element = svg ? document.createElementNS(SVG, tag) : document.createElement(tag);
  for (const [name, value] of Object.entries(props ?? {})) {
    if (value !== null && value !== undefined && value !== false) set(element, name, value, svg);
  }
  append(element, children);
  return element;
}

function set(element, name, value, svg) {
  if (name === "class") element.setAttribute("class", value);
  else if (name === "dataset") Object.assign(element.dataset, value);
  else if (name === "style") Object.assign(element.style, value);
  else if (name === "on") for (const [event, handler] of Object.entries(value)) element.addEventListener(event, handler);
  else if (!svg && name in element && !name.startsWith("aria")) element[name] = value;
  else element.setAttribute(name, value === true ? "" : value);
}

function append(element, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    element.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
}

/** Put other children into a node. @param {Element} node */
export function replace(node, ...children) {
  node.replaceChildren();
  append(node, children);
  return node;
}

/** A field with its label: `field("Folder", h("input", {type: "text"}))`; `hint` says more below it. */
export function field(label, control, hint) {
  control.id ||= `f${Math.random().toString(36).slice(2)}`;
  const more = hint ? h("span", { class: "hint", id: `${control.id}-hint` }, hint) : null;
  if (more) control.setAttribute("aria-describedby", more.id);
  return h("div", { class: "field" }, h("label", { htmlFor: control.id }, label), control, more);
}

/** A button. @param {string|Array} label @param {function} onclick @param {object} props */
export function button(label, onclick, props = {}) {
  return h("button", { type: "button", ...props, on: { click: onclick, ...props.on } }, label);
}

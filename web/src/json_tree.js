// A JSON value as a tree that folds. Children are made when they are first shown, and a long list a
// part at a time, so that a value of megabytes costs what is looked at.
import { h } from "./dom.js";

const PAGE = 100;
const TEXT_MAX = 2000;
const OPEN_TO = 12; // a list or object of no more members starts open, at the first two levels

const isBranch = (value) => value !== null && typeof value === "object";

function leaf(value) {
  if (value === null) return h("span", { class: "json-null" }, "null");
  const kind = typeof value;
  if (kind !== "string") return h("span", { class: `json-${kind}` }, String(value));
  const cut = value.length > TEXT_MAX ? `${value.slice(0, TEXT_MAX)}… (${value.length} characters)` : value;
  return h("span", { class: "json-string" }, JSON.stringify(cut));
}

function summary(value) {
  const count = Array.isArray(value) ? value.length : Object.keys(value).length;
  const [open, close] = Array.isArray(value) ? "[]" : "{}";
  return count === 0 ? `${open}${close}` : `${open} ${count} ${count === 1 ? "item" : "items"} ${close}`;
}

function fill(list, entries, start) {
  list.append(...entries.slice(start, start + PAGE).map(([key, value, depth]) => h("li", {}, node(value, depth, key))));
  const next = start + PAGE;
  if (next >= entries.length) return;
  const more = h("li", {}, h("button", {
    type: "button", class: "quiet small", onclick: () => { more.remove(); fill(list, entries, next); },
  }, `${entries.length - next} more`));
  list.append(more);
}

function node(value, depth, key) {
  const name = key === undefined ? null : h("span", { class: "json-key" }, key, ": ");
  if (!isBranch(value)) return h("span", { class: "json-leaf" }, name, leaf(value));
  const entries = Object.entries(value).map(([k, v]) => [k, v, depth + 1]);
  if (entries.length === 0) return h("span", { class: "json-leaf" }, name, summary(value));
  const list = h("ul", {});
  const branch = h("details", {}, h("summary", {}, name, h("span", { class: "json-count" }, summary(value))), list);
  const show = () => { if (!list.hasChildNodes()) fill(list, entries, 0); };
  branch.addEventListener("toggle", () => { if (branch.open) show(); });
  if (depth < 2 && entries.length <= OPEN_TO) {
    show();
    branch.open = true;
  }
  return branch;
}

export function jsonTree(value) {
  return h("div", { class: "json" }, node(value, 0));
}

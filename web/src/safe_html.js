// HTML that a script made, rebuilt of a few harmless elements. No HTML parser of the browser sees it:
// this reads tags and text, makes anew the elements whose names stand in a list, with their text and two
// checked numbers, and drops everything else. Whatever is read wrongly becomes text.
import { h } from "./dom.js";

const HTML_MAX = 500_000;
const ELEMENTS_MAX = 20_000;
const DEPTH_MAX = 40;

const words = (text) => new Set(text.split(" "));
const KEPT = words("table thead tbody tfoot tr th td caption p br hr h1 h2 h3 h4 h5 h6 ul ol li dl dt dd b strong i em u s " +
  "small sub sup code pre kbd samp blockquote");
const EMPTY = words("br hr");
// Dropped with all that is in them; other unknown elements leave their content.
const DROPPED = words("script style template iframe object noscript title svg math textarea select audio video canvas");
const HEADINGS = { h1: "h4", h2: "h4", h3: "h4", h4: "h5", h5: "h5", h6: "h6" };
const ENTITIES = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'", nbsp: "\u00a0", hellip: "…", ndash: "–", mdash: "—" };

const TAG = /<!--[^]*?(?:-->|$)|<[!?][^>]*>?|<(\/?)([a-zA-Z][a-zA-Z0-9-]*)((?:"[^"]*"|'[^']*'|[^"'<>])*)>/y;
const NUMBER = /^\s*[-+−]?(\d[\d.,]*|\.\d+)(e[-+]?\d+)?\s*%?\s*$|^\s*(NaN|-?inf)\s*$/i;

function decode(text) {
  return text.replace(/&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|(\w{2,8}));/g, (all, decimal, hex, name) => {
    if (name) return Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : all;
    const code = decimal ? Number(decimal) : Number.parseInt(hex, 16);
    return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}

function spans(attributes) {
  const found = {};
  for (const name of ["colspan", "rowspan"]) {
    const count = Number(new RegExp(`\\b${name}\\s*=\\s*["']?(\\d{1,3})\\b`, "i").exec(attributes)?.[1]);
    if (count > 1) found[name] = count;
  }
  return found;
}

class Rebuilder {
  #left = ELEMENTS_MAX;
  #open; // the elements that are not closed yet, the place first

  constructor(place) { this.#open = [place]; }

  read(html) {
    let at = 0;
    while (at < html.length && this.#left > 0) {
      const next = html.indexOf("<", at);
      if (next !== at) this.#text(html.slice(at, next < 0 ? html.length : next));
      if (next < 0) break;
      TAG.lastIndex = next;
      const tag = TAG.exec(html);
      if (!tag) this.#text("<");
      at = tag ? this.#tag(html, tag, TAG.lastIndex) : next + 1;
    }
    while (this.#open.length > 1) this.#close();
  }

  #text(text) {
    const decoded = decode(text);
    if (decoded.trim() !== "" || !/^(TABLE|THEAD|TBODY|TR)$/.test(this.#open.at(-1).tagName)) this.#open.at(-1).append(decoded);
  }

  // Where to read on.
  #tag(html, [, slash, written, attributes], end) {
    const name = written?.toLowerCase();
    if (!slash && DROPPED.has(name)) {
      const close = new RegExp(`</${name}\\b[^>]*>`, "gi");
      close.lastIndex = end;
      return close.exec(html) ? close.lastIndex : html.length;
    }
    if (!KEPT.has(name)) return end;
    if (!slash) this.#start(name, attributes);
    else if (this.#open.some((each) => each.dataset.tag === name)) while (this.#close() !== name);
    return end;
  }

  #start(name, attributes) {
    this.#left -= 1;
    if (this.#open.length > DEPTH_MAX) return;
    const cell = name === "td" || name === "th";
    const made = h(HEADINGS[name] ?? name, { ...(cell && spans(attributes)), "data-tag": name });
    this.#open.at(-1).append(made);
    if (EMPTY.has(name)) made.removeAttribute("data-tag");
    else this.#open.push(made);
  }

  #close() {
    const element = this.#open.pop();
    const name = element.dataset.tag;
    delete element.dataset.tag;
    if (name !== "td" && name !== "th") return name;
    const text = element.textContent;
    if (text.length < 40 && NUMBER.test(text)) element.className = "number";
    if (name === "th" && text.trim() === "") element.replaceWith(h("td", { colspan: element.getAttribute("colspan") })); // a corner
    else if (name === "th") element.setAttribute("scope", element.closest("thead") ? "col" : "row");
    return name;
  }
}

// A column's header stands as its values do.
function alignHeaders(place) {
  for (const table of place.querySelectorAll("table")) {
    const values = table.querySelector("tbody tr:last-child")?.children ?? [];
    for (const header of table.querySelectorAll("thead tr:first-child > *")) {
      const at = [...header.parentNode.children].indexOf(header);
      if (header.colSpan === 1 && values[at]?.className === "number") header.className = "number";
    }
  }
}

/** A node, or null where the text is too long or nothing of it is left. */
export function safeHtml(text) {
  if (text.length > HTML_MAX) return null;
  const place = h("div", { class: "html", tabindex: "0", role: "region", "aria-label": "Table" });
  new Rebuilder(place).read(text);
  alignHeaders(place);
  return place.textContent.trim() === "" ? null : place;
}

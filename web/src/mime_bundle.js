// A mime bundle as Jupyter defines it, as what it shows: the richest form that is safe to show.
import { bytesOfBase64, download, h } from "./dom.js";
import { jsonTree } from "./json_tree.js";
import { safeHtml } from "./safe_html.js";

const IMAGES = { "image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp" };
const BASE64 = /^[A-Za-z0-9+/=\s]*$/;

const isText = (value) => typeof value === "string";

function base64OfText(text) {
  let binary = "";
  for (const byte of new TextEncoder().encode(text)) binary += String.fromCharCode(byte);
  return btoa(binary);
}

// As an image, neither a script in an SVG runs nor is anything that it names loaded.
function figure(type, base64, alt, number, suffix) {
  const name = `figure-${number}.${suffix}`;
  const image = h("img", { src: `data:${type};base64,${base64}`, alt });
  return h("figure", {}, image,
    h("figcaption", {}, h("span", { class: "hint" }, name),
      h("button", { type: "button", class: "quiet small", onclick: () => download(name, [bytesOfBase64(base64)]) }, "Download")));
}

function image(bundle, number) {
  const alt = isText(bundle["text/plain"]) ? bundle["text/plain"].slice(0, 200) : `Figure ${number}`;
  for (const [type, suffix] of Object.entries(IMAGES)) {
    const data = bundle[type];
    if (isText(data) && BASE64.test(data)) return figure(type, data.replace(/\s/g, ""), alt, number, suffix);
  }
  const svg = bundle["image/svg+xml"];
  return isText(svg) ? figure("image/svg+xml", base64OfText(svg), alt, number, "svg") : null;
}

function text(bundle) {
  for (const type of ["text/markdown", "text/latex", "text/plain"]) {
    if (isText(bundle[type])) return h("pre", { tabindex: "0" }, bundle[type].slice(0, 200_000));
  }
  return h("p", { class: "hint" }, `a value of ${Object.keys(bundle).join(", ").slice(0, 200)}`);
}

/** What `bundle` shows, whatever is in it. `number`: which one of the run it is. */
export function showBundle(bundle, number) {
  const picture = image(bundle, number);
  if (picture) return picture;
  const html = isText(bundle["text/html"]) ? safeHtml(bundle["text/html"]) : null;
  if (html) return html;
  if ("application/json" in bundle) return jsonTree(bundle["application/json"]);
  return text(bundle);
}

/** Whether it is nothing but the text of a value that is shown as the result anyway. */
export function isPlainText(bundle) {
  return Object.keys(bundle).every((type) => type === "text/plain");
}

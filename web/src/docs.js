// The page at `/docs`: /openapi.json as it is, in the look of the other page. Written here because the
// usual viewers style themselves by what this page's Content-Security-Policy refuses, or are larger than
// all of it; this document uses a small part of OpenAPI.
import { call, origin } from "./api.js";
import { byId, copyText, h } from "./dom.js";

const METHODS = ["get", "post", "put", "delete"];
const SCHEMA_DEPTH = 6;

let components = {};

const resolve = (schema) => (schema?.$ref ? components[schema.$ref.split("/").pop()] ?? {} : schema ?? {});
const refName = (schema) => schema?.$ref?.split("/").pop();

// Text with `code` in it.
function prose(text) {
  return String(text ?? "").split("`").map((part, i) => (i % 2 ? h("code", {}, part) : part));
}

function typeWord(schema) {
  const known = resolve(schema);
  const any = known.anyOf ?? known.oneOf;
  if (any) return [...new Set(any.map(typeWord))].join(" or ");
  if (known.type === "array") return `array of ${typeWord(known.items)}`;
  if (Array.isArray(known.type)) return known.type.join(" or ");
  return known.type ?? (known.enum ? "string" : "any");
}

const RULES = {
  minimum: ["at least"], exclusiveMinimum: ["more than"], maximum: ["at most"], minLength: ["at least", "characters"],
  maxLength: ["at most", "characters"], maxItems: ["at most", "items"], maxProperties: ["at most", "members"], pattern: ["pattern"],
};

function rules(schema) {
  const known = resolve(schema);
  const words = [];
  if (known.enum) words.push(["one of", known.enum.map((each) => JSON.stringify(each)).join(", ")]);
  if ("const" in known) words.push(["always", JSON.stringify(known.const)]);
  if ("default" in known) words.push(["default", JSON.stringify(known.default)]);
  for (const [name, [word, unit = ""]] of Object.entries(RULES)) if (name in known) words.push([word, String(known[name]), unit]);
  const texts = words.map(([word, value, unit = ""], i) => [i ? "; " : "", `${word} `, h("code", {}, value), unit && ` ${unit}`]);
  return words.length ? h("p", { class: "rules" }, ...texts.flat()) : null;
}

function inner(schema) {
  const known = resolve(schema);
  if (known.properties) return known;
  if (known.type === "array") return inner(known.items);
  for (const each of known.anyOf ?? known.oneOf ?? []) {
    const found = inner(each);
    if (found) return found;
  }
  return null;
}

function properties(schema, depth = 0) {
  const known = inner(schema);
  if (!known || depth > SCHEMA_DEPTH) return null;
  const required = new Set(known.required ?? []);
  return h("ul", { class: "properties" }, ...Object.entries(known.properties).map(([name, each]) => {
    const full = resolve(each);
    const below = inner(each) ? h("details", {}, h("summary", {}, refName(each) ?? refName(full.items) ?? "its members")) : null;
    below?.addEventListener("toggle", () => { if (below.open && below.children.length === 1) below.append(properties(each, depth + 1) ?? ""); });
    return h("li", {}, h("p", {}, h("code", { class: "property" }, name), h("span", { class: "type" }, typeWord(each)),
      required.has(name) && h("span", { class: "required" }, "required")),
    full.description && h("p", { class: "hint" }, ...prose(full.description)), rules(each), below);
  }));
}

function content(media) {
  return Object.entries(media ?? {}).map(([type, { schema, example }]) => h("div", {},
    h("p", { class: "hint" }, h("code", {}, type), refName(schema) && ` ${refName(schema)}`),
    properties(schema) ?? (schema && h("p", {}, h("span", { class: "type" }, typeWord(schema)))),
    example !== undefined && h("pre", { tabindex: "0", class: "example" }, JSON.stringify(example, null, 2))));
}

function response(status, body) {
  const kind = status[0] === "2" ? "good" : "bad";
  const media = content(resolve(body).content);
  const head = [h("b", { class: `status ${kind}` }, status), h("span", {}, ...prose(body.description))];
  return media.length ? h("details", { class: "response" }, h("summary", {}, ...head), ...media) : h("p", { class: "response" }, ...head);
}

function curl(method, path, operation) {
  const example = operation.requestBody?.content?.["application/json"]?.example;
  const verb = method === "get" ? "" : ` -X ${method.toUpperCase()}`;
  const body = example === undefined ? "" : ` -H 'Content-Type: application/json' --data-binary @- <<'JSON'\n${JSON.stringify(example, null, 2)}\nJSON`;
  return `curl${verb} ${origin}${path}${body}`;
}

function parameter(each) {
  return h("li", {}, h("p", {}, h("code", { class: "property" }, each.name), h("span", { class: "type" }, `${typeWord(each.schema)} in ${each.in}`)),
    each.description && h("p", { class: "hint" }, ...prose(each.description)));
}

function block(title, ...children) {
  return h("section", {}, h("h3", {}, title), ...children);
}

function operationCard(path, method, operation) {
  const command = curl(method, path, operation);
  return h("article", { class: "part operation", id: operation.operationId },
    h("h2", {}, h("span", { class: `method ${method}` }, method.toUpperCase()), h("code", {}, path)),
    h("p", {}, h("b", {}, operation.summary)), operation.description && h("p", {}, ...prose(operation.description)),
    operation.parameters?.length > 0 && block("Parameters", h("ul", { class: "properties" }, ...operation.parameters.map(parameter))),
    operation.requestBody && block("Request", ...content(operation.requestBody.content)),
    block("Answers", ...Object.entries(operation.responses ?? {}).map(([status, body]) => response(status, body))),
    block("Example", h("pre", { tabindex: "0", class: "example" }, command),
      h("button", { type: "button", class: "small", onclick: (event) => copyText(command, event.target) }, "Copy")));
}

// A long path breaks before a slash.
const breakable = (path) => path.split("/").flatMap((part, i) => (i > 1 ? [h("wbr"), `/${part}`] : [i ? `/${part}` : ""]));

function operationsOf(description) {
  return Object.entries(description.paths ?? {}).flatMap(([path, methods]) =>
    METHODS.filter((method) => methods[method]).map((method) => [path, method, methods[method]]));
}

async function start() {
  let description;
  try {
    description = await call("GET", "/openapi.json");
  } catch (error) {
    byId("operations").replaceChildren(h("p", { role: "alert" }, `The description cannot be read: ${error.message}`));
    return;
  }
  components = description.components?.schemas ?? {};
  byId("about").textContent = `The API of version ${description.info.version}, as the service describes itself.`;
  const all = operationsOf(description);
  byId("contents").replaceChildren(h("ul", {}, ...all.map(([path, method, operation]) => h("li", {},
    h("a", { href: `#${operation.operationId}` }, h("span", { class: `method ${method}` }, method.toUpperCase()), h("span", {}, ...breakable(path)))))));
  byId("operations").replaceChildren(...all.map((each) => operationCard(...each)));
  if (location.hash) byId(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
}

start();

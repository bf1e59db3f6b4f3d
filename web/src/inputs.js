// The drawer: arguments, standard input, environment, limits. What is wrong is told beside its field.
import { byId } from "./dom.js";

const LIMITS = ["wall_time_s", "cpu_time_s", "memory_mb", "output_bytes"];
const FIELDS = ["args", "stdin", "env", ...LIMITS.map((name) => `limit-${name}`)];

function fail(name, message) {
  const place = byId(`${name}-error`);
  const field = byId(name);
  place.textContent = message;
  place.hidden = message === "";
  if (message) {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", place.id);
    byId("drawer").open = true;
    field.focus();
    throw new InputError(message);
  }
  field.removeAttribute("aria-invalid");
}

export class InputError extends Error {}

function readArgs() {
  const text = byId("args").value.trim();
  if (text === "") return fail("args", "");
  try {
    const value = JSON.parse(text);
    if (value === null || typeof value !== "object") return fail("args", "Arguments are an object or a list.");
    fail("args", "");
    return value;
  } catch (error) {
    if (error instanceof InputError) throw error;
    return fail("args", `This is not JSON: ${error.message}`);
  }
}

function readEnv() {
  const env = {};
  for (const line of byId("env").value.split("\n").filter((each) => each.trim() !== "")) {
    const equals = line.indexOf("=");
    if (equals <= 0) return fail("env", `A line is NAME=value; this one is not: ${line.trim().slice(0, 60)}`);
    env[line.slice(0, equals).trim()] = line.slice(equals + 1);
  }
  fail("env", "");
  return Object.keys(env).length ? env : undefined;
}

function readLimits() {
  const limits = {};
  for (const name of LIMITS) {
    const text = byId(`limit-${name}`).value.trim();
    if (text !== "") limits[name] = Number.isFinite(Number(text)) ? Number(text) : text; // the service refuses a word
  }
  return Object.keys(limits).length ? limits : undefined;
}

/** The fields of a request that are filled in. Throws an InputError, whose text is on the page already. */
export function readInputs() {
  const fields = { args: readArgs(), stdin: byId("stdin").value || undefined, env: readEnv(), limits: readLimits() };
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

export function setInputs({ args, stdin = "", env = {}, limits = {} } = {}) {
  byId("args").value = args === undefined ? "" : JSON.stringify(args);
  byId("stdin").value = stdin;
  byId("env").value = Object.entries(env).map(([name, value]) => `${name}=${value}`).join("\n");
  for (const name of LIMITS) byId(`limit-${name}`).value = limits[name] ?? "";
  showSummary();
}

export function showMaxima(limits) {
  for (const name of LIMITS) byId(`limit-${name}`).placeholder = limits[name] ?? "";
}

function showSummary() {
  const set = FIELDS.filter((name) => byId(name).value.trim() !== "")
    .map((name) => byId(name).labels[0].textContent.split(",")[0].toLowerCase());
  byId("drawer-summary").textContent = set.length ? `set: ${set.join(", ")}` : "arguments, standard input, environment, limits";
}

export function watchInputs(onChange) {
  byId("drawer").addEventListener("input", () => { showSummary(); onChange(); });
}

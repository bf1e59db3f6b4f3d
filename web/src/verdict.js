// How a run ended, in words: which limit or which wall ended it.
import { fill, h } from "./dom.js";

const WORDS = {
  syntax: "This is not Python yet",
  no_main: "There is no main() to call",
  exception: "The script raised an exception",
  not_serializable: "The value cannot become JSON",
  exit: "The script ended itself",
  wall_time: "Stopped by the wall time limit",
  cpu_time: "Stopped by the CPU time limit",
  memory: "Stopped by the memory limit",
  output: "Stopped by the output limit",
  syscall: "Refused by the system call filter",
  crash: "The interpreter crashed, and nothing else did",
  interrupt: "Stopped by you",
  session_expired: "The session has expired",
  session_evicted: "The session made room for another one",
  session_lost: "The session is lost",
  session_unknown: "There is no such session any more",
  state_unknown: "That state is no longer kept",
};
const KILLS = new Set(["wall_time", "cpu_time", "memory", "output", "syscall", "crash", "interrupt"]);
const WALLS = new Set(["wall_time", "cpu_time", "memory", "output", "syscall", "crash"]);

// What is missing of the answer, and why.
const DROPPED = {
  stdout: "It printed more than the output limit; the rest is left out.",
  stderr: "It wrote more to standard error than the output limit; the rest is left out.",
  files: "Some of its files are too large to send.",
  display: "Some of its figures are too large to send.",
};

function droppedParts(answer) {
  const killed = KILLS.has(answer.details?.kind); // such a run returns no files: they went with its process
  return Object.entries(answer.truncated ?? {}).filter(([name, cut]) => cut && !(killed && name === "files"))
    .map(([name]) => DROPPED[name]).filter(Boolean);
}

function title(answer, status) {
  const { kind = answer.kind, syscall } = answer.details ?? {};
  if (syscall) return `Refused by the system call filter: ${syscall}`;
  if (WORDS[kind]) return WORDS[kind];
  if (status === 503) return "The service has no room right now";
  if (status === 429) return "Too many requests for this key";
  return "The service did not run it";
}

/** good, wall (what held it in did its work) or bad. */
function tone(answer) {
  if (!("error" in answer)) return "good";
  const { kind = answer.kind, syscall } = answer.details ?? {};
  return syscall || WALLS.has(kind) ? "wall" : "bad";
}

export function formatMs(ms) {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 100) return `${Math.round(ms)} ms`;
  return `${ms.toFixed(ms < 1 ? 2 : 1)} ms`;
}

function usageList(usage, roundTrip) {
  const rows = [["queue", formatMs(usage.queue_ms)], ["run", formatMs(usage.wall_ms)], ["CPU", formatMs(usage.cpu_ms)]];
  if (usage.memory_peak_mb > 0) rows.push(["memory", `${usage.memory_peak_mb.toFixed(1)} MB`]);
  rows.push(["round trip", formatMs(roundTrip)]);
  return h("dl", { class: "usage" }, ...rows.map(([name, value]) => h("div", {}, h("dt", {}, name), h("dd", {}, value))));
}

const SIGNS = { good: "✓", wall: "◆", bad: "✕", running: "" };

function show(place, kind, heading, ...rest) {
  place.className = `verdict ${kind}`;
  fill(place, h("p", { class: "verdict-line" }, h("span", { class: "sign", "aria-hidden": "true" }, SIGNS[kind] ?? ""),
    h("strong", {}, heading)), ...rest);
}

export function showRunning(place) { show(place, "running", "Running"); }

export function showStopped(place) {
  show(place, "wall", "Stopped by you", h("p", { class: "message" }, "The connection was closed, and the service ended the run. What it printed until then is below."));
}

export function showBroken(place, message) { show(place, "bad", "No answer", h("p", { class: "message" }, message)); }

export function showAnswer(place, answer, { status, roundTrip, held, onLine, kept }) {
  const failed = "error" in answer;
  const line = answer.details?.line;
  const mayJump = failed && Number.isInteger(line) && onLine;
  const measured = answer.usage ? formatMs(answer.usage.wall_ms) : formatMs(roundTrip);
  show(place, tone(answer), failed ? title(answer, status) : `Done in ${measured}`,
    failed && h("p", { class: "message" }, answer.error,
      mayJump && h("button", { type: "button", class: "link", onclick: () => onLine(line) }, `Go to line ${line}`)),
    ...droppedParts(answer).map((text) => h("p", { class: "message" }, text)),
    kept && h("p", { class: "message kept" }, kept),
    answer.usage && usageList(answer.usage, roundTrip),
    held && answer.usage && h("p", { class: "held" }, held));
}

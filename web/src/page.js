// The page at `/`: what a person sets on one side, what a run answers on the other.
import { call, send } from "./api.js";
import { offerCode } from "./as_code.js";
import { byId, h } from "./dom.js";
import { Editor } from "./editor.js";
import { EXAMPLES } from "./examples.js";
import { Files } from "./files.js";
import { InputError, readInputs, setInputs, showMaxima, watchInputs } from "./inputs.js";
import { RunView } from "./run_view.js";
import { Session } from "./session.js";
import { Shield } from "./shield.js";
import { readEvents } from "./sse.js";

const INCLUDE = ["usage", "truncated", "details", "files", "display", "stderr"];
const INFO_RETRY_MS = 2_000;
const isNarrow = matchMedia("(max-width: 899px)");

let running = null; // the AbortController of the run in progress
let example = null;
let step = 0;

const shield = new Shield();
const view = new RunView(byId("verdict"), byId("results"));
const editor = new Editor(byId("editor"), { onRun: run });
const files = new Files(() => {});
const session = new Session((state) => { byId("step").hidden || (byId("step").firstChild.textContent = `The next run starts from ${state}.`); });

function currentRequest() {
  const request = { script: editor.text, mode: byId("mode").value, ...readInputs() };
  if (!session.id && files.fields.length) request.files = files.fields;
  if (session.id && session.from) request.from = session.from;
  request.include = INCLUDE;
  return request;
}

const executePath = () => (session.id ? `/sessions/${session.id}/execute` : "/execute");

function setRunning(controller) {
  running = controller;
  byId("run").disabled = controller !== null;
  byId("stop").disabled = controller === null;
  byId("output").setAttribute("aria-busy", String(controller !== null));
}

function goToLine(line) {
  editor.mark(line);
  editor.focus();
}

async function finish(answer, { status, started, start, script }) {
  const inSession = session.id !== null;
  const kept = inSession ? await session.after(start, script, answer) : null;
  if (inSession) await (session.id ? files.refresh() : files.use(null));
  const { details } = answer;
  const line = details && Number.isInteger(details.line) ? details.line : null;
  editor.mark(line);
  view.finish(answer, {
    status, kept, inSession, roundTrip: started, held: shield.held, onLine: goToLine,
    onKeep: (path, bytes) => files.put(path, bytes),
  });
  if (!session.id) byId("session-switch").checked = false;
  nextStep();
}

async function readAnswer(response) {
  if (!response.headers.get("Content-Type")?.startsWith("text/event-stream")) return response.json();
  for await (const { event, data } of readEvents(response)) {
    const body = JSON.parse(data);
    if (view.event(event, body)) return body;
  }
  throw new Error("The stream broke off; the run is lost.");
}

async function run() {
  if (running) return;
  let request;
  try {
    request = currentRequest();
  } catch (error) {
    if (error instanceof InputError) return;
    throw error;
  }
  const controller = new AbortController();
  const start = session.start;
  setRunning(controller);
  byId("welcome").hidden = true;
  editor.mark(null);
  view.begin();
  if (isNarrow.matches) byId("output").scrollIntoView({ behavior: "smooth", block: "start" });
  const began = performance.now();
  try {
    const response = await send("POST", executePath(), { json: request, accept: "text/event-stream", signal: controller.signal });
    const answer = await readAnswer(response);
    await finish(answer, { status: response.status, started: performance.now() - began, start, script: request.script });
  } catch (error) {
    if (controller.signal.aborted) view.stopped();
    else view.broken(error instanceof TypeError ? "The service cannot be reached." : error.message);
  } finally {
    setRunning(null);
  }
}

// A run in a session is interrupted, so that the session answers with the state it is at.
function stop() {
  if (!running) return;
  if (session.id) session.interrupt().catch(() => running?.abort());
  else running.abort();
}

// ---- examples ----

function showStep() {
  const place = byId("step");
  const current = example?.steps?.[step];
  place.hidden = !current;
  if (!current) return;
  editor.text = current.script;
  setInputs({ limits: current.limits });
  place.replaceChildren(h("span", {}, current.note));
}

function nextStep() {
  if (!example?.steps || editor.text !== example.steps[step].script) return;
  const place = byId("step");
  if (step + 1 === example.steps.length) {
    place.replaceChildren(h("span", {}, "Both branches are kept. Click any state to go on from it."));
    return;
  }
  place.replaceChildren(h("span", {}, "Done. "), h("button", {
    type: "button", class: "primary small", onclick: () => { step += 1; showStep(); editor.focus(); },
  }, "Next step"));
}

async function setSession(on) {
  const toggle = byId("session-switch");
  try {
    if (on && !session.id) {
      await session.open(files.fields);
      byId("mode").value = "repl";
    } else if (!on && session.id) {
      await session.close();
    }
    await files.use(session.id);
  } catch (error) {
    toggle.checked = false;
    view.begin();
    view.broken(error.message);
  }
  toggle.checked = session.id !== null;
}

async function load(chosen) {
  example = chosen;
  step = 0;
  editor.mark(null);
  if (session.id) await setSession(false);
  files.clear();
  for (const [path, text] of Object.entries(chosen.files ?? {})) files.put(path, new TextEncoder().encode(text));
  byId("mode").value = chosen.mode ?? "main";
  setInputs({ limits: chosen.limits });
  if (chosen.script) editor.text = chosen.script;
  showStep();
  if (chosen.session) await setSession(true);
}

// ---- the start ----

async function readInfo() {
  try {
    const info = await call("GET", "/info");
    shield.show(info);
    showMaxima(info.limits);
    byId("session-switch").disabled = !info.sessions;
    if (!info.isolation) setTimeout(readInfo, INFO_RETRY_MS);
  } catch {
    byId("shield-label").textContent = "Isolation unknown";
  }
}

function start() {
  if (/Mac|iPhone|iPad/.test(navigator.platform)) byId("run-key").textContent = "⌘ ↵";
  byId("examples").append(...EXAMPLES.map((each, index) => h("option", { value: index }, each.title)));
  byId("examples").addEventListener("change", (event) => load(EXAMPLES[event.target.value]));
  byId("run").addEventListener("click", run);
  byId("stop").addEventListener("click", stop);
  byId("session-switch").addEventListener("change", (event) => setSession(event.target.checked));
  byId("session-new").addEventListener("click", async () => { await setSession(false); await setSession(true); });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey) || event.defaultPrevented || document.querySelector("dialog[open]")) return;
    event.preventDefault();
    run();
  });
  addEventListener("pagehide", (event) => { if (!event.persisted) session.leave(); });
  watchInputs(() => {});
  offerCode(() => {
    try {
      return { path: executePath(), session: session.id, request: currentRequest() };
    } catch (error) {
      if (error instanceof InputError) return null;
      throw error;
    }
  });
  load(EXAMPLES[0]);
  readInfo();
}

start();

// A session and its tree of states. A click on a state makes the next run start there; a run that was
// killed hangs below the state that it left untouched.
import { call, send } from "./api.js";
import { byId, h } from "./dom.js";

const NOTE_MAX = 60;

function gist(script) {
  const line = script.split("\n").map((each) => each.trim()).find((each) => each && !/^(#|import |from )/.test(each)) ?? "";
  return line.length > NOTE_MAX ? `${line.slice(0, NOTE_MAX)}…` : line;
}

export class Session {
  id = null;
  from = null; // the state that the next run starts at; null: the latest
  #head = null;
  #nodes = new Map(); // state -> {state, parent, note, failed, kept, ends: [{note, why}]}
  #checkpoints = true;
  #onPick;

  constructor(onPick) { this.#onPick = onPick; }

  async open(files) {
    const made = await call("POST", "/sessions", { json: files.length ? { files } : {} });
    this.id = made.session;
    this.#checkpoints = made.checkpoints;
    this.#nodes.clear();
    this.from = null;
    this.#take(made);
    this.show();
  }

  async close() {
    const { id } = this;
    this.id = null;
    this.show();
    if (id) await call("DELETE", `/sessions/${id}`).catch(() => {});
  }

  /** The tab is closed: nobody knows the id any more, and the session would hold its place until it is idle too long. */
  leave() {
    if (this.id) send("DELETE", `/sessions/${this.id}`, { keepalive: true }).catch(() => {});
  }

  get start() { return this.from ?? this.#head; }

  /** After a run from `start`: what it led to. Returns a sentence about what was kept, or null. */
  async after(start, script, answer) {
    const failed = "error" in answer;
    const killed = failed && answer.state === start;
    if (killed) this.#nodes.get(start)?.ends.push({ note: gist(script), why: answer.details?.kind ?? answer.kind ?? "failed" });
    try {
      this.#take(await call("GET", `/sessions/${this.id}`));
    } catch (error) {
      this.id = null;
      this.show();
      return `${error.message}`;
    }
    const node = this.#nodes.get(answer.state);
    if (node && !killed) Object.assign(node, { note: gist(script), failed });
    this.from = null;
    this.show();
    return killed ? `State ${start} is still there: the next run starts from it.` : null;
  }

  async interrupt() { await call("POST", `/sessions/${this.id}/interrupt`); }

  #take({ head, states }) {
    this.#head = head;
    for (const node of this.#nodes.values()) node.kept = false;
    for (const { state, parent } of states ?? []) {
      const known = this.#nodes.get(state) ?? { state, note: parent === null ? "start" : "files changed", failed: false, ends: [] };
      this.#nodes.set(state, { ...known, parent: known.parent ?? parent, kept: true });
    }
  }

  show() {
    byId("session").hidden = this.id === null;
    if (this.id === null) return;
    byId("session-note").textContent = this.#checkpoints ? "Click a state to go on from there." :
      "Here a session is one process: no state can be gone back to.";
    const roots = [...this.#nodes.values()].filter((node) => !this.#nodes.has(node.parent));
    byId("tree").replaceChildren(h("ul", {}, ...roots.flatMap((node) => this.#rows(node))));
  }

  // A chain goes straight down; each further child of a state is a branch, one step to the right.
  #rows(node) {
    const rows = [];
    for (let at = node; at;) {
      const here = at;
      const [next, ...branches] = [...this.#nodes.values()].filter((each) => each.parent === here.state);
      const sides = [...here.ends.map((end) => h("ul", {}, this.#end(end))), ...branches.map((each) => h("ul", {}, ...this.#rows(each)))];
      rows.push(h("li", {}, this.#button(here), ...sides));
      at = next;
    }
    return rows;
  }

  #button(node) {
    const current = node.state === this.start;
    return h("button", {
      type: "button", class: `state${node.failed ? " failed" : ""}`, "aria-pressed": String(current),
      disabled: !node.kept || (!this.#checkpoints && !current), title: node.kept ? null : "This state is no longer kept",
      onclick: () => { this.from = node.state; this.show(); this.#onPick(node.state); },
    }, h("span", { class: "node", "aria-hidden": "true" }), h("b", {}, node.state), h("span", { class: "state-note" }, node.note),
    !node.kept && h("span", { class: "hint" }, "no longer kept"));
  }

  #end({ note, why }) {
    return h("li", { class: "end" }, h("span", { class: "node", "aria-hidden": "true" }), h("b", {}, "killed"), h("span", { class: "state-note" }, note),
      h("span", { class: "hint" }, why.replaceAll("_", " ")));
  }
}

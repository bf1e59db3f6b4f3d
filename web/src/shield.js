// What holds a script in: the level and the layers of /info, each with what it holds against.
import { byId, closeOnBackdrop, dialogHead, h } from "./dom.js";

const AGAINST = {
  "user namespace": "root in the jail having any right outside",
  "network namespace": "reaching any network, this service's own port too",
  "cgroup namespace": "seeing how the machine is divided",
  "pid namespace": "seeing or signalling the processes of others",
  "mount namespace": "seeing or changing what is mounted elsewhere",
  "ipc namespace": "sharing memory with another run",
  "uts namespace": "changing the machine's name",
  "read-only root": "reading or changing the host's files",
  chroot: "reading or changing the host's files",
  "private scratch tmpfs": "files that outlive the run or fill a disk",
  landlock: "opening any file outside its own folders",
  "own uid": "touching what belongs to another run",
  "no capabilities": "doing anything that only root may",
  no_new_privs: "gaining a right by running a program",
  "seccomp filter": "system calls that Python does not need: sockets, processes, the rest of the kernel",
  rlimits: "using up descriptors, CPU time, memory",
  pidfds: "a signal that hits the wrong process",
  "memory and pids cgroup": "using up the machine's memory, fork bombs",
};
const LEVELS = {
  full: "Full: each run has its own namespaces, user, memory limit and system call filter.",
  fallback: "Fallback: without namespaces. User ids, the system call filter and what else is on hold the script in.",
};

const stateOf = (layer) => ({ on: "on", not_needed: "not needed" }[layer.state] ?? layer.state);
const stateClass = (layer) => ({ on: "on", not_needed: "spare" }[layer.state] ?? "off");

function row(layer) {
  return h("li", { class: stateClass(layer) }, h("span", { class: "dot", "aria-hidden": "true" }),
    h("div", {}, h("b", {}, layer.name), h("span", { class: "state-word" }, stateOf(layer)),
      h("p", {}, AGAINST[layer.name] ? `against ${AGAINST[layer.name]}` : ""),
      layer.why && h("p", { class: "why" }, layer.why)));
}

const list = (layers) => h("ul", { class: "layers" }, ...layers.map(row));

export class Shield {
  #isolation = null;

  constructor() {
    const dialog = byId("shield");
    closeOnBackdrop(dialog);
    byId("shield-button").addEventListener("click", () => dialog.showModal());
  }

  /** "held in by 16 layers", for the line below a run; null while it is not known. */
  get held() {
    if (!this.#isolation) return null;
    const count = this.#isolation.layers.filter((layer) => layer.state === "on").length;
    return `Held in by ${count} layers: ${this.#isolation.level} isolation, no network, gone without a trace.`;
  }

  show(info) {
    this.#isolation = info.isolation;
    const { level = "starting", layers = [] } = info.isolation ?? {};
    const off = layers.filter((layer) => stateClass(layer) === "off");
    byId("shield-label").textContent = info.isolation ? `${level[0].toUpperCase()}${level.slice(1)} isolation` : "Starting";
    byId("shield-button").classList.toggle("amber", !info.isolation || off.length > 0);
    const dialog = byId("shield");
    dialog.replaceChildren(dialogHead(dialog, "shield-title", "What holds a script in"),
      h("div", { class: "sheet-body", tabindex: "0", role: "region", "aria-label": "Layers" },
        h("p", {}, LEVELS[level] ?? `Level: ${level}.`),
        off.length > 0 && h("p", { class: "amber-note" }, `${off.length} ${off.length === 1 ? "layer is" : "layers are"} off here; the reason stands with each.`),
        list(layers), h("h3", {}, "The server itself"), h("p", {}, "The process that answers you is held in, too."),
        list(info.server?.layers ?? []),
        h("p", { class: "hint" }, `Forkjail ${info.version}, Python ${info.packages?.python ?? "…"}`)));
    byId("welcome-shield").replaceChildren(h("h3", {}, "What will hold it in"),
      h("ul", { class: "chips" }, ...layers.map((layer) => h("li", { class: stateClass(layer), title: AGAINST[layer.name] ?? null },
        h("span", { class: "dot", "aria-hidden": "true" }), layer.name, stateClass(layer) === "off" && h("span", { class: "state-word" }, " off")))));
  }
}

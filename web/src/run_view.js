// The output of one run, as it comes: streams, figures, the value, the files it left.
import { bytesOfBase64, download, formatBytes, h } from "./dom.js";
import { jsonTree } from "./json_tree.js";
import { isPlainText, showBundle } from "./mime_bundle.js";
import { TextStream } from "./text_stream.js";
import { showAnswer, showBroken, showRunning, showStopped } from "./verdict.js";

const FIGURES_MAX = 100; // more are counted, not drawn

function part(title, ...children) {
  return h("section", { class: "part" }, h("div", { class: "part-head" }, h("h3", {}, title)), ...children);
}

function fileBytes(file) {
  if (typeof file.content === "string") return new TextEncoder().encode(file.content);
  return typeof file.content_base64 === "string" ? bytesOfBase64(file.content_base64) : null;
}

function leftFile(file, onKeep) {
  const bytes = fileBytes(file);
  const keep = onKeep && h("button", { type: "button", class: "quiet small", onclick: (event) => { onKeep(file.path, bytes); event.target.textContent = "Kept"; } }, "Use as input");
  return h("li", {}, h("span", { class: "file-name" }, file.path), h("span", { class: "hint" }, formatBytes(file.size)),
    ...(bytes ? [keep, h("button", { type: "button", class: "quiet small", onclick: () => download(file.path, [bytes]) }, "Download")]
      : [h("span", { class: "hint" }, "too large to send")]));
}

export class RunView {
  #verdict;
  #place;
  #shown = 0;
  #plain = [];

  constructor(verdict, place) {
    this.#verdict = verdict;
    this.#place = place;
  }

  begin() {
    this.#shown = 0;
    this.#plain = [];
    this.stdout = new TextStream("Printed", "stdout.txt");
    this.stderr = new TextStream("Standard error", "stderr.txt");
    this.figures = h("div", { class: "figures" });
    this.value = h("div", {});
    this.trace = h("div", {});
    this.stdout.element.hidden = true;
    this.stderr.element.hidden = true;
    this.#place.replaceChildren(this.trace, this.figures, this.value, this.stdout.element, this.stderr.element);
    showRunning(this.#verdict);
  }

  /** One event of the stream; true if it was the last. */
  event(name, data) {
    if (name === "stdout" || name === "stderr") {
      this[name].element.hidden = false;
      this[name].add(data.text);
    } else if (name === "display") {
      this.#display(data);
    }
    return name === "result" || name === "error";
  }

  #display(bundle) {
    if (isPlainText(bundle)) {
      this.#plain.push(bundle); // perhaps just the text of the result
      return;
    }
    this.#add(bundle);
  }

  #add(bundle) {
    if (++this.#shown > FIGURES_MAX) return;
    this.figures.append(h("div", { class: "shown" }, showBundle(bundle, this.#shown)));
  }

  finish(answer, context) {
    this.#flush();
    const value = answer.result;
    const plain = value === undefined || value === null ? this.#plain : this.#plain.slice(0, -1);
    for (const bundle of plain) this.#add(bundle);
    const isValue = "result" in answer && !(value === null && (this.#shown > 0 || !this.stdout.isEmpty));
    if (isValue) this.value.append(part("Value", jsonTree(value)));
    if (answer.details?.traceback) this.trace.append(part("Traceback", h("pre", { class: "traceback", tabindex: "0" }, answer.details.traceback)));
    if (this.#shown > FIGURES_MAX) this.figures.append(h("p", { class: "hint" }, `${this.#shown - FIGURES_MAX} more are not drawn`));
    if (!context.inSession && answer.files?.length) {
      this.#place.append(part("Files it left", h("ul", { class: "files" }, ...answer.files.map((file) => leftFile(file, context.onKeep)))));
    }
    showAnswer(this.#verdict, answer, context);
  }

  stopped() {
    this.#flush();
    showStopped(this.#verdict);
  }

  broken(message) {
    this.#flush();
    showBroken(this.#verdict, message);
  }

  #flush() {
    this.stdout.flush();
    this.stderr.flush();
  }
}

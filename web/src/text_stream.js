// A text that grows while a script prints. It is added once a frame, in blocks that the browser lays
// out only where they are seen; of a long one the end is shown, and all of it can be downloaded.
import { download, formatBytes, h } from "./dom.js";

const SHOWN_MAX = 200_000;
const BLOCK = 8_000;
// Colours of terminals, cursor movements, and control characters but tab and line feed.
const CONTROL = /\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\-_]|[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/g;

export class TextStream {
  #parts = [];
  #pending = [];
  #blocks = [];
  #shown = 0;
  #length = 0;
  #frame = 0;
  #name;

  constructor(title, name) {
    this.#name = name;
    this.body = h("div", { class: "text", tabindex: "0", role: "region", "aria-label": title });
    this.note = h("p", { class: "hint cut", hidden: true });
    const all = h("button", { type: "button", class: "quiet small", onclick: () => download(this.#name, this.#parts) }, "Download");
    this.element = h("section", { class: `stream ${name.split(".")[0]}`, "aria-label": title },
      h("div", { class: "part-head" }, h("h3", {}, title), all), this.note, this.body);
  }

  get isEmpty() { return this.#length === 0; }

  add(text) {
    this.#parts.push(text);
    this.#pending.push(text);
    this.#length += text.length;
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.flush());
  }

  flush() {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    let text = this.#pending.join("");
    this.#pending = [];
    if (text.length > SHOWN_MAX) text = text.slice(-SHOWN_MAX);
    text = text.replace(/\r\n/g, "\n").replace(CONTROL, "");
    const follows = this.body.scrollTop + this.body.clientHeight >= this.body.scrollHeight - 30;
    for (let start = 0, end; start < text.length; start = end) {
      const lines = text.lastIndexOf("\n", start + BLOCK) + 1; // cut behind a line, if there is one
      end = lines > start ? lines : start + BLOCK;
      this.#append(text.slice(start, end));
    }
    while (this.#shown > SHOWN_MAX && this.#blocks.length > 1) {
      const first = this.#blocks.shift();
      this.#shown -= first.textContent.length;
      first.remove();
    }
    const hidden = this.#length - this.#shown;
    this.note.hidden = hidden < BLOCK;
    this.note.textContent = `The first ${formatBytes(hidden)} are not shown here; the download has all.`;
    if (follows) this.body.scrollTop = this.body.scrollHeight;
  }

  #append(text) {
    this.#shown += text.length;
    const last = this.#blocks.at(-1);
    if (last && last.textContent.length + text.length <= BLOCK) {
      last.firstChild.appendData(text);
      return;
    }
    if (last?.textContent.endsWith("\n")) last.classList.add("full");
    const block = h("span", { class: "block" }, text);
    this.#blocks.push(block);
    this.body.append(block);
  }
}

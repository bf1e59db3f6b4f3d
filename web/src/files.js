// The files that a script finds in its working directory: kept in this tab, or in the session while
// there is one.
import { call, send } from "./api.js";
import { byId, download, formatBytes, h } from "./dom.js";

const ALL_MAX = 7_000_000; // of 10 MB a request, some become a third longer as base64

function textOf(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

function base64Of(bytes) {
  let binary = "";
  for (let start = 0; start < bytes.length; start += 32_768) binary += String.fromCharCode(...bytes.subarray(start, start + 32_768));
  return btoa(binary);
}

const pathInUrl = (path) => path.split("/").map(encodeURIComponent).join("/");

export class Files {
  #local = new Map(); // path -> bytes
  #remote = []; // of the session: {path, size}
  #session = null;
  #onChange;

  constructor(onChange) {
    this.#onChange = onChange;
    const input = byId("file-input");
    byId("add-files").addEventListener("click", () => input.click());
    input.addEventListener("change", () => { this.addAll([...input.files]); input.value = ""; });
    this.#listenToDrops();
    this.show();
  }

  /** The `files` of a request. */
  get fields() {
    return [...this.#local].map(([path, bytes]) => {
      const content = textOf(bytes);
      return content === null ? { path, content: base64Of(bytes), encoding: "base64" } : { path, content };
    });
  }

  /** From now on the files are those of this session; null: of the tab. */
  async use(session) {
    this.#session = session;
    await this.refresh();
  }

  async refresh() {
    try {
      if (this.#session) this.#remote = (await call("GET", `/sessions/${this.#session}/files`)).files;
    } catch (error) {
      this.#remote = [];
      this.#fail(error.message);
    }
    this.show();
  }

  put(path, bytes) {
    this.#local.set(path, bytes);
    this.show();
    this.#onChange();
  }

  async addAll(files) {
    this.#fail("");
    for (const file of files) {
      const bytes = new Uint8Array(await file.arrayBuffer());
      if (this.#session) await this.#upload(file.name, bytes);
      else if (this.#size() + bytes.length > ALL_MAX) this.#fail(`${file.name} is too large: a request holds ${formatBytes(ALL_MAX)} of files.`);
      else this.#local.set(file.name, bytes);
    }
    if (this.#session) await this.refresh();
    this.show();
    this.#onChange();
  }

  clear() {
    this.#local.clear();
    this.show();
  }

  show() {
    const rows = this.#session ? this.#remote : [...this.#local].map(([path, bytes]) => ({ path, size: bytes.length }));
    byId("files").replaceChildren(...rows.map((file) => this.#row(file)));
  }

  #row({ path, size }) {
    return h("li", {}, h("span", { class: "file-name" }, path), h("span", { class: "hint" }, formatBytes(size)),
      h("button", { type: "button", class: "quiet small", "aria-label": `Download ${path}`, onclick: () => this.#download(path) }, "Download"),
      h("button", { type: "button", class: "quiet small", "aria-label": `Remove ${path}`, onclick: () => this.#remove(path) }, "✕"));
  }

  #size() { return [...this.#local.values()].reduce((sum, bytes) => sum + bytes.length, 0); }

  #fail(message) {
    byId("files-error").textContent = message;
    byId("files-error").hidden = message === "";
  }

  #url(path) { return `/sessions/${this.#session}/files/${pathInUrl(path)}`; }

  async #upload(path, bytes) {
    try {
      await call("PUT", this.#url(path), { body: bytes });
    } catch (error) {
      this.#fail(error.message);
    }
  }

  async #download(path) {
    if (!this.#session) {
      download(path, [this.#local.get(path)]);
      return;
    }
    const response = await send("GET", this.#url(path));
    if (response.ok) download(path, [await response.arrayBuffer()]);
    else this.#fail((await response.json()).error);
  }

  async #remove(path) {
    this.#fail("");
    if (this.#session) {
      await call("DELETE", this.#url(path)).catch((error) => this.#fail(error.message));
      await this.refresh();
    } else {
      this.#local.delete(path);
    }
    this.show();
    this.#onChange();
  }

  #listenToDrops() {
    const veil = byId("drop");
    const hasFiles = (event) => event.dataTransfer?.types.includes("Files");
    addEventListener("dragover", (event) => {
      if (!hasFiles(event)) return;
      event.preventDefault();
      veil.hidden = false;
    });
    addEventListener("dragleave", (event) => { if (event.relatedTarget === null) veil.hidden = true; });
    // Before the editor, which would insert the file's text.
    addEventListener("drop", (event) => {
      veil.hidden = true;
      if (!hasFiles(event)) return;
      event.preventDefault();
      event.stopPropagation();
      this.addAll([...event.dataTransfer.files]);
    }, { capture: true });
  }
}

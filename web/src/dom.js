// Makes elements. Text goes in as text nodes alone: no string ever becomes markup.

/** h("p", {class: "x", onclick: f}, "text", node): attributes that are false or null are left out. */
export function h(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children.filter(isNode));
  return element;
}

const isNode = (child) => child !== null && child !== undefined && child !== false;

/** Puts `children`, of which some may be null or false, in the place of what is there. */
export function fill(place, ...children) { place.replaceChildren(...children.filter(isNode)); }

export const byId = (id) => document.getElementById(id);

/** The head of a dialog: its title and the button that closes it. */
export function dialogHead(dialog, id, title) {
  return h("div", { class: "sheet-head" }, h("h2", { id }, title),
    h("button", { type: "button", class: "quiet", "aria-label": "Close", onclick: () => dialog.close() }, "✕"));
}

/** A click on the backdrop closes the dialog, as Escape does. */
export function closeOnBackdrop(dialog) {
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog) dialog.close();
  });
}

export async function copyText(text, button) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not over plain http from another host
    const area = h("textarea", { class: "visually-hidden", "aria-hidden": "true" });
    (button.closest("dialog") ?? document.body).append(area);
    area.value = text;
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = label; }, 1500);
}

/** Always as a type that no browser shows: what a script wrote must not become a page of this origin. */
export function download(name, parts) {
  const url = URL.createObjectURL(new Blob(parts, { type: "application/octet-stream" }));
  h("a", { href: url, download: name.split("/").pop() }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

export function formatBytes(count) {
  if (count < 1000) return `${count} B`;
  return count < 1e6 ? `${(count / 1000).toFixed(1)} KB` : `${(count / 1e6).toFixed(1)} MB`;
}

export function bytesOfBase64(text) {
  return Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
}

// Asks for the key of a service that wants one.
import { byId, dialogHead, h } from "./dom.js";

/** The key, or null if none is given. */
export function askForKey(message) {
  const dialog = byId("key");
  const input = h("input", { id: "key-value", type: "password", autocomplete: "off", required: true });
  return new Promise((resolve) => {
    let given = null;
    const form = h("form", {
      method: "dialog",
      onsubmit: () => { given = input.value.trim() || null; },
    },
    h("p", {}, "This service answers only those who have a key. It is kept in this tab and forgotten when you close it."),
    message && h("p", { class: "field-error", role: "alert" }, message),
    h("label", { for: "key-value" }, "Key"), input,
    h("div", { class: "actions" }, h("button", { class: "primary" }, "Use this key")));
    dialog.replaceChildren(dialogHead(dialog, "key-title", "A key, please"), form);
    dialog.addEventListener("close", () => resolve(given), { once: true });
    dialog.showModal();
    input.focus();
  });
}

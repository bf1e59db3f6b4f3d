// The very request that Run sends, as curl, Python, JavaScript, and the configuration of an MCP client.
import { hasKey, origin } from "./api.js";
import { byId, closeOnBackdrop, copyText, dialogHead, h } from "./dom.js";

// JSON, which a quoted here-document passes on unchanged.
function curl(path, request) {
  const key = hasKey() ? "  -H \"Authorization: Bearer $FORKJAIL_API_KEY\" \\\n" : "";
  return `curl ${origin}${path} \\\n  -H 'Content-Type: application/json' \\\n${key}` +
    `  --data-binary @- <<'JSON'\n${JSON.stringify(request, null, 2)}\nJSON`;
}

function pythonValue(value) {
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "string") return pythonText(value);
  if (Array.isArray(value)) return `[${value.map(pythonValue).join(", ")}]`;
  if (typeof value === "object") return `{${Object.entries(value).map(([key, each]) => `${pythonText(key)}: ${pythonValue(each)}`).join(", ")}}`;
  return String(value);
}

function pythonText(text) {
  const plain = text.includes("\n") && !text.includes("\\") && !text.includes('"""') && !text.endsWith('"');
  return plain ? `"""${text.startsWith("\n") ? "" : "\\\n"}${text}"""` : JSON.stringify(text).replaceAll("\u007f", "\\u007f");
}

function pythonFiles(files) {
  const value = (file) => (file.encoding === "base64" ? `base64.b64decode(${pythonText(file.content)})` : pythonText(file.content));
  return `{${files.map((file) => `${pythonText(file.path)}: ${value(file)}`).join(", ")}}`;
}

function python(session, { script, files, include, ...rest }) {
  const more = Object.entries(rest).filter(([name]) => name !== "from").map(([name, value]) => `, ${name}=${pythonValue(value)}`);
  if (files) more.push(`, files=${pythonFiles(files)}`);
  const imports = (files ?? []).some((file) => file.encoding === "base64") ? "import base64\n" : "";
  const client = `client = Forkjail(${JSON.stringify(origin)}${hasKey() ? ", api_key=..." : ""})`;
  const receiver = session ? `client.attach(${pythonText(session)}).run` : "client.execute";
  return `# pip install ./clients/python\n${imports}from forkjail import Forkjail\n\n${client}\n` +
    `answer = ${receiver}(${pythonText(script)}${more.join("")})\nprint(answer.result, answer.stdout)`;
}

function javascript(path, request) {
  const key = hasKey() ? ", Authorization: `Bearer ${key}`" : "";
  return `const response = await fetch(${JSON.stringify(origin + path)}, {\n  method: "POST",\n` +
    `  headers: { "Content-Type": "application/json"${key} },\n  body: JSON.stringify(${JSON.stringify(request, null, 2).replaceAll("\n", "\n  ")}),\n});\n` +
    "console.log(await response.json());";
}

function mcp() {
  const server = { type: "http", url: `${origin}/mcp` };
  if (hasKey()) server.headers = { Authorization: "Bearer ${FORKJAIL_API_KEY}" };
  return JSON.stringify({ mcpServers: { forkjail: server } }, null, 2);
}

export function snippets({ path, session, request }) {
  return [["curl", curl(path, request)], ["Python", python(session, request)], ["JavaScript", javascript(path, request)], ["MCP", mcp()]];
}

/** `read()` gives what Run would send now. */
export function offerCode(read) {
  const dialog = byId("code");
  closeOnBackdrop(dialog);
  byId("code-button").addEventListener("click", () => {
    const sent = read();
    if (!sent) return;
    const all = snippets(sent);
    const text = h("pre", { id: "code-text", tabindex: "0", role: "tabpanel", "aria-label": "Code" });
    const tabs = all.map(([name]) => h("button", { type: "button", role: "tab", onclick: () => pick(name) }, name));
    const pick = (name) => {
      text.textContent = all.find(([each]) => each === name)[1];
      for (const tab of tabs) {
        const chosen = tab.textContent === name;
        tab.setAttribute("aria-selected", String(chosen));
        tab.tabIndex = chosen ? 0 : -1;
      }
    };
    const bar = h("div", { role: "tablist", class: "tabs", "aria-label": "Language", onkeydown: (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      const next = tabs[(tabs.indexOf(event.target) + step + tabs.length) % tabs.length];
      pick(next.textContent);
      next.focus();
    } }, ...tabs);
    pick("curl");
    dialog.replaceChildren(dialogHead(dialog, "code-title", "This request as code"), bar, text,
      h("div", { class: "actions" }, h("span", { class: "hint grow" }, "What Run sends now. The page adds Accept: text/event-stream."),
        h("button", { type: "button", class: "primary", onclick: (event) => copyText(text.textContent, event.target) }, "Copy")));
    dialog.showModal();
  });
}

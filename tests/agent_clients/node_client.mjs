// A client in JavaScript: does what a user does and prints what came of it as JSON.
// node node_client.mjs sdk|client URL legacy|auto
const [, , name, url, mode] = process.argv;

const modules =
  name === "sdk"
    ? {
        ...(await import("@modelcontextprotocol/sdk/client/index.js")),
        ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
      }
    : await import("@modelcontextprotocol/client");

const FIGURE = "import matplotlib.pyplot as plt\nplt.plot([1, 2, 4])\nplt.show()";
const options = name === "client" ? { versionNegotiation: { mode } } : {};
const client = new modules.Client({ name: "test", version: "1" }, options);
await client.connect(new modules.StreamableHTTPClientTransport(new URL(url)));

const call = (tool, args, ...more) => client.callTool({ name: tool, arguments: args }, ...more);
const textOf = (result) =>
  result.content.filter((block) => block.type === "text").map((block) => block.text).join("\n");
const optionsOf = (options) => (name === "sdk" ? [undefined, options] : [options]);

const tools = (await client.listTools()).tools.map((tool) => tool.name);
const session_id = JSON.parse(textOf(await call("create_session", {}))).session_id;
const run = (code, more = {}, ...rest) => call("run_python", { session_id, code, ...more }, ...rest);

const first = textOf(await run("x = 1\nx"));
const kept = textOf(await run("x += 1\nx"));
const branch = textOf(await run("x", { from_state: first.split("Session state: ")[1] }));
const figure = await call("run_python", { code: FIGURE });
const error = await run("1 / 0");

const progress = [];
await run("import time\nfor i in range(4):\n    print(i)\n    time.sleep(0.5)", {},
  ...optionsOf({ onprogress: (told) => progress.push(told) }));

const controller = new AbortController();
setTimeout(() => controller.abort("not needed"), 1000);
let cancelled = "not cancelled";
const started = Date.now();
try {
  await run("import time\nx = 9\ntime.sleep(25)", {}, ...optionsOf({ signal: controller.signal }));
} catch (failure) {
  cancelled = String(failure);
}
const after = textOf(await run("x"));
const seconds = (Date.now() - started) / 1000;
await client.close();

console.log(
  JSON.stringify({
    tools, kept, branch, cancelled, after, seconds,
    figure: figure.content.map((block) => [block.type, (block.data ?? "").slice(0, 11)]),
    error: [error.isError, textOf(error)],
    progress: progress.map((told) => told.progress),
  }),
);
process.exit(0);

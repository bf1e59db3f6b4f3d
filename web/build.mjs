// Makes the page of web/src: `node build.mjs PACKAGES OUTPUT`, the first being an installed package-lock.json. Scripts and styles are bundled and named by their
// content; each file is there plain, as gzip and as brotli, for the server to choose from; a list says
// which path serves which file.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const [packages, output] = process.argv.slice(2);
const esbuild = createRequire(join(packages, "package.json"))("esbuild");
const source = join(dirname(fileURLToPath(import.meta.url)), "src");
const WIRE_MAX = 400_000; // of all files together, as gzip

async function bundle(entry) {
  const built = await esbuild.build({
    entryPoints: [join(source, entry)], bundle: true, minify: true, write: false, format: "esm",
    target: ["chrome120", "firefox121", "safari17"], legalComments: "none", nodePaths: [join(packages, "node_modules")], logLevel: "warning",
  });
  return Buffer.from(built.outputFiles[0].contents);
}

const digest = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

function brotli(bytes) {
  return brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } });
}

const rows = [];
let wire = 0;

function add(path, name, bytes, lasts) {
  const gzip = gzipSync(bytes, { level: 9 });
  wire += gzip.length;
  writeFileSync(join(output, name), bytes);
  writeFileSync(join(output, `${name}.gz`), gzip);
  writeFileSync(join(output, `${name}.br`), brotli(bytes));
  rows.push([path, name, digest(bytes), lasts ? "immutable" : "revalidate"].join("\t"));
}

rmSync(output, { recursive: true, force: true });
mkdirSync(output, { recursive: true });

const named = {}; // page.js -> /page/page.HASH.js
for (const entry of ["page.js", "docs.js", "page.css", "icon.svg"]) {
  const bytes = entry.endsWith(".svg") ? readFileSync(join(source, entry)) : await bundle(entry);
  const [stem, suffix] = basename(entry).split(".");
  const name = `${stem}.${digest(bytes)}.${suffix}`;
  named[entry] = `/page/${name}`;
  add(named[entry], name, bytes, true);
}
for (const [path, entry] of [["/", "index.html"], ["/docs", "docs.html"]]) {
  const text = readFileSync(join(source, entry), "utf8").replace(/\{\{([\w.]+)\}\}/g, (all, name) => {
    if (!named[name]) throw new Error(`${entry} names ${name}, which is not built`);
    return named[name];
  });
  add(path, entry, Buffer.from(text), false);
}
if (wire > WIRE_MAX) throw new Error(`the page is ${wire} bytes as gzip, more than ${WIRE_MAX}`);
writeFileSync(join(output, "files.tsv"), `${rows.join("\n")}\n`);
console.log(`${rows.length} files, ${wire} bytes as gzip`);

// Reads a JSON list of flowcharts from stdin and writes, for each, its boxes, arrows and frames as Mermaid reads them.
// node parse_mermaid.mjs <a folder node_modules with mermaid and jsdom>
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const load = path => import(pathToFileURL(`${process.argv[2]}/${path}`).href);
const { JSDOM } = await load("jsdom/lib/api.js");
globalThis.window = new JSDOM("").window;
globalThis.document = window.document;
const { default: mermaid } = await load("mermaid/dist/mermaid.core.mjs");

const read = [];
for (const text of JSON.parse(readFileSync(0, "utf8"))) {
  await mermaid.parse(text);
  const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
  read.push({
    boxes: Object.fromEntries([...db.getVertices()].map(([id, v]) => [id, v.text])),
    arrows: db.getEdges().map(e => [e.start, e.end, e.text]),
    frames: db.getSubGraphs().map(f => [f.title, f.nodes]),
  });
}
process.stdout.write(JSON.stringify(read));

"use strict";
document.documentElement.classList.add("scripted");
const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent);
document.documentElement.classList.toggle("few", data.nodes.length < 300);
const PLAIN = {
  op: "", named: "", module: "", params: "", source: "", note: "", followed: "", time: "", forward: "", arrives: "", dtype: "float32", inputs: [],
  sends: [],
};
const named = (fields, values) => values && Object.fromEntries(fields.map((f, k) => [f, values[k] === undefined ? "" : values[k]]));
const SUMMARY = ["text", "size", "min", "max", "std", "norm", "zero", "bad", "first", "histogram"];
const SENT = ["to", "text", "total", "chip", "local"];
const nodes = [];  // by id; for a very large graph, only those that represent a box
data.nodes.forEach(n => {
  nodes[n.id] = { ...PLAIN, ...n, value: named(SUMMARY, n.value), grad: named(SUMMARY, n.grad) };
  nodes[n.id].sends = nodes[n.id].sends.map(sent => named(SENT, sent));
});
const users = nodes.map(() => []);
nodes.forEach(n => new Set(n.inputs).forEach(i => users[i].push(n.id)));
const views = [...document.querySelectorAll("#stage > .view")];
const TURNED = data.direction === "LR";
let view = views[0], picked = null, step = 0;
let detail = null;  // the function that fills the panel again in another language; null for its initial content

// --- the boxes and arrows of the view that is shown ---
let boxes = [];  // the boxes that represent nodes
let arrows = [];
let into = new Map();  // box -> its arrows
let drawn = new Map();  // number of a box, as used by arrows -> its element, including boxes that only say "left out"
let standing = new Map();  // id of a node -> the boxes that represent it: several for a leaf drawn at each use

const chart = () => view.querySelector("svg");
const about = () => data.views[views.indexOf(view)];
const number = (element, name) => Number(element.getAttribute(name));

function index() {
  chart().setAttribute("role", "group");  // an image would hide its boxes from a screen reader
  drawn = new Map([...view.querySelectorAll("[data-box]")].map(b => [b.dataset.box, b]));
  boxes = [...view.querySelectorAll("[data-nodes]")];
  standing = new Map();
  into = new Map();
  drawn.forEach(place);
  boxes.forEach(prepare);
  arrows = [...view.querySelectorAll(".tg-arrow")];
  arrows.forEach(a => {
    a.source = drawn.get(a.dataset.from);
    a.target = drawn.get(a.dataset.to);
    into.set(a.target, [...(into.get(a.target) || []), a]);
  });
}

function place(box) {
  const rect = box.querySelector(".tg-box");
  const [x, y, w, h] = rect ? ["x", "y", "width", "height"].map(k => number(rect, k))
                            : [number(box, "x") - 50, number(box, "y") - 15, 100, 22];
  box.at = { x, y, w, h };
  box.frame = box.dataset.frame === undefined ? -1 : Number(box.dataset.frame);
}

function prepare(box) {
  if (!box.members) {
    box.members = box.dataset.nodes.split(" ").map(Number);
    box.shown_grad = box.querySelector("text.tg-grad");
    if (box.shown_grad) box.shown_grad.full = box.shown_grad.textContent;
    const node = speaker(box);
    box.setAttribute("tabindex", "0");
    box.setAttribute("role", "button");
    box.setAttribute("aria-label", [node.label, node.kind, node.shape, node.value.text].join(", "));
  }
  box.members.forEach(m => {
    if (standing.has(m)) standing.get(m).push(box);
    else standing.set(m, [box]);
  });
}

const shown_id = box => box.last ?? box.members.at(-1);  // the node whose value and gradient are on the box
const speaker = box => nodes[shown_id(box)];
const holds = (box, id) => box !== undefined && box.members !== undefined && box.members.includes(id);

function twins(id, on) {
  const same = standing.get(id) || [];
  if (same.length > 1) same.forEach(b => b.classList.toggle("twin", on));
}

// --- colors: computed with the picture, and looked up here ---
function color(by) {
  const chosen = about().colors[by];  // none for "role", which is in the style sheet
  $("meaning").textContent = chosen ? T_(chosen.meaning) : "";
  boxes.forEach(b => {
    b.classList.toggle("tg-filled", Boolean(chosen));
    b.querySelectorAll(".tg-box").forEach(rect => {
      rect.style.fill = chosen ? chosen.palette[chosen.fills[b.dataset.box]] || "transparent" : "";
      rect.style.fillOpacity = chosen ? "1" : "";  // a picture drawn with another coloring has its own
    });
  });
}

// --- the options ---
function show(k) {
  view = views[k];
  views.forEach(v => { v.hidden = v !== view; });
  index();
  frames();
  color($("color").value);
  go(step);
  if (picked !== null) pick(picked);
}

const beginning = [...$("details").childNodes];

function leave() {
  picked = detail = null;
  $("details").replaceChildren(...beginning);
  relabel();
  go(0);
}

function matching(word) {
  const has = w => w.toLowerCase().includes(word.toLowerCase());
  return word ? nodes.filter(n => !n.literal && [n.label, n.op, n.module, n.kind, "#" + n.id].some(has)) : [];
}

function search(word) {
  go(0);
  if (!word) return;
  const hits = matching(word);
  brighten(new Set(hits.map(n => n.id)));
  const first = hits.slice(0, 8).map(n => "#" + n.id + " " + n.label).join(", ");
  $("said").textContent = (hits.length ? {{script:{n} found: {nodes}. Enter goes to the first}} : {{script:0 found}})
    .replace("{n}", hits.length).replace("{nodes}", first);
}

const bad = nodes[data.bad] || nodes.find(n => n && n.value.bad);  // the page of a large graph may not contain the node itself
const toBad = () => { if (bad) pick(bad.id, true); };

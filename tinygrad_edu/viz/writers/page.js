"use strict";
document.documentElement.classList.add("scripted");
const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const steps = data.steps;
const PHASES = { forward: {{script:forward}}, backward: {{script:backward}} };
const nodes = [];  // by id; of a very large graph only those that speak for a box
data.nodes.forEach(n => { nodes[n.id] = n; });
const users = nodes.map(() => []);
nodes.forEach(n => new Set(n.inputs).forEach(i => users[i].push(n.id)));
const views = [...document.querySelectorAll("#stage > .view")];
let view = views[0], scale = 1, picked = null, step = 0;

// --- the boxes and arrows of the view that is shown ---
let boxes = [];  // what stands for nodes
let arrows = [];
let drawn = new Map();  // number of a box, as the arrows know it -> its element; also of what only says "left out"
let standing = new Map();  // id of a node -> the boxes that stand for it: several for a leaf drawn at each use

function index() {
  view.querySelector("svg").setAttribute("role", "group");  // an image would hide its boxes from a screen reader
  drawn = new Map([...view.querySelectorAll("[data-box]")].map(b => [b.dataset.box, b]));
  boxes = [...view.querySelectorAll("[data-nodes]")];
  standing = new Map();
  boxes.forEach(prepare);
  arrows = [...view.querySelectorAll(".tg-arrow")];
  arrows.forEach(a => {
    a.source = drawn.get(a.dataset.from);
    a.target = drawn.get(a.dataset.to);
  });
}

function prepare(box) {
  box.members = box.dataset.nodes.split(" ").map(Number);
  box.members.forEach(m => standing.set(m, [...(standing.get(m) || []), box]));
  const node = speaker(box);
  box.setAttribute("tabindex", "0");
  box.setAttribute("role", "button");
  box.setAttribute("aria-label", [node.label, node.kind, node.shape, node.value.text].join(", "));
  box.onclick = () => pick(node.id);
  box.onkeydown = e => {
    if (e.key !== "Enter" && e.key !== " ") return;
    e.preventDefault();
    pick(node.id);
  };
  box.onmouseenter = box.onfocus = () => twins(node.id, true);
  box.onmouseleave = box.onblur = () => twins(node.id, false);
  const grad = box.querySelector("text.tg-grad");
  if (grad && grad.full === undefined) grad.full = grad.textContent;
}

const speaker = box => nodes[box.members.at(-1)];
const holds = (box, id) => box !== undefined && box.members !== undefined && box.members.includes(id);

function twins(id, on) {
  const same = standing.get(id) || [];
  if (same.length > 1) same.forEach(b => b.classList.toggle("twin", on));
}

{{details}}// --- step by step ---
function go(k) {
  step = Math.max(0, Math.min(steps.length, k));
  $("slider").value = step;
  plain();
  $("said").textContent = step ? steps[step - 1].text.join("\n") : "";
  $("count").textContent = step ? PHASES[steps[step - 1].phase] + " " + steps[step - 1].number + " / " + steps[step - 1].of
                                : {{script:{n} steps}}.replace("{n}", steps.length);
  if (step) mark(steps[step - 1]);
}

function mark(now) {
  const forward = now.phase === "forward";
  const made = new Set();  // nodes that are there by now
  const sums = new Map();  // node -> the gradient that has arrived so far
  steps.slice(0, step).forEach(s => {
    if (s.phase === "forward") [s.node, ...nodes[s.node].inputs].forEach(i => made.add(i));
    if (s.start) sums.set(s.node, s.start);
    s.sends.forEach(sent => sums.set(sent.to, sent.total));
  });
  if (forward) brighten(made);
  boxes.forEach(b => {
    b.classList.toggle("now", holds(b, now.node));
    b.classList.toggle("got", now.sends.some(sent => holds(b, sent.to)));
    const grad = b.querySelector("text.tg-grad"), sum = sums.get(speaker(b).id);
    if (!grad) return;
    grad.classList.toggle("later", sum === undefined);
    if (sum !== undefined) grad.textContent = "grad " + sum;
  });
  arrows.forEach(a => {
    const here = holds(a.target, now.node);
    a.classList.toggle("feed", forward && here);
    a.classList.toggle("flow", !forward && here && now.sends.some(sent => holds(a.source, sent.to)));
  });
  reveal(now.node, false);
}

// --- colours: computed where the picture is, and looked up here ---
function colour(by) {
  const chosen = data.colors[views.indexOf(view)][by];  // none for "role": the style sheet has those
  $("meaning").textContent = chosen ? chosen.meaning : "";
  boxes.forEach(b => b.querySelectorAll(".tg-box").forEach(rect => {
    rect.style.fill = chosen ? chosen.fills[b.dataset.box] || "transparent" : "";
    rect.style.fillOpacity = chosen ? "1" : "";  // a picture that was drawn in colours has its own
  }));
}

// --- the controls ---
function size() {
  const [, , width, height] = view.querySelector("svg").getAttribute("viewBox").split(" ").map(Number);
  return { width, height };
}

function zoom(s) {
  scale = s;
  const svg = view.querySelector("svg"), { width, height } = size();
  svg.setAttribute("width", width * s);
  svg.setAttribute("height", height * s);
}

function fit() {
  const { width, height } = size();
  zoom(Math.min(1.5, $("stage").clientWidth / width, $("stage").clientHeight / height));
}

function show(k) {
  view = views[k];
  views.forEach(v => { v.hidden = v !== view; });
  index();
  colour($("colour").value);
  go(step);
  if (picked !== null) pick(picked);
}

const beginning = [...$("details").childNodes];

function leave() {
  picked = null;
  $("details").replaceChildren(...beginning);
  go(0);
}

function matching(word) {
  const has = w => w.toLowerCase().includes(word.toLowerCase());
  return word ? data.nodes.filter(n => !n.literal && [n.label, n.op, n.module, n.kind].some(has)) : [];
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

const bad = nodes[data.bad] || data.nodes.find(n => n.value.bad);  // a large graph may not hold the node itself
const toBad = () => { if (bad) pick(bad.id, true); };
const KEYS = {
  ArrowRight: () => go(step + 1),
  ArrowLeft: () => go(step - 1),
  Home: () => go(0),
  End: () => go(steps.length),
  Escape: leave,
  "/": () => $("search").focus(),
  n: toBad,
};
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey) return;
  if (["INPUT", "SELECT"].includes(e.target.tagName)) {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  if (!(e.key in KEYS)) return;
  e.preventDefault();
  KEYS[e.key]();
});
views.forEach((v, k) => {
  const option = el("option", v.dataset.label);
  option.value = k;
  $("depth").append(option);
});
document.querySelectorAll("#details li").forEach((item, k) => {
  const id = data.findings[k].node;
  if (nodes[id] === undefined) return;
  const button = el("button", "#" + id);
  button.onclick = () => pick(id, true);
  item.append(" ", button);
});
$("depths").hidden = views.length < 2;
$("depth").onchange = e => show(Number(e.target.value));
$("colour").value = {{color}};
$("colour").onchange = e => colour(e.target.value);
$("in").onclick = () => zoom(scale * 1.25);
$("out").onclick = () => zoom(scale / 1.25);
$("fit").onclick = fit;
$("slider").max = steps.length;
$("slider").oninput = e => go(Number(e.target.value));
$("start").onclick = KEYS.Home;
$("back").onclick = KEYS.ArrowLeft;
$("next").onclick = KEYS.ArrowRight;
$("end").onclick = KEYS.End;
$("first-bad").hidden = !bad;
$("first-bad").onclick = toBad;
$("search").oninput = e => search(e.target.value);
$("search").onkeydown = e => {
  const [first] = matching(e.target.value);
  if (e.key === "Enter" && first) pick(first.id, true);
};
index();
go(0);
const room = $("stage").clientWidth / size().width;
if (room < 1 && room > 0.4) zoom(room);  // a little too wide: made to fit; much too wide: legible, and scrolled

// --- step by step: forward, backward, and the optimizer's step ---
const PHASES = { forward: () => {{script:forward}}, backward: () => {{script:backward}}, update: () => {{script:update}} };
const steps = data.steps.map(([phase, id]) => ({ phase, id }));
Object.keys(PHASES).forEach(phase => {
  const same = steps.filter(s => s.phase === phase);
  same.forEach((s, k) => Object.assign(s, { number: k + 1, of: same.length }));
});
const MADE = new Map();  // id -> the step at which it is computed, or, for a leaf, first used
const ARRIVED = new Map();  // id -> [[step, the gradient that has arrived by then], …]
const arrival = (id, k, text) => ARRIVED.set(id, [...(ARRIVED.get(id) || []), [k, text]]);
steps.forEach((s, k) => {
  const n = nodes[s.id];
  if (s.phase === "forward") [s.id, ...n.inputs].forEach(i => { if (!MADE.has(i)) MADE.set(i, k + 1); });
  if (s.phase !== "backward") return;
  if (data.outputs.includes(s.id)) arrival(s.id, k + 1, n.grad.text);
  n.sends.forEach(sent => arrival(sent.to, k + 1, sent.total));
});
const forwards = steps.filter(s => s.phase === "forward").length;

function words(s) {
  const n = nodes[s.id];
  if (s.phase === "forward") return [n.forward];
  if (s.phase === "update") return data.updates[s.id].slice(1);
  return [n.arrives, ...n.sends.map(sent => (sent.local ? sent.local + "      " : "") + sent.text)];
}

function go(k) {
  const before = step;
  step = Math.max(0, Math.min(steps.length, k));
  $("slider").value = step;
  const now = steps[step - 1];
  $("count").textContent = now ? PHASES[now.phase]() + " " + now.number + " / " + now.of
                               : {{script:{n} steps}}.replace("{n}", steps.length);
  $("said").classList.toggle("whole", now?.phase === "update");  // the rule has more lines than a step of the graph
  plain(before);
  tell(now);
  taken();  // first, because on a small screen the text takes room from the picture
  if (now) mark(now);
}

let marked = [];  // elements and the classes that the current step set on them

function set(element, name) {
  element.classList.add(name);
  marked.push([element, name]);
}

function plain(before) {
  marked.forEach(([element, name]) => element.classList.remove(name));
  marked = [];
  view.querySelectorAll(".tg-sent").forEach(e => e.remove());
  lit = null;
  if (!step || !before || (step <= forwards) !== (before <= forwards) || Math.abs(step - before) !== 1) {
    view.querySelectorAll(".picked").forEach(box => box.classList.remove("picked"));
    everywhere();
    return;
  }
  const passed = steps.slice(Math.min(before, step) - 1, Math.max(before, step));
  passed.forEach(s => [s.id, ...nodes[s.id].inputs, ...nodes[s.id].sends.map(sent => sent.to)].forEach(i => {
    (standing.get(i) || []).forEach(box => {
      dress(box);
      (into.get(box) || []).forEach(shade);
    });
  }));
}

// If all boxes change, the first AT_ONCE, visible ones before others, are restyled immediately, and the rest in the following
// frames: restyling thousands of boxes together would delay the step.
const AT_ONCE = 250;  // boxes and arrows restyled in one frame
let remaining = [], waiting = false;

function everywhere() {
  const seen = visible(), shown = box => box !== undefined && seen(box);
  const parts = [...boxes, ...modules, ...arrows], near = [], far = [];
  parts.forEach(p => (shown(p.dataset.from ? p.target : p) || shown(p.source) ? near : far).push(p));
  remaining = near.concat(far);
  some();
  if (!waiting) requestAnimationFrame(later);  // the frame after the one that shows these
  waiting = true;
}

const some = () => remaining.splice(0, AT_ONCE).forEach(p => (p.dataset.from ? shade(p) : dress(p)));

function later() {
  waiting = remaining.length > 0;
  if (waiting) requestAnimationFrame(() => { some(); later(); });
}

let lit = null;  // if not null, the only nodes that are not dimmed, such as those found by a search
const bright = box => box.members.some(m => (lit ? lit.has(m) : MADE.get(m) <= step));
const there = box => box === undefined || !box.members || (!lit && (!step || step > forwards)) || bright(box);

function dress(box) {
  box.classList.toggle("dim", !there(box));
  const id = shown_id(box);
  box.classList.toggle("unknown", $("predict").checked && Boolean(nodes[id]?.op) && MADE.get(id) > step);
  if (!box.shown_grad) return;
  const sums = (ARRIVED.get(id) || []).filter(([k]) => k <= step);
  box.shown_grad.classList.toggle("later", Boolean(step) && !sums.length);
  const text = shortened(step && sums.length ? "grad " + sums.at(-1)[1] : box.shown_grad.full, box.shown_grad.most ?? Infinity);
  if (box.shown_grad.textContent !== text) box.shown_grad.textContent = text;  // otherwise the browser would lay out every text again
}

function shade(arrow) {
  arrow.classList.toggle("dim", !there(arrow.source) || !there(arrow.target));
}

function mark(now) {
  (standing.get(now.id) || []).forEach(box => {
    set(box, now.phase === "update" ? "got" : "now");
    inside(box, now.id);
    if (now.phase === "update") flag(box, data.updates[now.id][0], "");
    const sends = new Map(nodes[now.id].sends.map(sent => [sent.to, sent]));
    const taken = [];
    (into.get(box) || []).forEach(a => {
      if (now.phase === "forward") set(a, "feed");
      const to = a.source && a.source.members ? a.source.members.find(m => sends.has(m)) : undefined;
      if (now.phase !== "backward" || to === undefined) return;
      set(a, "flow");
      set(a.source.cover || a.source, "got");
      backwards(a, sends.get(to).chip, taken);
    });
  });
  reveal(now.id, false);
}

const svg = (tag, attributes) => {
  const e = document.createElementNS("http://www.w3.org/2000/svg", tag);
  Object.entries(attributes).forEach(([k, v]) => e.setAttribute(k, v));
  return e;
};

const WIDEST = 6.8;  // pixels per character of a label, in the widest of the fonts

// Draw an arrow of the backward pass: its head is at the input, and its label is the gradient.
function backwards(arrow, text, taken) {
  const way = arrow.querySelector(".tg-edge"), start = way.getPointAtLength(0), length = way.getTotalLength();
  const wings = TURNED ? "l8 -4v8z" : "l-4 8h8z";
  const parts = svg("g", { class: "tg-sent" });
  parts.append(svg("path", { class: "tg-back", d: "M" + start.x + " " + start.y + wings }));
  const wide = WIDEST * text.length + 12;
  const spots = [0.5, 0.35, 0.65, 0.2, 0.8].map(f => way.getPointAtLength(f * length));
  const meets = (p, b) => p.x + wide / 2 > b.x && p.x - wide / 2 < b.x + b.w && p.y + 9 > b.y && p.y - 9 < b.y + b.h;
  const open = boxes.filter(b => !b.cover).map(at).concat(modules.filter(m => !m.cover).map(labelBox));
  const apart = p => taken.every(q => Math.abs(p.x - q.x) > (wide + q.wide) / 2 || Math.abs(p.y - q.y) > 19);
  const free = p => apart(p) && !open.some(b => meets(p, b));
  const spot = spots.find(free) || spots.find(apart) || aside(spots[0], wide, taken);
  taken.push({ x: spot.x, y: spot.y, wide });
  parts.append(svg("rect", { class: "tg-chip", x: spot.x - wide / 2, y: spot.y - 9, width: wide, height: 18, rx: 9 }));
  const label = svg("text", { class: "tg-chip-text", x: spot.x, y: spot.y + 4, "text-anchor": "middle" });
  label.textContent = text;
  parts.append(label);
  chart().append(parts);
}

// The nearest free place to the left or right of the labels at this height.
function aside(p, wide, taken) {
  const row = taken.filter(q => Math.abs(p.y - q.y) <= 19);
  const right = Math.max(...row.map(q => q.x + (q.wide + wide) / 2 + 4));
  const left_ = Math.min(...row.map(q => q.x - (q.wide + wide) / 2 - 4));
  return { x: right - p.x < p.x - left_ ? right : left_, y: p.y };
}

// Write the current op, and the number of its repetition, on a folded box.
function inside(box, id) {
  const fold = about().folds[box.dataset.box];
  if (!fold && !box.folded) return;
  const k = fold ? fold.ops.indexOf(id) : -1;
  flag(box, nodes[id].label + (k < 0 ? "" : "  " + (Math.floor(k / fold.period) + 1) + " / " + fold.times), " inside");
}

function flag(box, text, kind) {
  const { x, y, w } = at(box);
  const parts = svg("g", { class: "tg-sent" });
  const long = WIDEST * text.length + 12;
  parts.append(svg("rect", { class: "tg-chip" + kind, x: x + w - long - 6, y: y - 16, width: long, height: 18, rx: 9 }));
  const label = svg("text", { class: "tg-chip-text", x: x + w - 12, y: y - 3, "text-anchor": "end" });
  label.textContent = text;
  parts.append(label);
  chart().append(parts);
}

// --- playing ---
let playing = null;

function play(on) {
  clearInterval(playing);
  playing = on ? setInterval(onward, Number($("speed").value)) : null;
  $("play").textContent = on ? {{script:pause}} : {{script:play}};
  $("play").setAttribute("aria-pressed", String(on));
}

function onward() {
  if (asking()) return;
  if (step < steps.length) go(step + 1);
  else play(false);
}

function toggle() {
  if (!playing && step === steps.length) go(0);
  play(!playing);
}

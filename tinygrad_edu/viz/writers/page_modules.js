// --- modules: each can be folded into one box, and opened again, without a new layout ---
//
// A folded module keeps its place. Space that only folded modules occupied is removed: every
// coordinate of the picture goes through one monotonic function per axis, so nothing can overlap.
let modules = [];  // of the current view, outer ones first; the number of each is its index here
let squeeze = { x: v => v, y: v => v };
const TALL = 62;  // height of a folded module in pixels
const FREE = 10;  // pixels around everything that is not folded

const labelBox = m => m.folded ? at(m) : { ...at(m), w: 16 + 6.6 * m.full.length, h: 22 };  // the position of its text
const at = box => box.now || { ...box.at, x: box.at.x + (box.right || 0), y: box.at.y + (box.down || 0) };

function frames() {
  modules = [...view.querySelectorAll(".tg-group")];
  modules.forEach((m, k) => {
    const rect = m.querySelector(".tg-frame");
    Object.assign(m, about().frames[k], { folded: m.folded || false, title: m.querySelector(".tg-frame-title") });
    if (!m.at) m.at = { x: number(rect, "x"), y: number(rect, "y"), w: number(rect, "width"), h: number(rect, "height") };
    m.full = m.full || m.title.textContent;
    m.title.setAttribute("tabindex", "0");
    m.title.setAttribute("role", "button");
    m.members = [];
  });
  boxes.forEach(b => chain(b.frame).forEach(m => m.members.push(...b.members)));
  arrange();
}

const chain = k => {  // the modules around something, innermost first
  const found = [];
  for (; k >= 0; k = modules[k].parent) found.push(modules[k]);
  return found;
};
const cover = k => chain(k).filter(m => m.folded).at(-1);  // the outermost folded one, which is shown instead

function fold(module, on) {
  const before = at(module);
  module.folded = on;
  arrange();
  const after = at(module);
  move((before.x - after.x) * scale, (before.y - after.y) * scale);  // it stays under the pointer
  go(step);
  about_module(module);
}

function fold_to(depth) {  // 0: all open
  modules.forEach((m, k) => { m.folded = depth > 0 && chain(k).length >= depth && m.depth >= depth; });
  arrange();
  go(step);
}

function arrange() {
  boxes.concat([...drawn.values()].filter(b => !b.members)).forEach(b => { b.cover = cover(b.frame); });
  modules.forEach((m, k) => { m.cover = cover(m.parent); });
  const folded = modules.filter(m => m.folded && !m.cover);
  const open = [...drawn.values()].filter(b => !b.cover).map(b => b.at);
  squeeze = { x: squeezed(folded, open, "x", "w", wide), y: squeezed(folded, open, "y", "h", () => TALL) };
  drawn.forEach(b => {
    b.classList.toggle("away", b.cover !== undefined);
    const { x, y, w, h } = b.at;
    b.right = squeeze.x(x + w / 2) - x - w / 2;
    b.down = squeeze.y(y + h / 2) - y - h / 2;
    if (b.right || b.down) b.setAttribute("transform", "translate(" + b.right.toFixed(1) + " " + b.down.toFixed(1) + ")");
    else b.removeAttribute("transform");
  });
  modules.forEach(draw_module);
  if (folded.length || view.squeezed) {
    arrows.forEach(draw_arrow);
    resize();
  }
  view.squeezed = folded.length > 0;
  stand();
}

// The function of one axis: parts covered only by folded modules get shorter, everything else keeps its length.
function squeezed(folded, open, from, length, least) {
  if (!folded.length) return v => v;
  const ends = new Set(), hard = open.map(b => [b[from] - FREE, b[from] + b[length] + FREE]);
  folded.forEach(m => { ends.add(m.at[from]); ends.add(m.at[from] + m.at[length]); });
  hard.forEach(([a, b]) => { ends.add(a); ends.add(b); });
  const stops = [...ends].sort((a, b) => a - b);
  const kept = covered(stops, hard), soft = covered(stops, folded.map(m => [m.at[from], m.at[from] + m.at[length]]));
  const factors = stops.map(() => 1);
  for (let k = 0; k + 1 < stops.length; k += 1) if (soft[k] && !kept[k]) factors[k] = 0;
  folded.forEach(m => {  // each keeps room for its text
    const [a, b] = [m.at[from], m.at[from] + m.at[length]];
    const first = search_in(stops, a), last = search_in(stops, b);
    let fixed = 0, free = 0;
    for (let k = first; k < last; k += 1) {
      if (kept[k]) fixed += stops[k + 1] - stops[k];
      else free += stops[k + 1] - stops[k];
    }
    const factor = free ? Math.min(1, Math.max(0, least(m) - fixed) / free) : 0;
    for (let k = first; k < last; k += 1) if (!kept[k]) factors[k] = Math.max(factors[k], factor);
  });
  const places = [stops[0]];
  for (let k = 0; k + 1 < stops.length; k += 1) places.push(places[k] + factors[k] * (stops[k + 1] - stops[k]));
  return v => {
    if (v <= stops[0]) return v;
    const k = Math.min(search_in(stops, v), stops.length - 1);
    const last = k + 1 >= stops.length;
    return places[k] + (v - stops[k]) * (last ? 1 : factors[k]);
  };
}

// For each piece between two stops, whether any of the spans covers it.
function covered(stops, spans) {
  const change = new Array(stops.length + 1).fill(0);
  spans.forEach(([a, b]) => {
    change[search_in(stops, a)] += 1;
    change[search_in(stops, b)] -= 1;
  });
  let open = 0;
  return stops.map((_, k) => (open += change[k]) > 0);
}

// The index of the last stop that is not beyond v.
function search_in(stops, v) {
  let low = 0, high = stops.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (stops[middle] <= v) low = middle;
    else high = middle - 1;
  }
  return low;
}

const lines = m => [m.detail, m.value, m.grad ? "grad " + m.grad : ""].filter(Boolean);
const wide = m => Math.max(90, ...[m.full + "   ", ...lines(m)].map(t => 7 * t.length + 24));

const shortened = (text, most) => text.length > most ? text.slice(0, most - 1) + "…" : text;

function draw_module(m) {
  const x = squeeze.x(m.at.x), y = squeeze.y(m.at.y);
  const w = squeeze.x(m.at.x + m.at.w) - x, h = squeeze.y(m.at.y + m.at.h) - y;
  m.now = { x, y, w, h };
  m.classList.toggle("away", m.cover !== undefined);
  m.classList.toggle("folded", m.folded);
  const rect = m.querySelector(".tg-frame");
  Object.entries({ x, y, width: w, height: h }).forEach(([k, v]) => rect.setAttribute(k, v.toFixed(1)));
  m.title.setAttribute("x", (x + 10).toFixed(1));
  m.title.setAttribute("y", (y + 16).toFixed(1));
  m.title.setAttribute("aria-expanded", String(!m.folded));
  m.title.textContent = (m.folded ? "▸ " : "▾ ") + m.full;
  m.querySelectorAll(".tg-inside").forEach(e => e.remove());
  m.shown_grad = null;
  if (!m.folded) return;
  lines(m).forEach((text, k) => {
    const kind = text.startsWith("grad") ? "tg-grad" : k ? "tg-value" : "tg-soft";
    const line = svg("text", { class: "tg-inside " + kind, x: x + 10, y: y + 30 + 13 * k });
    line.most = Math.floor((w - 20) / 6.7);
    line.textContent = shortened(text, line.most);
    line.full = text;
    if (kind === "tg-grad") m.shown_grad = line;
    m.append(line);
  });
}

// The visible part of an arrow: from where it leaves the folded module around its start to where it enters the one around its end.
function draw_arrow(a) {
  const edge = a.querySelector(".tg-edge"), head = a.querySelector(".tg-head"), label = a.querySelector(".tg-label");
  if (!a.points) a.points = parsed(edge.getAttribute("d"));
  const source = a.source && a.source.cover, target = a.target && a.target.cover;
  a.classList.toggle("away", source !== undefined && source === target);
  const points = a.points, axis = TURNED ? 0 : 1, size_ = TURNED ? "w" : "h", from = TURNED ? "x" : "y";
  let first = 0, last = points.length - 1;
  if (source) first = Math.max(0, points.findIndex(p => p.stop && p[axis] >= source.at[from] + source.at[size_] - 1));
  if (target) {
    const found = points.findIndex((p, k) => k > first && p.stop && p[axis] >= target.at[from] - 1);
    last = found < 0 ? last : found;
  }
  const shown = points.slice(first, last + 1).map(p => ({ ...p, 0: squeeze.x(p[0]), 1: squeeze.y(p[1]) }));
  edge.setAttribute("d", shown.map((p, k) => (k ? p.letter : "M") + p[0].toFixed(1) + " " + p[1].toFixed(1)).join(" "));
  const tip = shown.at(-1), whole = points.at(-1);
  if (!tip) return;
  const back = target ? 3 : 0, by = [tip[0] - whole[0] - (TURNED ? back : 0), tip[1] - whole[1] - (TURNED ? 0 : back)];
  head.setAttribute("transform", "translate(" + by[0].toFixed(1) + " " + by[1].toFixed(1) + ")");
  if (label) label.setAttribute("transform", head.getAttribute("transform"));
  if (label) label.classList.toggle("away", target !== undefined);
}

// The points of a path of M, L and C: each with its command, and whether the path passes through it or only bends toward it.
function parsed(d) {
  const found = [];
  for (const [, letter, numbers] of d.matchAll(/([MLC])([^MLC]*)/g)) {
    const values = numbers.trim().split(/[ ,]+/).map(Number);
    for (let k = 0; k < values.length; k += 2) {
      const bend = letter === "C" && k % 6 < 4;
      found.push({ 0: values[k], 1: values[k + 1], letter: letter === "C" ? (k % 6 === 0 ? "C" : "") : letter, stop: !bend });
    }
  }
  return found;
}

function stand() {  // a folded module represents its contents
  standing = new Map();
  boxes.forEach(b => {
    const shown = b.cover || b;
    b.members.forEach(m => {
      const known = standing.get(m) || [];
      if (!known.includes(shown)) standing.set(m, [...known, shown]);
    });
  });
  into = new Map();
  arrows.forEach(a => {
    a.to = a.target && (a.target.cover || a.target);
    if (!a.classList.contains("away")) into.set(a.to, [...(into.get(a.to) || []), a]);
  });
}

function resize() {
  const svg_ = chart(), paper = view.querySelector(".tg-paper");
  if (!svg_.whole) svg_.whole = { w: number(paper, "width"), h: number(paper, "height") };
  const w = Math.max(squeeze.x(svg_.whole.w), 200), h = squeeze.y(svg_.whole.h);
  svg_.setAttribute("viewBox", "0 0 " + w + " " + h);
  [svg_, paper].forEach(e => {
    e.setAttribute("width", w);
    e.setAttribute("height", h);
  });
}

"use strict";
document.documentElement.classList.add("scripted");
const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent), frames = data.steps.length, seen = data.predictions;
const COLORS = 8;
const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
const element = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
let frame = frames - 1, theme = null;

// Colors as numbers, for pictures that are painted pixel by pixel.
function readTheme() {
  const style = getComputedStyle(document.documentElement), rgb = name => {
    const hex = style.getPropertyValue(name).trim().slice(1);
    return [0, 2, 4].map(i => parseInt(hex.slice(i, i + 2), 16));
  };
  theme = { card: rgb("--card"), ink: rgb("--ink"), series: [...Array(COLORS).keys()].map(k => rgb(`--s${k}`)), weights: rgb("--s0"), grads: rgb("--grad") };
}
const mixed = (from, to, share) => from.map((v, i) => Math.round(v + (to[i] - v) * share));

// --- curves with a cursor ---

const charts = {};

function drawCurve(id, lines, options) {
  const chart = charts[id] = drawChart($(id), lines, { xLabel: {{script:update}}, ...options });
  chart.cursor = $(id).appendChild(make("path", { class: "now" }));
  chart.from = lines[0].x[0];
  $(id).onclick = e => {
    const box = $(id).getBoundingClientRect(), at = (e.clientX - box.left) * chart.width / box.width;
    time.jump(nearest(k => Math.abs(chart.px(data.steps[k]) - at)));
  };
}

const nearest = away => data.steps.reduce((best, _, k) => away(k) < away(best) ? k : best, 0);

function drawCurves() {
  const { loss, lr, grad_norm } = data.curves, x = curve => curve.at.map(i => i + 1), narrow = innerWidth < 761;
  const lines = [{ name: {{script:loss of each update}}, x: x(loss), y: loss.y, stroke: "color-mix(in srgb, var(--s0) 45%, transparent)", width: 1.5 }];
  const ends = data.perEpoch.at;
  Object.entries(data.perEpoch.y).filter(([name]) => name.endsWith("loss")).forEach(([name, curve], k) => {
    lines.push({ name: name + " " + {{script:(epoch)}}, x: curve.at.map(i => ends[i]), y: curve.y, stroke: `var(--s${k})`, width: 2.5, dash: k ? "7 3" : null });
  });
  const values = lines.flatMap(line => line.y).filter(Number.isFinite), log = Math.min(...values) > 0 && Math.max(...values) > 10 * Math.min(...values);
  drawCurve("loss", lines, { height: narrow ? 200 : 230, log, most: true });
  $("legend").replaceChildren(...lines.map(line => {
    const span = element("span"), key = element("i");
    key.style.borderTopColor = line.stroke;
    if (line.dash) key.style.borderTopStyle = "dashed";
    span.append(key, line.name);
    return span;
  }));
  const norms = grad_norm.y.filter(v => v > 0);
  drawCurve("norm", [{ x: x(grad_norm), y: grad_norm.y, stroke: "var(--grad)", width: 1.5 }], { height: 170, log: norms.length > 0 && norms.length === grad_norm.y.filter(Number.isFinite).length });
  drawCurve("rate", [{ x: x(lr), y: lr.y, stroke: "var(--s2)" }], { height: 170 });
}

function moveCursors() {
  for (const chart of Object.values(charts)) {
    const x = Math.min(Math.max(chart.px(data.steps[frame] || chart.from), chart.left), chart.right);
    chart.cursor.setAttribute("d", `M${x} ${chart.top}V${chart.bottom}`);
  }
}

// The last number of a curve at or before a step.
function upTo(at, y, step) {
  let found = null;
  for (let i = 0; i < at.length && at[i] <= step; i++) found = y[i];
  return found;
}

function drawNumbers() {
  const step = data.steps[frame], out = [];
  const add = (name, v) => { if (v !== null && v !== undefined) { const span = element("span", { textContent: name + " " }); span.append(element("b", { textContent: show(v) })); out.push(span); } };
  for (const [name, curve] of Object.entries(data.perEpoch.y)) add(name, upTo(curve.at.map(i => data.perEpoch.at[i]), curve.y, step));
  add("lr", upTo(data.curves.lr.at, data.curves.lr.y, step));
  add({{script:gradient norm}}, upTo(data.curves.grad_norm.at, data.curves.grad_norm.y, step));
  $("numbers").replaceChildren(...out);
}

// --- what the model predicts ---

let grid, said, levels;

function readPredictions() {
  if (!seen) return;
  if (seen.grid) grid = bytes(seen.grid);
  if (seen.said) said = bytes(seen.said);
  if (seen.levels) {
    const raw = bytes(seen.levels);
    levels = seen.view === "surface" ? Float64Array.from(raw, v => v / 255) : Float64Array.from({ length: raw.length / 2 }, (_, i) => (256 * raw[2 * i] + raw[2 * i + 1]) / 65535);
  }
}

function namePredictions() {
  if (!seen) return;
  const titles = {
    boundary: {{script:Decision boundary}}, surface: {{script:Predicted surface}}, curve: {{script:Fitted curve}}, scatter: {{script:Predicted against true}},
    none: {{script:Predictions}},
  };
  $("seen").textContent = titles[seen.view];
  if (seen.view === "boundary" || seen.view === "surface") $("view").replaceChildren(element("canvas", { id: "plane" }));
  else if (seen.view !== "none") $("view").replaceChildren(make("svg", { id: "line", role: "img", "aria-label": titles[seen.view] }));
  const captions = {
    boundary: {{script:The weaker the color, the less certain the prediction. A ring marks a misclassified row.}}, surface: {{script:The color of a dot is its target, the color around it the prediction.}},
    curve: {{script:Dots: the rows. Line: the model.}}, scatter: {{script:On the dashed line, the prediction equals the target.}}, none: "",
  };
  $("caption").textContent = captions[seen.view];
}

function drawPredictions() {
  $("predictions").hidden = !seen;
  if (!seen) return;
  const score = element("b", { textContent: show(seen.kind === "classes" ? Math.round(1000 * seen.right[frame]) / 10 : seen.error[frame]) + (seen.kind === "classes" ? "%" : "") });
  $("score").replaceChildren((seen.kind === "classes" ? {{script:correct}} : {{script:root mean squared error}}) + " ", score);
  if (seen.view === "boundary" || seen.view === "surface") drawPlane();
  else if (seen.view !== "none") drawLine();
  if (seen.confusion) drawConfusion();
}

function shade(k) {
  if (seen.view === "boundary") {
    const code = grid[k], c = Math.floor(code / data.levels), sure = (code % data.levels) / (data.levels - 1);
    return mixed(theme.card, theme.series[c % COLORS], 0.1 + 0.5 * sure);
  }
  return diverging(levels[k]);
}

const diverging = t => t < 0.5 ? mixed(theme.card, theme.series[1], 0.9 - 1.8 * t) : mixed(theme.card, theme.series[0], 1.8 * t - 0.9);

function drawPlane() {
  const canvas = $("plane"), side = Math.sqrt((grid || levels).length / frames), width = widthOf($("view")), height = Math.min(width * 0.8, 420);
  const ratio = devicePixelRatio || 1, small = new OffscreenCanvas(side, side), dots = new ImageData(side, side);
  for (let r = 0; r < side; r++) for (let c = 0; c < side; c++) {
    const [red, green, blue] = shade(frame * side * side + (side - 1 - r) * side + c), i = 4 * (r * side + c);
    dots.data[i] = red; dots.data[i + 1] = green; dots.data[i + 2] = blue; dots.data[i + 3] = 255;
  }
  small.getContext("2d").putImageData(dots, 0, 0);
  canvas.width = width * ratio; canvas.height = height * ratio;
  canvas.style.height = `${height}px`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", $("seen").textContent);
  const pen = canvas.getContext("2d");
  pen.scale(ratio, ratio);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, width, height);
  const [[x0, x1], [y0, y1]] = seen.box, css = c => `rgb(${c})`;
  seen.rows[0].forEach((x, i) => {
    const px = width * (x - x0) / (x1 - x0), py = height * (1 - (seen.rows[1][i] - y0) / (y1 - y0));
    const own = seen.view === "boundary" ? theme.series[seen.truth[i] % COLORS] : diverging((seen.y[i] - seen.low) / (seen.high - seen.low));
    pen.beginPath();
    if (seen.view === "boundary" && seen.truth[i] % 2) pen.rect(px - 3.2, py - 3.2, 6.4, 6.4); else pen.arc(px, py, 3.6, 0, 7);
    pen.fillStyle = css(own); pen.fill();
    pen.lineWidth = 1; pen.strokeStyle = css(theme.card); pen.stroke();
    if (seen.view === "boundary" && said[frame * seen.truth.length + i] !== seen.truth[i]) {
      pen.beginPath(); pen.arc(px, py, 6.5, 0, 7); pen.lineWidth = 1.5; pen.strokeStyle = css(theme.ink); pen.stroke();
    }
  });
}

function drawLine() {
  const n = levels.length / frames, y = [...levels.slice(frame * n, (frame + 1) * n)].map(t => seen.low + (seen.high - seen.low) * t);
  const ends = [seen.low, seen.high];
  let x, lines;
  if (seen.view === "curve") {
    const [[a, b]] = seen.box;
    x = y.map((_, i) => a + (b - a) * (i + 0.5) / n);
    lines = [{ x, y, stroke: "var(--s1)", width: 3 }, { x: [a, a], y: ends, stroke: "none" }];
  } else {
    x = seen.x;
    lines = [{ x: ends, y: ends, stroke: "var(--line)", dash: "4 4" }];
  }
  const chart = drawChart($("line"), lines, { height: Math.min(360, widthOf($("view")) * 0.8), xLabel: seen.view === "curve" ? "x" : {{script:target}} });
  const dots = seen.view === "curve" ? seen.rows[0].map((v, i) => [v, seen.y[i]]) : x.map((v, i) => [v, y[i]]);
  for (const [a, b] of dots) $("line").append(make("circle", { cx: chart.px(a), cy: chart.py(b), r: 3, style: "fill:var(--s0);fill-opacity:.6" }));
}

function drawConfusion() {
  const n = seen.classes, counts = seen.confusion[frame], head = element("tr"), rows = [head];
  head.append(element("th", { textContent: {{script:true ╲ predicted}} }), ...[...Array(n).keys()].map(c => element("th", { textContent: c, scope: "col" })));
  for (let r = 0; r < n; r++) {
    const tr = element("tr"), total = counts.slice(r * n, (r + 1) * n).reduce((a, b) => a + b, 0) || 1;
    tr.append(element("th", { textContent: r, scope: "row" }));
    for (let c = 0; c < n; c++) {
      const share = counts[r * n + c] / total, td = element("td", { textContent: counts[r * n + c] || "·" });
      td.style.background = `color-mix(in srgb, var(${r === c ? "--s0" : "--s1"}) ${Math.round(70 * share)}%, transparent)`;
      tr.append(td);
    }
    rows.push(tr);
  }
  $("confusion").hidden = false;
  $("confusion").replaceChildren(...rows);
}

// --- weights and gradients ---

function film(entry, what, label) {
  const box = element("div", { className: "film" }), picture = element("div", { className: "picture" }), canvas = element("canvas", { width: frames, height: data.bins });
  const cursor = element("div", { className: "cursor" }), now = make("svg", { viewBox: `0 0 64 74`, "aria-hidden": "true" });
  const range = element("div", { className: "range soft" }), norm = element("span");
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${entry.name}: ${label}`);
  picture.append(canvas, cursor);
  range.append(element("span", { textContent: `${label}: ${show(entry[what].low, 2)} … ${show(entry[what].high, 2)}` }), norm);
  box.append(picture, now, range);
  const film = { ...entry[what], counts: bytes(entry[what].bins), canvas, cursor, now, norm, what };
  picture.onclick = e => { const r = picture.getBoundingClientRect(); time.jump(Math.floor(frames * (e.clientX - r.left) / r.width)); };
  films.push(film);
  return box;
}

const films = [];

function buildParameters() {
  films.length = 0;
  $("parameters").replaceChildren();
  for (const entry of data.parameters) {
    const box = element("div", { className: "parameter" });
    box.append(element("h3", { className: "mono", textContent: entry.name }), film(entry, "weights", {{script:weights}}), film(entry, "grads", {{script:gradients}}));
    $("parameters").append(box);
  }
  if (data.leftOut) $("left-out").textContent = {{script:Parameters not shown: {n}.}}.replace("{n}", data.leftOut);
}

function paintFilms() {
  for (const film of films) {
    const dots = new ImageData(frames, data.bins), own = theme[film.what];
    for (let f = 0; f < frames; f++) for (let b = 0; b < data.bins; b++) {
      const [red, green, blue] = own, i = 4 * ((data.bins - 1 - b) * frames + f), v = film.counts[f * data.bins + b];
      dots.data[i] = red; dots.data[i + 1] = green; dots.data[i + 2] = blue; dots.data[i + 3] = v ? 25 + 0.9 * v : 0;
    }
    film.canvas.getContext("2d").putImageData(dots, 0, 0);
  }
}

function moveFilms() {
  for (const film of films) {
    film.cursor.style.left = `${100 * (frame + 0.5) / frames}%`;
    const high = 74 / data.bins, bars = [...Array(data.bins).keys()].map(b => {
      const v = film.counts[frame * data.bins + b] / 255;
      return `M0 ${74 - (b + 1) * high}h${64 * v}v${high * 0.9}h${-64 * v}z`;
    });
    film.now.replaceChildren(make("path", { d: bars.join(""), style: `fill:var(${film.what === "weights" ? "--s0" : "--grad"})` }));
    film.norm.textContent = `‖·‖ ${show(film.norms[frame], 3)}`;
  }
}

// --- findings ---

const items = [];

function buildFindings() {
  items.length = 0;
  $("findings").replaceChildren();
  $("marks").replaceChildren();
  if (!data.findings.length) $("findings").append(element("li", { className: "soft", textContent: {{script:None in any frame.}} }));
  for (const finding of data.findings) {
    const item = element("li"), first = finding.at[0], button = element("button", { onclick: () => time.jump(first) });
    button.textContent = {{script:from update {step}}}.replace("{step}", data.steps[first]);
    item.append(button, element("span", { textContent: T_(finding.text) }));
    item.frames = new Set(finding.at);
    items.push(item);
    $("findings").append(item);
    const mark = element("i");
    mark.style.left = `${100 * first / Math.max(frames - 1, 1)}%`;
    $("marks").append(mark);
  }
}

// --- time ---

function draw() {
  $("slider").value = frame;
  const epoch = data.epochs[frame];
  $("where").textContent = {{script:update {step}, epoch {epoch}}}.replace("{step}", data.steps[frame]).replace("{epoch}", epoch);
  $("slider").setAttribute("aria-valuetext", $("where").textContent);
  moveCursors();
  drawNumbers();
  drawPredictions();
  moveFilms();
  items.forEach(item => item.classList.toggle("off", !item.frames.has(frame)));
}

const time = timeControls($("slider"), { at: () => frame, last: () => frames - 1, move: to => { frame = to; draw(); } });
function redraw() { readTheme(); drawCurves(); paintFilms(); draw(); }

$("slider").max = frames - 1;
repaint = redraw;
addEventListener("resize", () => { drawCurves(); draw(); });
respeak = () => {
  const updates = data.updates === 1 ? {{script:1 update}} : {{script:{n} updates}}.replace("{n}", data.updates);
  const epochs = data.perEpoch.at.length === 1 ? {{script:1 epoch}} : {{script:{n} epochs}}.replace("{n}", data.perEpoch.at.length);
  $("about").textContent = [updates, epochs, ...(data.stopped ? [data.stopped] : [])].join(", ");
  namePredictions();
  buildParameters();
  buildFindings();
  time.label();
  redraw();
};
readPredictions();
const asked = new URLSearchParams(location.hash.slice(1));
if (asked.has("frame")) frame = Math.min(frames - 1, Math.max(0, Math.round(+asked.get("frame")) || 0));
speak(language);

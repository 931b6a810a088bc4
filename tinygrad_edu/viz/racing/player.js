document.documentElement.classList.add("scripted");
const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent), lanes = data.lanes;
const dark = matchMedia("(prefers-color-scheme: dark)");
const html = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
const LEVELS = 14, GRID = 70, RATES = data.rates, WIDTH = 660, HEIGHT = 560;
const RANGES = {  // option -> its slider: from, to, and how the slider's place becomes a number
  rate: { from: -5, to: 2, number: s => 10 ** s, place: v => Math.log10(v) },
  decay: { from: 0, to: 4, number: s => 1 - 10 ** -s, place: v => -Math.log10(Math.max(1 - v, 1e-4)) },
  small: { from: -12, to: 0, number: s => 10 ** s, place: v => Math.log10(Math.max(v, 1e-12)) },
};
const MAIN = ["lr", "momentum", "beta1", "beta2", "rho", "alpha", "eps"];
const OPTIONS = {
  lr: ["rate", {{script:learning rate lr}}], momentum: ["decay", "momentum γ"], beta1: ["decay", "β₁"], beta2: ["decay", "β₂"], rho: ["decay", "rho ρ"],
  alpha: ["decay", "alpha"], eps: ["small", "eps ε"], dampening: ["decay", "dampening"],
};

// --- what can be changed ---

let reporting = null, surface = null, ground = null, runs = [], changed = false, step = 0, chosen = 0, timer = null, view = "above", turn = 0.7, tilt = 0.95;
const state = { key: 0, condition: null, start: [...data.start], placed: false, steps: data.steps, noise: data.noise };
lanes.forEach(lane => { lane.on = true; lane.options = { ...(lane.rule !== null ? RULES[lane.rule].options : { lr: lane.lr }) }; lane.own = { ...lane.options }; });

function chooseSurface() {
  const text = state.key === "text", facts = text ? null : data.surfaces[state.key];
  if (text) {
    const f = parseFunction($("text").value);
    surface = { name: $("text").value, f, box: [-4, 4, -4, 4], minima: [], lowest: null };
  } else if (facts.known) {
    surface = { ...facts, f: fromTable(facts.known) };
  } else if (facts.condition !== null) {
    const condition = state.condition, height = 4 / condition ** 0.25, f = SURFACES[state.key];
    if (!state.placed) state.start = [-3.5, 0.8 * height];  // as viz.quadratic has it
    surface = { ...facts, condition, start: [...state.start], box: [-4, 4, -height, height], f: (x, y) => f(x, y, condition) };
  } else {
    surface = { ...facts, f: SURFACES[state.key] };
  }
  $("condition-row").hidden = text || facts.condition === null;
  $("text-row").hidden = !text;
}

const untouched = () => !changed && state.key === 0;

function compute() {
  const generator = seed => new Generator(seed);
  runs = lanes.map((lane, k) => {
    if (lane.run && (lane.rule === null || untouched())) return lane.run;  // as Python computed it
    return runRule(RULES[lane.rule], lane.options, surface, state.start, state.steps, state.noise ? gaussian(generator(k + 1), state.noise) : null);
  });
}

// --- the surface on a grid ---

function sample() {
  const [x0, x1, y0, y1] = surface.box, values = new Float64Array((GRID + 1) ** 2);
  let low = Infinity, high = -Infinity;
  for (let j = 0; j <= GRID; j++) for (let i = 0; i <= GRID; i++) {
    const v = surface.f(x0 + (x1 - x0) * i / GRID, y0 + (y1 - y0) * j / GRID)[0];
    values[j * (GRID + 1) + i] = v;
    if (Number.isFinite(v)) { low = Math.min(low, v); high = Math.max(high, v); }
  }
  if (surface.lowest !== null && surface.lowest !== undefined) low = surface.lowest;
  const top = high - low, first = surface.f(...(surface.start || state.start))[0] - low;
  const bottom = Math.min(first > 0 ? 1e-3 * first : 1e-4 * top, 1e-2 * top);
  // 0 at the lowest contour, 1 at the highest point, evenly in the logarithm of the height above the lowest
  const height = v => top > 0 ? Math.log(Math.max(v - low, bottom) / bottom) / Math.log(top / bottom) : 0;
  const tall = v => top > 0 ? Math.cbrt(Math.max(v - low, 0) / top) : 0;
  ground = { values, height, tall, risen: values.map(v => Number.isFinite(v) ? tall(v) : 1), heights: values.map(v => Number.isFinite(v) ? height(v) : 1), low };
}

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const rgb = name => [1, 3, 5].map(i => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16));
  return { card: rgb("--card"), hill: rgb("--s0"), line: style.getPropertyValue("--line"), ink: style.getPropertyValue("--ink") };
}

function segments(level) {  // along which the heights cross a level, in cells of the grid
  const out = [], { heights } = ground, side = GRID + 1;
  for (let j = 0; j < GRID; j++) for (let i = 0; i < GRID; i++) {
    const at = j * side + i, a = heights[at], b = heights[at + 1], c = heights[at + side + 1], d = heights[at + side];
    if ((a < level) === (b < level) && (b < level) === (c < level) && (c < level) === (d < level)) continue;  // most cells
    const corners = [[i, j, a], [i + 1, j, b], [i + 1, j + 1, c], [i, j + 1, d]], cuts = [];
    corners.forEach((p, k) => {
      const q = corners[(k + 1) % 4];
      if ((p[2] < level) !== (q[2] < level)) { const s = (level - p[2]) / (q[2] - p[2]); cuts.push([p[0] + s * (q[0] - p[0]), p[1] + s * (q[1] - p[1])]); }
    });
    for (let k = 0; k + 1 < cuts.length; k += 2) out.push([cuts[k], cuts[k + 1]]);
  }
  return out;
}

function fitCanvas(canvas) {
  const ratio = devicePixelRatio || 1, width = widthOf($("stage")), height = width * HEIGHT / WIDTH;
  canvas.width = width * ratio; canvas.height = height * ratio;
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio * width / WIDTH, 0, 0, ratio * width / WIDTH, 0, 0);
  return pen;
}

function drawGround() {
  drawAxes();
  $("title").textContent = {{script:{surface}: the update rules race}}.replace("{surface}", surface.condition ? `${data.valley} ${show(surface.condition, 3)}` : surface.name);
  const pen = fitCanvas($("ground")), theme = readTheme(), side = GRID + 1;
  const small = new OffscreenCanvas(side, side), dots = new ImageData(side, side);
  for (let j = 0; j < side; j++) for (let i = 0; i < side; i++) {
    const t = 0.5 * Math.min(1, Math.max(0, 1 - ground.heights[(side - 1 - j) * side + i])), at = 4 * (j * side + i);
    for (let c = 0; c < 3; c++) dots.data[at + c] = theme.card[c] + (theme.hill[c] - theme.card[c]) * t;
    dots.data[at + 3] = 255;
  }
  small.getContext("2d").putImageData(dots, 0, 0);
  pen.imageSmoothingQuality = "high";
  pen.drawImage(small, 0, 0, WIDTH, HEIGHT);
  pen.strokeStyle = theme.line;
  for (let k = 0; k < LEVELS; k++) {
    pen.globalAlpha = 0.9 - 0.5 * k / LEVELS;
    pen.beginPath();
    for (const [[a, b], [c, d]] of segments(0.001 + k / LEVELS)) {
      pen.moveTo(WIDTH * a / GRID, HEIGHT * (1 - b / GRID));
      pen.lineTo(WIDTH * c / GRID, HEIGHT * (1 - d / GRID));
    }
    pen.stroke();
  }
  pen.globalAlpha = 1;
}

// --- from above ---

const far = v => Math.max(-20000, Math.min(20000, v));
const px = x => far(WIDTH * (x - surface.box[0]) / (surface.box[1] - surface.box[0]));
const py = y => far(HEIGHT * (1 - (y - surface.box[2]) / (surface.box[3] - surface.box[2])));
const color = k => `var(--s${k % 8})`;
const visible = () => lanes.map((_, k) => k).filter(k => lanes[k].on);

function arrow(from, to, stroke, width, dash) {
  const [a, b] = from, [c, d] = to, length = Math.hypot(c - a, d - b);
  if (length < 1) return [];
  const u = (c - a) / length, v = (d - b) / length, h = Math.min(9, length);
  const head = `M${c} ${d}L${c - h * u - h * v / 2} ${d - h * v + h * u / 2}L${c - h * u + h * v / 2} ${d - h * v - h * u / 2}Z`;
  return [make("path", { style: `fill:none;stroke:${stroke}`, "stroke-width": width, "stroke-dasharray": dash || null, d: `M${a} ${b}L${c} ${d}` }), make("path", { d: head, style: `fill:${stroke}` })];
}

function towards(point, vector, pixels) {  // a point `pixels` away in the direction of a vector of the surface
  const u = px(point[0] + vector[0]) - px(point[0]), v = py(point[1] + vector[1]) - py(point[1]), length = Math.hypot(u, v);
  return length ? [px(point[0]) + u / length * pixels, py(point[1]) + v / length * pixels] : [px(point[0]), py(point[1])];
}

function drawAxes() {
  const [x0, x1, y0, y1] = surface.box, layer = $("axes");
  layer.replaceChildren();
  for (const t of ticks(x0, x1, 6)) if (px(t) > 20 && px(t) < WIDTH - 20)
    layer.append(make("path", { class: "frame", d: `M${px(t)} ${HEIGHT}v-5` }), make("text", { x: px(t), y: HEIGHT - 9, "text-anchor": "middle" }, show(t)));
  for (const t of ticks(y0, y1, 6)) if (py(t) > 20 && py(t) < HEIGHT - 30)
    layer.append(make("path", { class: "frame", d: `M0 ${py(t)}h5` }), make("text", { x: 9, y: py(t) + 4 }, show(t)));
}

function drawPlan() {
  const layer = $("paths");
  layer.replaceChildren();
  for (const [a, b] of surface.condition ? [[0, 0]] : surface.minima) layer.append(make("path", { class: "minimum", d: `M${px(a) - 5} ${py(b)}h10m-5 -5v10` }));
  if (untouched()) for (const k of visible()) for (const path of lanes[k].others || [])
    layer.append(make("path", { d: trace(path), style: `fill:none;stroke:${color(k)}`, opacity: 0.35 }));
  for (const k of visible()) {
    const { path } = runs[k], last = Math.min(step, path.length - 1);
    layer.append(make("path", { d: trace(path), style: `fill:none;stroke:${color(k)}`, "stroke-width": k === chosen ? 3.2 : 1.8, "stroke-dasharray": lanes[k].dash || null, opacity: k === chosen ? 1 : 0.8, "stroke-linejoin": "round" }));
    layer.append(make("circle", { cx: px(path[last][0]), cy: py(path[last][1]), r: k === chosen ? 6 : 4, style: `fill:${color(k)}` }));
  }
  const run = runs[chosen], last = Math.min(step, run.path.length - 1), here = run.path[last];
  if (lanes[chosen].on && last < run.gradient.length) {
    const g = run.gradient[last], next = run.path[last + 1], from = [px(here[0]), py(here[1])], past = momentum(run, last);
    layer.append(...arrow(from, towards(here, [-g[0], -g[1]], 60), "var(--soft)", 2, "5 3"));
    if (past) layer.append(...arrow(from, towards(here, [-past[0], -past[1]], 60), "var(--ink)", 2, "2 3"));
    layer.append(...arrow(from, [px(next[0]), py(next[1])], color(chosen), 4));
  }
  $("start").setAttribute("transform", `translate(${px(state.start[0])} ${py(state.start[1])})`);
  $("start").setAttribute("aria-valuetext", `${show(state.start[0], 3)}, ${show(state.start[1], 3)}`);
}

const trace = path => path.slice(0, step + 1).map((p, i) => `${i ? "L" : "M"}${px(p[0]).toFixed(1)} ${py(p[1]).toFixed(1)}`).join("");
const momentum = (run, last) => { const name = lanes[chosen].momentum; return name && run.remembered[name] ? run.remembered[name][last] : null; };

// --- in space ---

function project(u, v, z) {  // u, v from -1 to 1, z from 0 to 1
  const a = u * Math.cos(turn) - v * Math.sin(turn), b = u * Math.sin(turn) + v * Math.cos(turn);
  return [WIDTH / 2 + 205 * a, HEIGHT * 0.56 + 205 * b * Math.cos(tilt) - 240 * (z - 0.35) * Math.sin(tilt), b];
}

function drawSpace() {
  const pen = fitCanvas($("space")), theme = readTheme(), every = 2, side = GRID / every, quads = [];
  pen.fillStyle = `rgb(${theme.card})`;
  pen.fillRect(0, 0, WIDTH, HEIGHT);
  const corner = (i, j) => project(2 * i / side - 1, 1 - 2 * j / side, ground.risen[j * every * (GRID + 1) + i * every]);
  const points = [...Array((side + 1) ** 2).keys()].map(k => corner(k % (side + 1), Math.floor(k / (side + 1))));
  for (let j = 0; j < side; j++) for (let i = 0; i < side; i++) {
    const at = j * (side + 1) + i, four = [points[at], points[at + 1], points[at + side + 2], points[at + side + 1]];
    quads.push({ four, depth: four[0][2] + four[2][2], t: ground.heights[j * every * (GRID + 1) + i * every] });
  }
  const [x0, x1, y0, y1] = surface.box, marks = [];
  for (const k of visible()) {
    const { path } = runs[k], line = path.slice(0, step + 1).filter(([x, y]) => x >= x0 && x <= x1 && y >= y0 && y <= y1)
      .map(([x, y]) => project(2 * (x - x0) / (x1 - x0) - 1, 1 - 2 * (y - y0) / (y1 - y0), ground.tall(surface.f(x, y)[0]) + 0.012));
    marks.push({ k, line });
  }
  quads.sort((p, q) => p.depth - q.depth);
  for (const { four, t } of quads) {
    const s = 0.12 + 0.6 * Math.min(1, Math.max(0, 1 - t));
    pen.fillStyle = `rgb(${theme.card.map((v, c) => Math.round(v + (theme.hill[c] - v) * s))})`;
    pen.strokeStyle = theme.line; pen.lineWidth = 0.35;
    pen.beginPath();
    four.forEach(([x, y], i) => i ? pen.lineTo(x, y) : pen.moveTo(x, y));
    pen.closePath(); pen.fill(); pen.stroke();
  }
  const style = getComputedStyle(document.documentElement);
  for (const { k, line } of marks) {
    if (!line.length) continue;
    pen.strokeStyle = pen.fillStyle = style.getPropertyValue(`--s${k % 8}`);
    pen.lineWidth = k === chosen ? 3.2 : 2;
    pen.setLineDash((lanes[k].dash || "").split(" ").filter(Boolean).map(Number));
    pen.beginPath(); line.forEach(([x, y], i) => i ? pen.lineTo(x, y) : pen.moveTo(x, y)); pen.stroke();
    pen.setLineDash([]);
    const [x, y] = line[line.length - 1];
    pen.beginPath(); pen.arc(x, y, k === chosen ? 6 : 4, 0, 7); pen.fill();
  }
}

// --- charts ---

const above = v => surface.lowest === null || surface.lowest === undefined ? v : v - surface.lowest;

function drawLoss() {
  const known = surface.lowest !== null && surface.lowest !== undefined, most = 400;
  const lines = visible().map(k => {
    const every = Math.max(1, Math.ceil(runs[k].loss.length / most)), at = runs[k].loss.map((_, i) => i).filter(i => i % every === 0);
    return { x: at, y: at.map(i => Math.max(above(runs[k].loss[i]), known ? 1e-14 : -Infinity)), stroke: color(k), dash: lanes[k].dash, width: k === chosen ? 3 : 1.6 };
  });
  $("loss-title").textContent = known ? {{script:Loss above the minimum, step by step}} : {{script:Loss, step by step}};
  if (!lines.length) { $("loss").replaceChildren(); return; }
  const log = known && lines.every(line => line.y.every(v => !(v <= 0)));
  const first = lines[0].y[0];
  for (const line of lines) line.y = line.y.map(v => log && first > 0 && v < first * 1e-12 ? first * 1e-12 : v);
  const chart = drawChart($("loss"), lines, { height: 210, xLabel: {{script:step}}, log, most: log ? first * 1e3 : first + 0.6 * (first - Math.min(...lines.flatMap(line => line.y).filter(Number.isFinite))) || 1 });
  $("loss").append(make("path", { class: "axis", "stroke-dasharray": "2 3", d: `M${chart.px(Math.min(step, state.steps))} ${chart.top}V${chart.bottom}` }));
}

// The final loss of the chosen rule at every rate that was tried; a dot is a button.
function drawStrip() {
  const lane = lanes[chosen], svg = $("strip"), focused = [...svg.querySelectorAll(".dot")].indexOf(document.activeElement);
  let tried = lane.tried;
  if (lane.rule !== null && !untouched()) {
    tried = RATES.map(lr => [lr, finalLoss(runRule(RULES[lane.rule], { ...lane.options, lr }, surface, state.start, state.steps))]);
  }
  tried = tried.map(([lr, v]) => [lr, v === null ? Infinity : v]);
  $("strip-title").textContent = {{script:{name}: final loss at each learning rate}}.replace("{name}", lane.name);
  const known = surface.lowest !== null && surface.lowest !== undefined, finite = tried.filter(([, v]) => Number.isFinite(v));
  const y = v => known ? Math.max(v - surface.lowest, 1e-13) : v;
  const first = y(surface.f(...state.start)[0]), least = Math.min(...finite.map(([, v]) => y(v)));
  const highest = known ? first * 10 : first + 0.6 * (first - least);
  const lines = [{ x: tried.map(([lr]) => Math.log10(lr)), y: tried.map(([, v]) => Number.isFinite(v) ? y(v) : null), stroke: color(chosen) }];
  const chart = drawChart(svg, lines, { height: 200, xLabel: {{script:learning rate (×: diverged)}}, xText: t => show(+(10 ** t).toPrecision(2)), log: known && finite.length > 0, most: highest });
  for (const [lr, v] of tried) {
    const gone = !Number.isFinite(v), x = chart.px(Math.log10(lr)), cy = gone ? chart.top + 6 : Math.max(chart.top + 2, chart.py(y(v)));
    const dot = gone ? make("path", { d: `M${x - 4} ${cy - 4}l8 8m0 -8l-8 8`, style: `stroke:${color(chosen)};stroke-width:2;fill:none` }) : make("circle", { cx: x, cy, r: 4.5, style: `fill:${color(chosen)}` });
    const label = `lr ${show(lr, 3)}: ${gone ? {{script:diverged}} : show(y(v), 3)}`, hit = make("g", { class: "dot", role: "button", tabindex: lane.rule === null ? -1 : 0, "aria-label": label });
    hit.append(make("title", {}, label), make("rect", { x: x - 8, y: chart.top, width: 16, height: chart.bottom - chart.top, style: "fill:transparent" }), dot);
    if (lane.rule !== null) {
      hit.onclick = () => setOption("lr", lr);
      hit.onkeydown = e => { if (e.key === "Enter" || e.key === " ") { e.preventDefault(); e.stopPropagation(); setOption("lr", lr); } };
    }
    svg.append(hit);
  }
  if (focused >= 0 && svg.querySelectorAll(".dot")[focused]) svg.querySelectorAll(".dot")[focused].focus();
  const now = chart.px(Math.log10(lane.options.lr));
  if (now >= chart.left && now <= chart.right) svg.append(make("path", { d: `M${now} ${chart.top}V${chart.bottom}`, class: "axis", "stroke-dasharray": "2 3" }));
  drawEdge(chart);
}

// On the valley: rate · curvature against the value beyond which the rule diverges.
function drawEdge(chart) {
  const lane = lanes[chosen], edge = surface.condition && lane.rule !== null ? stabilityEdge(RULES[lane.rule].name, lane.options) : null;
  $("edge").textContent = "";
  if (edge === null) return;
  const steep = Math.max(surface.condition, 1), x = chart.px(Math.log10(edge / steep));
  if (x > chart.left && x < chart.right) $("strip").append(make("path", { class: "edge", d: `M${x} ${chart.top}V${chart.bottom}` }));
  $("edge").textContent = {{script:Along an axis of curvature λ this rule converges while lr · λ < {edge}: here lr · λ is {one} along x and {two} along y. The red line is lr = {edge} / {steep}.}}
    .replaceAll("{edge}", show(edge, 4)).replace("{one}", show(lane.options.lr, 4)).replace("{two}", show(lane.options.lr * surface.condition, 4)).replace("{steep}", show(steep, 4));
  $("edge").classList.toggle("bad", lane.options.lr * steep >= edge);
}

// --- the chosen rule: its options, its formula with numbers, the numbers of the step ---

function buildOptions() {
  const lane = lanes[chosen], rows = [];
  for (const [name, value] of Object.entries(lane.options)) {
    if (lane.rule === null) continue;
    const row = html("div", { className: "option" }), [kind, label] = OPTIONS[name] || [null, name], id = `option-${name}`;
    row.append(html("label", { textContent: label, htmlFor: id }));
    if (typeof value === "boolean") {
      const box = html("input", { type: "checkbox", id, checked: value, onchange: () => setOption(name, box.checked) });
      row.append(box);
    } else {
      const field = html("input", { type: "number", step: "any", min: 0, value: +value.toPrecision(6), onchange: () => { if (field.value !== "" && +field.value >= 0) setOption(name, +field.value); } });
      field.setAttribute("aria-label", label);
      if (kind) {
        const range = RANGES[kind], slider = html("input", { type: "range", id, min: range.from, max: range.to, step: (range.to - range.from) / 400, value: range.place(value) });
        slider.oninput = () => setOption(name, +range.number(+slider.value).toPrecision(4), slider);
        row.append(slider);
        row.slider = slider; row.range = range;
      } else row.append(html("span"));
      row.append(field);
      row.field = field;
    }
    row.name = name;
    rows.push(row);
  }
  const main = rows.filter(row => MAIN.includes(row.name)), others = rows.filter(row => !MAIN.includes(row.name)), more = html("details");
  more.append(html("summary", { textContent: {{script:more options}}, className: "soft" }), ...others);
  more.open = others.some(row => lane.options[row.name] !== RULES[lane.rule].options[row.name]);
  $("options").replaceChildren(...main, ...(others.length ? [more] : []));
}

function setOption(name, value, from = null) {
  const lane = lanes[chosen];
  lane.options[name] = value;
  try { RULES[lane.rule].update(new Float64Array(1), new Float64Array(1), RULES[lane.rule].buffers.map(() => new Float64Array(1)), { ...lane.options, t: 1 }); }
  catch (error) { if (name === "nesterov") lane.options.nesterov = false; else if (name === "momentum") lane.options.nesterov = false; else throw error; buildOptions(); }
  for (const row of $("options").querySelectorAll(".option")) if (row.name === name && row.field) {
    row.field.value = +value.toPrecision(6);
    if (row.slider && row.slider !== from) row.slider.value = row.range.place(value);
  }
  change();
}

const SYMBOLS = { "β₁": "beta1", "β₂": "beta2" };

// A line of a formula with its numbers for one coordinate; null where something in it has no number here.
function withNumbers(text, known) {
  const [target, right] = text.split("←").map(part => part.trim());
  if (right === undefined || !(target in known.after)) return null;
  let missing = false;
  const filled = right.replace(/[A-Za-zβμΔ][A-Za-z0-9_]*[₀-₉ₜ₊]*[ᵗ̂̄]*/g, word => {
    const name = SYMBOLS[word] || word;
    if (!(name in known.before)) { missing = true; return word; }
    const v = known.before[name], text = show(v, 4);
    return v < 0 ? `(${text})` : text;
  }).replace(/(\d|\)) (?=[\d(√])/g, "$1 · ").replace(/\)²/g, ")²");
  return missing ? null : `${filled} = ${show(known.after[target], 4)}`;
}

function drawFormula(run, last) {
  const lane = lanes[chosen], box = $("formula"), out = [];
  const moving = last < run.gradient.length;
  for (const [when, text] of lane.parts) {
    if (when && !holds(when, lane.options)) continue;
    out.push(html("div", { textContent: text }));
    if (!moving) continue;
    for (const c of [0, 1]) {
      const previous = Object.fromEntries(Object.entries(run.remembered).map(([name, rows]) => [name, last ? rows[last - 1][c] : startOf(lane, name)]));
      const after = { ...Object.fromEntries(Object.entries(run.remembered).map(([name, rows]) => [name, rows[last][c]])), w: run.path[last + 1][c] };
      // the buffers are written before the weights move: a line for w has their new values
      const before = { ...lane.options, ...(text.startsWith("w") ? { ...previous, ...after } : previous), g: run.gradient[last][c], w: run.path[last][c], t: last + 1 };
      const line = withNumbers(text, { before, after });
      if (line) out.push(html("div", { className: "numbers", textContent: `  ${"xy"[c]}:  ${line}` }));
    }
  }
  box.replaceChildren(...out);
}

const startOf = (lane, name) => { const buffer = RULES[lane.rule] && RULES[lane.rule].buffers.find(b => b.name === name); return buffer && buffer.start ? lane.options[buffer.start] : 0; };
const holds = (when, options) => when.split(" && ").every(word => word.startsWith("!") ? !options[word.slice(1)] : Boolean(options[word]));

function drawNumbers() {
  const lane = lanes[chosen], run = runs[chosen], at = Math.min(step, run.path.length - 1);
  const last = Math.max(Math.min(at, run.gradient.length - 1), 0), here = run.path[last];  // at the end the step that led there
  const rows = [["", "x", "y", {{script:length}}]];
  const row = (name, v) => rows.push([name, show(v[0]), show(v[1]), show(Math.hypot(v[0], v[1]))]);
  row({{script:w, before the step}}, here);
  if (last < run.gradient.length) {
    row({{script:gradient g (dashed arrow: −g)}}, run.gradient[last]);
    for (const name in run.remembered)
      row(name === lane.momentum ? {{script:{name} (dotted arrow: −{name})}}.replaceAll("{name}", name) : name, run.remembered[name][last]);
    row({{script:step Δw (thick arrow)}}, [0, 1].map(c => run.path[last + 1][c] - here[c]));
  }
  $("numbers").replaceChildren(...rows.map((cells, i) => {
    const tr = html("tr");
    cells.forEach(text => tr.append(html(i ? "td" : "th", { textContent: text })));
    return tr;
  }));
  drawFormula(run, last);
  const known = surface.lowest !== null && surface.lowest !== undefined, loss = run.loss[at];
  let note = (known ? {{script:Loss {loss}, {above} above the minimum, at step {step}.}} : {{script:Loss {loss} at step {step}.}})
    .replace("{loss}", show(loss)).replace("{above}", known ? show(above(loss)) : "").replace("{step}", at);
  if (untouched() && lane.run) note += " " + (data.seeds > 1 ? {{script:At the end, mean of all seeds: {ending}.}} : {{script:At the end: {ending}.}}).replace("{ending}", lane.ending);
  else note += " " + (run.diverged !== null ? {{script:Diverged at step {step}.}}.replace("{step}", run.diverged) : {{script:At the end: {ending}.}}.replace("{ending}", show(run.loss[run.loss.length - 1])));
  if (lane.rule === null) note += " " + {{script:This rule was computed in Python: it cannot be changed here.}};
  $("note").textContent = note;
  $("name").textContent = lane.name;
}

// --- rules ---

function buildRules() {
  $("rules").replaceChildren(...lanes.map((lane, k) => {
    const box = html("div", { className: "rule" }), check = html("input", { type: "checkbox", checked: lane.on });
    check.setAttribute("aria-label", {{script:draw {name}}}.replace("{name}", lane.name));
    check.onchange = () => { lane.on = check.checked; draw(); };
    const button = html("button", { onclick: () => { chosen = k; buildOptions(); draw(); drawStrip(); } }), rate = html("small");
    button.append(lane.name, rate);
    box.append(check, button);
    box.style.setProperty("--own", color(k));
    Object.assign(lane, { box, button, rate });
    return box;
  }));
}

function drawRules() {
  lanes.forEach((lane, k) => {
    lane.box.classList.toggle("chosen", k === chosen);
    lane.box.classList.toggle("off", !lane.on);
    lane.button.setAttribute("aria-pressed", k === chosen);
    const end = finalLoss(runs[k]);
    lane.rate.textContent = Number.isFinite(end) ? show(Math.max(above(end), surface.lowest === null ? -Infinity : 0), 2) : {{script:diverged}};
    lane.button.title = `lr ${show(lane.options.lr, 4)}`;
  });
}

// --- all of it ---

function draw() {
  step = Math.min(step, state.steps);
  if (view === "above") drawPlan(); else drawSpace();
  drawNumbers();
  drawRules();
  drawLoss();
  $("count").textContent = `${step} / ${state.steps}`;
  $("step").max = state.steps;
  $("step").value = step;
  clearTimeout(reporting);
  reporting = setTimeout(report, 100);
}

// A frame later, however many events came: what is dragged is seen anew within one frame.
let waiting = null, later = null;
function change({ shape = false } = {}) {
  changed = true;
  waiting = { shape: shape || Boolean(waiting && waiting.shape), asked: waiting !== null };
  if (!waiting.asked) requestAnimationFrame(() => { const { shape } = waiting; waiting = null; refresh(shape); });
}

function refresh(shape) {
  if (shape) {
    try { chooseSurface(); $("fault").textContent = ""; $("text").setAttribute("aria-invalid", "false"); }
    catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      $("fault").textContent = {{script:I do not understand it at character {n}: write sums, products, powers, and sin, cos, tan, exp, log, sqrt, abs, tanh of x and y.}}.replace("{n}", error.message);
      $("text").setAttribute("aria-invalid", "true");
      return;
    }
    sample();
    drawGround();
  }
  compute();
  draw();
  clearTimeout(later);
  if (shape) drawStrip(); else later = setTimeout(drawStrip, 40);  // nineteen more runs: when the hand rests
}

// To the notebook that holds this page, if one does.
function report() {
  if (parent === window) return;
  const shown = lanes.map((lane, k) => ({ name: lane.name, options: { ...lane.options }, path: runs[k].path, final: finalLoss(runs[k]) }));
  const place = { surface: surface.name, condition: surface.condition ?? null, start: [...state.start], steps: state.steps, noise: state.noise, step };
  parent.postMessage({ tinygrad_edu: JSON.parse(JSON.stringify({ ...place, lanes: shown })) }, "*");  // infinities as null
}

function redraw() { drawGround(); draw(); drawStrip(); }

function go(to) { step = Math.max(0, Math.min(state.steps, to)); draw(); }
function stop() { clearInterval(timer); timer = null; $("play").textContent = {{script:Play}}; }
function play() {
  if (timer) return stop();
  if (step === state.steps) step = 0;
  $("play").textContent = {{script:Pause}};
  timer = setInterval(() => { go(step + 1); if (step === state.steps) stop(); }, 1000 / $("speed").value);
}

function moveStart(x, y) {
  const [x0, x1, y0, y1] = surface.box;
  state.start = [Math.max(x0, Math.min(x1, x)), Math.max(y0, Math.min(y1, y))];
  state.placed = true;
  change();
}

function setView(name) {
  view = name;
  $("above").setAttribute("aria-pressed", name === "above");
  $("three").setAttribute("aria-pressed", name === "three");
  $("space").hidden = name !== "three";
  $("ground").style.visibility = $("plan").style.visibility = name === "above" ? "" : "hidden";
  $("hint").textContent = name === "three" ? {{script:Height: the cube root of the loss above the lowest point. Drag to turn it.}} : note();
  draw();
}

const note = () => surface.known ? {{script:Away from the race that Python computed, values between the points of a grid are interpolated.}} : "";

function sync() {
  $("condition").value = state.condition ? Math.log10(state.condition) : 1;
  $("condition-value").textContent = state.condition ? show(state.condition, 3) : "";
  $("noise").value = state.noise; $("noise-value").textContent = show(state.noise, 2);
  $("steps").value = state.steps;
  $("surface").value = state.key;
}

function begin() {
  // a race may have been given another start than its surface's
  Object.assign(state, { key: 0, condition: data.surfaces[0].condition, start: [...data.start], placed: String(data.start) !== String(data.surfaces[0].start), steps: data.steps, noise: data.noise });
  lanes.forEach(lane => { lane.options = { ...lane.own }; lane.on = true; });
  changed = false;
  chooseSurface();
  sample();
  buildRules();
  buildOptions();
  sync();
  compute();
  drawGround();
}

function buildPlan() {
  const start = make("g", { id: "start", tabindex: 0, role: "slider", "aria-label": {{script:the start}} });
  start.append(make("circle", { class: "grip", r: 22 }), make("circle", { r: 8 }));
  $("plan").append(make("g", { id: "axes" }), make("g", { id: "paths" }), start);
  const place = e => {
    const box = $("plan").getBoundingClientRect(), [x0, x1, y0, y1] = surface.box;
    return [x0 + (x1 - x0) * (e.clientX - box.left) / box.width, y1 - (y1 - y0) * (e.clientY - box.top) / box.height];
  };
  start.addEventListener("pointerdown", e => { start.setPointerCapture(e.pointerId); start.dragged = true; e.preventDefault(); start.focus(); });
  start.addEventListener("pointermove", e => { if (start.dragged) moveStart(...place(e)); });
  start.addEventListener("pointerup", () => { start.dragged = false; });
  start.addEventListener("keydown", e => {
    const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[e.key];
    if (!by) return;
    e.preventDefault(); e.stopPropagation();
    const [x0, x1, y0, y1] = surface.box, share = e.shiftKey ? 0.002 : 0.02;
    moveStart(state.start[0] + by[0] * share * (x1 - x0), state.start[1] + by[1] * share * (y1 - y0));
  });
  $("plan").addEventListener("dblclick", e => moveStart(...place(e)));
}

data.surfaces.forEach((s, k) => $("surface").append(html("option", { textContent: s.condition !== null ? {{script:quadratic valley}} : s.name, value: k })));
$("surface").append(html("option", { textContent: {{script:your own function}}, value: "text" }));
$("surface").onchange = () => {
  state.key = $("surface").value === "text" ? "text" : +$("surface").value;
  const facts = data.surfaces[state.key];
  if (facts && facts.condition !== null) state.condition = facts.condition;
  state.start = facts ? [...facts.start] : [-2.5, 2.5];
  state.placed = false;
  sync();
  change({ shape: true });
};
$("condition").oninput = () => { state.condition = +(10 ** +$("condition").value).toPrecision(3); $("condition-value").textContent = show(state.condition, 3); change({ shape: true }); };
$("text").oninput = () => change({ shape: true });
$("noise").oninput = () => { state.noise = +$("noise").value; $("noise-value").textContent = show(state.noise, 2); change(); };
$("steps").onchange = () => { const n = Math.round(+$("steps").value); if (n >= 1 && n <= 2000) { state.steps = n; change(); } else sync(); };
$("reset").onclick = () => { stop(); begin(); preset(); draw(); drawStrip(); };
$("above").onclick = () => setView("above");
$("three").onclick = () => setView("three");
$("space").addEventListener("pointerdown", e => { $("space").setPointerCapture(e.pointerId); $("space").from = [e.clientX, e.clientY, turn, tilt]; });
$("space").addEventListener("pointermove", e => {
  const from = $("space").from;
  if (!from) return;
  turn = from[2] + (e.clientX - from[0]) / 120;
  tilt = Math.max(0.15, Math.min(1.45, from[3] + (e.clientY - from[1]) / 160));
  requestAnimationFrame(drawSpace);
});
$("space").addEventListener("pointerup", () => { $("space").from = null; });
$("space").addEventListener("keydown", e => {
  const by = { ArrowLeft: [-0.1, 0], ArrowRight: [0.1, 0], ArrowUp: [0, 0.1], ArrowDown: [0, -0.1] }[e.key];
  if (!by) return;
  e.preventDefault(); e.stopPropagation();
  turn += by[0]; tilt = Math.max(0.15, Math.min(1.45, tilt + by[1]));
  drawSpace();
});
$("step").oninput = e => { stop(); go(+e.target.value); };
$("play").onclick = play;
$("back").onclick = () => { stop(); go(step - 1); };
$("next").onclick = () => { stop(); go(step + 1); };
$("speed").onchange = () => { if (timer) { stop(); play(); } };
dark.addEventListener("change", redraw);
addEventListener("resize", redraw);
addEventListener("keydown", e => {
  if (["SELECT", "INPUT"].includes(e.target.tagName) || (e.key === " " && e.target.tagName === "BUTTON")) return;  // they have keys of their own
  if (e.key === " ") { e.preventDefault(); play(); }
  if (e.key === "ArrowRight") { e.preventDefault(); stop(); go(step + 1); }
  if (e.key === "ArrowLeft") { e.preventDefault(); stop(); go(step - 1); }
});

// What the address asks for: #surface=text&f=x^2+y^2, or a name; condition=100, start=-3,1, steps=150, noise=0.5,
// rules=SGD:lr=0.005,NAG:lr=0.005:momentum=0.8 (the others are not drawn); rule=SGD&step=40 opens there, view=3d in space.
const asked = new URLSearchParams(location.hash.slice(1).replaceAll("+", "%2B"));

function preset() {
  const number = (name, low, high) => { const v = asked.has(name) ? +asked.get(name) : NaN; return v >= low && v <= high ? v : null; };
  const found = data.surfaces.findIndex(s => s.name.toLowerCase().startsWith((asked.get("surface") || "?").toLowerCase()));
  if (asked.get("surface") === "text" && asked.get("f")) { state.key = "text"; $("text").value = asked.get("f"); } else if (found >= 0) state.key = found;
  const facts = data.surfaces[state.key], start = (asked.get("start") || "").split(",").map(Number);
  if (facts && facts.condition !== null) state.condition = number("condition", 1, 1000) ?? facts.condition;
  if (start.length === 2 && start.every(Number.isFinite)) [state.start, state.placed] = [start, true];
  else if (state.key !== 0) state.start = facts ? [...facts.start] : [-2.5, 2.5];
  state.steps = number("steps", 1, 2000) ?? state.steps;
  state.noise = number("noise", 0, 1) ?? state.noise;
  const rules = new Map((asked.get("rules") || "").split(",").filter(Boolean).map(text => { const [name, ...options] = text.split(":"); return [name, options]; }));
  for (const lane of lanes) if (rules.size) {
    lane.on = rules.has(lane.name);
    for (const option of rules.get(lane.name) || []) {
      const [name, text] = option.split("=");
      if (name in lane.options && Number.isFinite(+text)) lane.options[name] = typeof lane.options[name] === "boolean" ? Boolean(+text) : +text;
    }
  }
  changed = ["surface", "condition", "start", "steps", "noise", "rules"].some(name => asked.has(name));
  const wanted = lanes.findIndex(lane => lane.name === asked.get("rule")), first = lanes.findIndex(lane => lane.on);
  chosen = wanted >= 0 ? wanted : Math.max(first, 0);
  try { chooseSurface(); } catch (error) { if (!(error instanceof SyntaxError)) throw error; state.key = 0; chooseSurface(); }
  step = number("step", 0, state.steps) ?? state.steps;
  sample(); buildRules(); buildOptions(); sync(); compute(); drawGround();
}

buildPlan();
begin();
preset();
setView(asked.get("view") === "3d" ? "three" : "above");
drawStrip();

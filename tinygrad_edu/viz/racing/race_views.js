// The surface with the paths, from above with contours and arrows, or in 3-D; and the charts of the losses.

const LEVELS = 14, GRID = 70, WIDTH = 660, HEIGHT = 560;

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
  // height: 0 at the lowest contour, 1 at the highest point, linear in the logarithm of v − low
  const height = v => top > 0 ? Math.log(Math.max(v - low, bottom) / bottom) / Math.log(top / bottom) : 0;
  const tall = v => top > 0 ? Math.cbrt(Math.max(v - low, 0) / top) : 0;
  ground = { values, height, tall, risen: values.map(v => Number.isFinite(v) ? tall(v) : 1), heights: values.map(v => Number.isFinite(v) ? height(v) : 1), low };
}

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  const rgb = name => [1, 3, 5].map(i => parseInt(style.getPropertyValue(name).trim().slice(i, i + 2), 16));
  return { card: rgb("--card"), hill: rgb("--s0"), line: style.getPropertyValue("--line"), ink: style.getPropertyValue("--ink") };
}

function segments(level) {  // the line segments along which the heights cross a level, in units of grid cells
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

// The name of a surface in the reader's language: only the words saddle and plateau are translated.
const surfaceName = s => s.name.replace(/^saddle /, () => {{script:saddle}} + " ").replace(/^plateau /, () => {{script:plateau}} + " ");

function nameSurface() {
  const name = surface.condition ? {{script:quadratic, condition number}} + " " + show(surface.condition, 3) : surfaceName(surface);
  const seeds = data.seeds > 1 && untouched() ? " (" + {{script:each rule's median of {n} seeds; pale: the others}}.replace("{n}", data.seeds) + ")" : "";
  $("title").textContent = {{script:{surface}: the update rules race}}.replace("{surface}", () => name) + seeds;
}

function drawGround() {
  drawAxes();
  nameSurface();
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

function towards(point, vector, pixels) {  // a point `pixels` away in the direction of a vector in surface coordinates
  const u = px(point[0] + vector[0]) - px(point[0]), v = py(point[1] + vector[1]) - py(point[1]), length = Math.hypot(u, v);
  return length ? [px(point[0]) + u / length * pixels, py(point[1]) + v / length * pixels] : [px(point[0]), py(point[1])];
}

function drawAxes() {
  const [x0, x1, y0, y1] = surface.box, layer = $("axes");
  layer.replaceChildren();
  const larger = Math.max(1, WIDTH / widthOf($("stage"))), few = larger > 1.4 ? 4 : 6, low = -9 * larger;  // labels do not shrink with the map
  $("plan").style.setProperty("--larger", larger);
  for (const t of ticks(x0, x1, few)) if (px(t) > 20 * larger && px(t) < WIDTH - 20 * larger)
    layer.append(make("path", { class: "frame", d: `M${px(t)} ${HEIGHT}v-5` }), make("text", { x: px(t), y: HEIGHT + low, "text-anchor": "middle" }, show(t)));
  for (const t of ticks(y0, y1, few)) if (py(t) > 20 * larger && py(t) < HEIGHT - 30 * larger)
    layer.append(make("path", { class: "frame", d: `M0 ${py(t)}h5` }), make("text", { x: 9, y: py(t) + 4 * larger }, show(t)));
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

// The final loss of the chosen rule at each rate; each mark is a button that sets the rate, if the page can run the rule.
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

// On a quadratic valley: rate · curvature, and the value at or above which the rule does not converge.
function drawEdge(chart) {
  const lane = lanes[chosen], edge = surface.condition && lane.rule !== null ? stabilityEdge(RULES[lane.rule].name, lane.options) : null;
  $("edge").textContent = "";
  if (edge === null) return;
  const steep = Math.max(surface.condition, 1), x = chart.px(Math.log10(edge / steep));
  if (x > chart.left && x < chart.right) $("strip").append(make("path", { class: "edge", d: `M${x} ${chart.top}V${chart.bottom}` }));
  $("edge").textContent = {{script:Along an axis of curvature λ this rule converges if lr · λ < {edge}: here lr · λ is {one} along x and {two} along y. The red line is at lr = {edge} / {steep}.}}
    .replaceAll("{edge}", show(edge, 4)).replace("{one}", show(lane.options.lr, 4)).replace("{two}", show(lane.options.lr * surface.condition, 4)).replace("{steep}", show(steep, 4));
  $("edge").classList.toggle("bad", lane.options.lr * steep >= edge);
}

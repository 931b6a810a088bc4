// Pictures on canvases: fields with boundaries, the network, curves, the slice of the loss.
const GRID = 50, TILE = 17;
let theme = null;  // the colors of the page, as CSS and as numbers
let gridNetwork, gridX, gridOut;

function hexToRgb(hex) { return [1, 3, 5].map(k => parseInt(hex.slice(k, k + 2), 16)); }
function readTheme() {
  const dark = isDark(), pick = pair => pair[dark ? 1 : 0], palette = Object.fromEntries(Object.entries(DATA.palette).map(([k, v]) => [k, pick(v)]));
  const series = DATA.series.map(pick), paper = hexToRgb(palette.paper), table = new Uint32Array(256);
  for (let i = 0; i < 256; i++) {
    const t = i / 127.5 - 1, end = hexToRgb(series[t < 0 ? 0 : 1]), a = Math.min(1, Math.abs(t)) * .62;
    table[i] = packed(paper.map((p, k) => p + (end[k] - p) * a));
  }
  theme = { dark, ...palette, series, rgb: series.map(hexToRgb), paperRgb: paper, table, none: packed(hexToRgb(palette.faint)) };
}
const packed = c => (255 << 24 | Math.round(c[2]) << 16 | Math.round(c[1]) << 8 | Math.round(c[0])) >>> 0;
const shade = v => v !== v ? theme.none : theme.table[Math.max(0, Math.min(255, Math.round((v + 1) * 127.5)))];
const laneColor = l => theme.series[[6, 3, 4, 5][l.color]];
const DASH = [[], [8, 4], [2, 3], [9, 3, 2, 3]];

function canvas2d(canvas, height) {  // sharp on dense screens; returns the context, and width and height in CSS pixels
  const q = Math.min(2, devicePixelRatio || 1), w = canvas.clientWidth || 300, h = height ?? w;
  if (canvas.width !== Math.round(w * q) || canvas.height !== Math.round(h * q)) { canvas.width = Math.round(w * q); canvas.height = Math.round(h * q); }
  if (height !== undefined && canvas.style.height !== h + "px") canvas.style.height = h + "px";
  const c = canvas.getContext("2d");
  c.setTransform(q, 0, 0, q, 0, 0); c.clearRect(0, 0, w, h);
  c.font = "11px " + DATA.sans; c.textBaseline = "middle"; c.lineWidth = 1; c.setLineDash([]); c.globalAlpha = 1; c.textAlign = "left";
  return [c, w, h];
}

// ---- fields ----
const small = document.createElement("canvas"); small.width = small.height = GRID;
const smallContext = small.getContext("2d"), image = smallContext.createImageData(GRID, GRID), pixels = new Uint32Array(image.data.buffer);
const tile = document.createElement("canvas"); tile.width = tile.height = TILE;
const tileContext = tile.getContext("2d"), tileImage = tileContext.createImageData(TILE, TILE), tilePixels = new Uint32Array(tileImage.data.buffer);

const isLine = () => points.D === 1;
function prepareGrid() {  // the inputs of the grid: the plane of two features with the others at their mean, or the line of a single feature
  const n = isLine() ? GRID * 2 : GRID * GRID, D = points.D, [a, b] = cfg.axes, scaled = (v, k) => (v - points.mean[k]) / points.std[k];
  gridNetwork = new Network(widths(), cfg.act, null, n);
  gridX = new Float64Array(n * D);
  for (let k = 0; k < D; k++) { let mid = 0; for (let i = 0; i < points.n; i++) mid += points.seen[i * D + k] / points.n; for (let i = 0; i < n; i++) gridX[i * D + k] = mid; }
  for (let i = 0; i < n; i++) {
    const u = ((isLine() ? i : i % GRID) + .5) / (isLine() ? n : GRID), v = 1 - (Math.floor(i / GRID) + .5) / GRID;
    gridX[i * D + a] = scaled(points.lo[a] + u * (points.hi[a] - points.lo[a]), a);
    if (!isLine()) gridX[i * D + b] = scaled(points.lo[b] + v * (points.hi[b] - points.lo[b]), b);
  }
  gridOut = n;
}
function contour(c, z, w, h, dashed) {  // where a field on the grid is 0
  c.beginPath();
  const x = j => (j + .5) / GRID * w, y = i => (i + .5) / GRID * h;
  for (let i = 0; i + 1 < GRID; i++) for (let j = 0; j + 1 < GRID; j++) {
    const p = z(i * GRID + j), q = z(i * GRID + j + 1), r = z((i + 1) * GRID + j), s = z((i + 1) * GRID + j + 1);
    if (p > 0 === q > 0 && p > 0 === r > 0 && p > 0 === s > 0) continue;
    if (dashed && (i + j) % 4 > 1) continue;
    const hit = [];
    if (p > 0 !== q > 0) hit.push([j + p / (p - q), i]);
    if (p > 0 !== r > 0) hit.push([j, i + p / (p - r)]);
    if (q > 0 !== s > 0) hit.push([j + 1, i + q / (q - s)]);
    if (r > 0 !== s > 0) hit.push([j + r / (r - s), i + 1]);
    for (let k = 0; k + 1 < hit.length; k += 2) { c.moveTo(x(hit[k][0]), y(hit[k][1])); c.lineTo(x(hit[k + 1][0]), y(hit[k + 1][1])); }
  }
  c.stroke();
}
function probabilities(z, i, C) {  // the softmax of row i
  let top = -Infinity, sum = 0; const p = [];
  for (let k = 0; k < C; k++) top = Math.max(top, z[i * C + k]);
  for (let k = 0; k < C; k++) sum += p[k] = Math.exp(z[i * C + k] - top);
  return p.map(v => v / sum);
}
function fieldOf(z) {  // the color at each point of the grid, and the fields that are 0 on the boundaries
  const C = outputs();
  if (C > 1) {
    const classAt = new Int8Array(gridOut);
    return { paint: i => {
      const p = probabilities(z, i, C), most = Math.max(...p), a = .16 + .5 * Math.max(0, (most - 1 / C) / (1 - 1 / C));
      classAt[i] = p.indexOf(most);
      if (most !== most) return theme.none;
      const mix = [0, 1, 2].map(k => p.reduce((s, v, c) => s + v * theme.rgb[classColor(c)][k], 0));
      return packed(theme.paperRgb.map((v, k) => v + (mix[k] - v) * a));
    }, lines: [...Array(C).keys()].map(c => i => { const p = z[i * C + c]; let best = -Infinity; for (let k = 0; k < C; k++) if (k !== c) best = Math.max(best, z[i * C + k]); return p - best; }) };
  }
  if (points.classes) {
    const logit = cfg.loss !== "MSELoss";
    return { paint: i => shade(logit ? Math.tanh(z[i] / 2) : 2 * z[i] - 1), lines: [i => logit ? z[i] : z[i] - .5] };
  }
  let top = 1e-9; for (let i = 0; i < points.n; i++) top = Math.max(top, Math.abs(points.y[i]));
  return { paint: i => shade(z[i] / top), lines: [i => z[i]], top };
}
const classColor = c => [0, 1, 2, 3, 4, 7][c];
function pointPath(c, kind, x, y, r) {  // classes differ in shape as well
  c.beginPath();
  if (kind === 0 || kind < 0) c.arc(x, y, r, 0, 7);
  else if (kind === 1) c.rect(x - r * .9, y - r * .9, r * 1.8, r * 1.8);
  else { const n = kind + 1; for (let k = 0; k < n; k++) { const a = -Math.PI / 2 + 2 * Math.PI * k / n; c.lineTo(x + 1.25 * r * Math.cos(a), y + 1.25 * r * Math.sin(a)); } c.closePath(); }
}
const toX = (v, k, w) => (v - points.lo[k]) / (points.hi[k] - points.lo[k]) * w;
function drawPoints(c, w, h, top) {
  const [a, b] = cfg.axes, D = points.D, r = Math.max(2.2, w / 100), total = points.n + points.kept;
  for (let i = 0; i < total; i++) {
    const kept = i >= points.n, x = toX(points.raw[i * D + a], a, w), y = h - toX(points.raw[i * D + b], b, h), label = points.y[i];
    pointPath(c, points.classes ? label : 0, x, y, kept ? r * .8 : r);
    const color = points.classes ? theme.series[classColor(label)] : null;
    if (kept) { c.globalAlpha = .8; c.strokeStyle = color ?? theme.ink; c.lineWidth = 1.2; c.stroke(); c.globalAlpha = 1; continue; }
    if (color) c.fillStyle = color; else { const q = shade(label / top); c.fillStyle = `rgb(${q & 255},${q >> 8 & 255},${q >> 16 & 255})`; }
    c.fill(); c.strokeStyle = color ? theme.paper : theme.ink; c.lineWidth = 1; c.stroke();
  }
}
function paintCurve(c, w, h, z) {  // one feature: the points and the curve
  const { low, high } = points, y = v => h - Math.max(-1, Math.min(2, (v - low) / (high - low))) * h, r = Math.max(2.2, w / 110);
  c.strokeStyle = theme.faint; c.beginPath(); c.moveTo(0, y(0)); c.lineTo(w, y(0)); c.stroke();
  for (let i = 0; i < points.n + points.kept; i++) {
    pointPath(c, points.classes ? points.y[i] : 0, toX(points.raw[i], 0, w), y(points.y[i]), i < points.n ? r : r * .8);
    const color = theme.series[points.classes ? classColor(points.y[i]) : 0];
    if (i < points.n) { c.fillStyle = color; c.globalAlpha = .75; c.fill(); } else { c.strokeStyle = color; c.globalAlpha = .7; c.stroke(); }
  }
  c.globalAlpha = 1; c.lineWidth = 2.5;
  const C = outputs(), curves = C > 1 ? Array.from({ length: C }, (_, k) => [classColor(k), i => probabilities(z, i, C)[k]])  // with several classes, the probability of each
    : [[1, points.classes && cfg.loss !== "MSELoss" ? i => 1 / (1 + Math.exp(-z[i])) : i => z[i]]];
  for (const [color, f] of curves) {
    c.strokeStyle = theme.series[color]; c.beginPath();
    for (let i = 0; i < gridOut; i++) { const v = f(i); if (v === v) c.lineTo((i + .5) / gridOut * w, y(v)); }
    c.stroke();
  }
}
function paintStage(l) {
  const z = gridNetwork.forward(gridX, l.learner.W, gridOut), [c, w, h] = canvas2d(l.stage);
  if (isLine()) return paintCurve(c, w, h, z);
  const field = fieldOf(z);
  for (let i = 0; i < gridOut; i++) pixels[i] = field.paint(i);
  smallContext.putImageData(image, 0, 0);
  c.imageSmoothingEnabled = true; c.drawImage(small, 0, 0, w, h);
  c.strokeStyle = theme.ink; c.lineWidth = 2; c.lineJoin = "round";
  for (const line of field.lines) contour(c, line, w, h);
  if (neuron[0] < cfg.layers.length) {  // where the weighted sum of the chosen unit is 0
    const sums = gridNetwork.layers[2 * neuron[0]].y, O = cfg.layers[neuron[0]];
    c.lineWidth = 1.6; contour(c, i => sums[i * O + neuron[1]], w, h, true);
  }
  drawPoints(c, w, h, field.top);
}

// ---- the network ----
function layout(l) {  // where the tiles are: inputs, units of each layer, outputs
  const columns = [points.D, ...cfg.layers, outputs()], w = l.net.clientWidth || 300, most = Math.max(...columns);
  const step = Math.max(17, Math.min(34, 300 / most)), size = Math.min(26, step - 3), h = most * step + 18;
  const x = k => 20 + (w - 40) * k / (columns.length - 1);
  return { columns, w, h, size, at: (k, j) => [x(k), 12 + (most * step) / 2 + (j - (columns[k] - 1) / 2) * step] };
}
function paintNetwork(l) {
  const g = layout(l), [c] = canvas2d(l.net, g.h), W = l.learner.W;
  let top = 1e-9; for (let k = 0; k < W.length; k += 2) for (const v of W[k]) if (Math.abs(v) > top && Number.isFinite(v)) top = Math.abs(v);
  for (let k = 0; k + 1 < g.columns.length; k++) {
    const I = g.columns[k], O = g.columns[k + 1], w = W[2 * k], alone = neuron[0] === k ? neuron[1] : -1;
    for (let o = 0; o < O; o++) for (let i = 0; i < I; i++) {
      const v = w[o * I + i], s = Math.abs(v) / top;
      if (s < .04 && o !== alone) continue;
      const [x1, y1] = g.at(k, i), [x2, y2] = g.at(k + 1, o);
      c.strokeStyle = theme.series[v < 0 ? 0 : 1]; c.globalAlpha = o === alone ? 1 : .25 + .5 * s; c.lineWidth = .4 + 3 * s;
      c.beginPath(); c.moveTo(x1 + g.size / 2, y1); c.bezierCurveTo((x1 + x2) / 2, y1, (x1 + x2) / 2, y2, x2 - g.size / 2, y2); c.stroke();
    }
  }
  c.globalAlpha = 1; c.lineWidth = 1; c.textAlign = "center";
  for (let k = 0; k < g.columns.length; k++) {
    const unit = gridNetwork.layers[k === 0 ? 0 : Math.min(2 * k - 1, gridNetwork.layers.length - 1)];
    const y = k === 0 ? gridX : k === g.columns.length - 1 ? gridNetwork.layers[gridNetwork.layers.length - 1].y : unit.y;
    for (let j = 0; j < g.columns[k]; j++) {
      const [cx, cy] = g.at(k, j), s = g.size, on = neuron[0] === k - 1 && neuron[1] === j;
      paintTile(c, y, g.columns[k], j, cx - s / 2, cy - s / 2, s);
      c.strokeStyle = on ? theme.ink : theme.line; c.lineWidth = on ? 2.5 : 1; c.strokeRect(cx - s / 2, cy - s / 2, s, s);
    }
  }
}
function paintTile(c, y, width, j, left, up, s) {  // what one unit outputs over the plane or the line
  let top = 1e-9; for (let i = 0; i < gridOut; i += 7) { const v = Math.abs(y[i * width + j]); if (v > top) top = v; }
  if (isLine()) {
    c.fillStyle = theme.paper; c.fillRect(left, up, s, s); c.strokeStyle = theme.series[1]; c.lineWidth = 1.2; c.beginPath();
    for (let i = 0; i < gridOut; i += 4) c.lineTo(left + (i + .5) / gridOut * s, up + s / 2 - y[i * width + j] / top * s * .45);
    c.stroke(); return;
  }
  for (let a = 0; a < TILE; a++) for (let b = 0; b < TILE; b++) {
    const i = Math.floor((a + .5) / TILE * GRID) * GRID + Math.floor((b + .5) / TILE * GRID);
    tilePixels[a * TILE + b] = shade(y[i * width + j] / top);
  }
  tileContext.putImageData(tileImage, 0, 0);
  c.drawImage(tile, left, up, s, s);
}

// ---- curves ----
function logAxis(lo, hi) {  // round numbers in a range
  const ticks = [];
  const steps = hi / lo > 300 ? [1] : hi / lo > 12 ? [1, 3] : [1, 1.5, 2, 3, 4, 5, 7];
  for (let e = Math.floor(Math.log10(lo)) - 1; e <= Math.log10(hi) + 1; e++) for (const m of steps) { const v = m * 10 ** e; if (v >= lo * .999 && v <= hi * 1.001) ticks.push(v); }
  return ticks.length > 1 ? ticks : [lo, hi];
}
function paintLosses() {
  const [c, w, h] = canvas2d($("losses"), 200), left = 42, right = w - 78, top = 8, bottom = h - 22, last = Math.max(50, frontier);
  const stride = Math.max(1, Math.floor(frontier / 1500)), smooth = 1 - 1 / Math.max(1, frontier / stride / 20), drawn = [];
  let lo = Infinity, hi = -Infinity;
  for (const l of lanes) {
    const train = [], raw = [], kept = []; let m = null;
    for (let t = 0; t < l.losses.length; t += stride) { const v = l.losses[t]; if (Number.isFinite(v)) { m = m === null ? v : smooth * m + (1 - smooth) * v; train.push([t, m]); raw.push([t, v]); } }
    for (let k = 0; k < l.checks.length; k += stride) if (Number.isFinite(l.checks[k])) kept.push([k * VALIDATE, l.checks[k]]);
    for (const [, v] of [...train.slice(Math.min(3, train.length - 1)), ...kept]) { if (v > 0 && v < lo) lo = v; if (v > hi) hi = v; }
    drawn.push([l, train, kept, raw]);
  }
  if (!(lo < hi)) { lo = .1; hi = 1; }
  hi = Math.min(hi, lo * 1e7); lo = Math.max(lo, hi * 1e-7);
  const px = t => left + t / last * (right - left), py = v => bottom - (Math.log(Math.max(v, lo)) - Math.log(lo)) / (Math.log(hi) - Math.log(lo)) * (bottom - top);
  c.fillStyle = theme.soft; c.strokeStyle = theme.faint; c.textAlign = "right";
  for (const v of logAxis(lo, hi)) { const y = py(v); c.beginPath(); c.moveTo(left, y); c.lineTo(right, y); c.stroke(); c.fillText(show(v), left - 5, y); }
  c.textAlign = "center"; c.textBaseline = "top";
  const apart = Math.max(10, 10 ** Math.ceil(Math.log10(last / 8)) / (last / 10 ** Math.ceil(Math.log10(last / 8)) > 4 ? 1 : 2));
  for (let t = 0; t <= last; t += apart) c.fillText(String(t), px(t), bottom + 5);
  c.textBaseline = "middle"; c.textAlign = "left";
  const ends = [];
  for (const [l, train, kept, raw] of drawn) {
    c.strokeStyle = laneColor(l); c.setLineDash(DASH[l.color]);
    const line = (list, thick) => { const every = Math.max(1, Math.floor(list.length / (right - left))); c.lineWidth = thick; c.beginPath(); list.forEach(([t, v], i) => { if (i % every === 0 || i === list.length - 1) c.lineTo(px(t), py(Math.min(v, hi))); }); c.stroke(); };
    c.globalAlpha = .22; line(raw, 1); c.globalAlpha = .7; line(kept, 1.2); c.globalAlpha = 1; line(train, 2.2);
    c.setLineDash([]);
    if (train.length) ends.push([py(Math.min(train[train.length - 1][1], hi)), l]);
    const burst = Number.isFinite(l.losses[l.losses.length - 1] ?? 0) ? -1 : l.losses.findIndex(v => !Number.isFinite(v));
    if (burst >= 0) { c.fillStyle = theme.bad; c.textAlign = "center"; c.fillText("✕", px(burst), top + 6); c.textAlign = "left"; }
  }
  ends.sort((a, b) => a[0] - b[0]);
  let y = -99;
  for (const [at, l] of ends) { y = Math.max(at, y + 14); c.fillStyle = laneColor(l); c.fillText(laneTitle(l), right + 8, Math.min(y, h - 8)); }
  c.strokeStyle = theme.ink; c.lineWidth = 1; c.beginPath(); c.moveTo(px(T), top); c.lineTo(px(T), bottom); c.stroke();
}
function lossStepAt(e) { const r = $("losses").getBoundingClientRect(); return Math.round((e.clientX - r.left - 42) / (r.width - 120) * Math.max(50, frontier)); }

// ---- the slice of the loss ----
const SLICE = 26, FINE = 156, fine = document.createElement("canvas"); fine.width = fine.height = FINE;
const fineContext = fine.getContext("2d"), fineImage = fineContext.createImageData(FINE, FINE), finePixels = new Uint32Array(fineImage.data.buffer);
const BETWEEN = (() => {  // for each fine pixel: the grid points on both sides of it, and its distance from the lower one
  const at = Array.from({ length: FINE }, (_, p) => (p + .5) / FINE * SLICE - .5), inside = v => Math.max(0, Math.min(SLICE - 1, v));
  return { low: Int32Array.from(at, v => inside(Math.floor(v))), high: Int32Array.from(at, v => inside(Math.floor(v) + 1)), part: Float64Array.from(at, v => v - Math.floor(v)) };
})();
let slice = null, sliceWork = null;
function plane() {  // through the start, the chosen lane's position, and a third point: another lane's position, or the chosen lane's position halfway
  const a = lanes[chosen], w0 = firstWeights, n = w0.length, minus = w => Float64Array.from(w0, (v, i) => w[i] - v);
  const dot = (u, v) => { let s = 0; for (let i = 0; i < n; i++) s += u[i] * v[i]; return s; };
  const unit = u => { const s = Math.sqrt(dot(u, u)); return s > 1e-9 && s < Infinity ? u.map(v => v / s) : null; };  // null also if the weights have overflowed
  const away = (u, d) => { const s = dot(u, d); return u.map((v, i) => v - s * d[i]); };
  const random = new Generator(1), some = () => Float64Array.from(w0, () => random.uniform(-1, 1));
  const d1 = unit(minus(a.learner.w)) ?? unit(gradientOfAll(a).g.map(v => -v)) ?? unit(some());
  const others = lanes.filter(l => l !== a).map(l => away(minus(l.learner.w), d1)).filter(unit).sort((u, v) => dot(v, v) - dot(u, u));
  const past = a.path.filter(p => p.t <= T), half = past[Math.floor(past.length / 2)];
  const d2 = (others.length ? unit(others[0]) : null) ?? (half ? unit(away(minus(half.w), d1)) : null) ?? unit(away(some(), d1));
  const at = w => { const u = minus(w); return [dot(u, d1), dot(u, d2)]; };
  const ends = lanes.flatMap(l => [...l.path.filter(p => p.t <= T).map(p => at(p.w)), at(l.learner.w)]).filter(p => p.every(Number.isFinite));
  let [x0, x1, y0, y1] = [0, .5, -.25, .25];
  for (const [x, y] of ends) { x0 = Math.min(x0, x); x1 = Math.max(x1, x); y0 = Math.min(y0, y); y1 = Math.max(y1, y); }
  const r = Math.max(x1 - x0, y1 - y0) * .68, mx = (x0 + x1) / 2, my = (y0 + y1) / 2;
  return { d1, d2, at, box: [mx - r, mx + r, my - r, my + r] };
}
function sliceStep(budget) {  // compute a part of the slice, which is shown when it is complete
  if (!sliceWork) { const p = plane(); sliceWork = { ...p, z: new Float64Array(SLICE * SLICE), k: 0, w: new Float64Array(firstWeights.length), t: T }; sliceWork.W = lanes[0].learner.starts.map((s, k) => sliceWork.w.subarray(s, s + lanes[0].learner.W[k].length)); }
  const s = sliceWork, until = performance.now() + budget, [x0, x1, y0, y1] = s.box;
  while (s.k < SLICE * SLICE) {
    const x = x0 + (s.k % SLICE + .5) / SLICE * (x1 - x0), y = y1 - (Math.floor(s.k / SLICE) + .5) / SLICE * (y1 - y0);
    for (let i = 0; i < s.w.length; i++) s.w[i] = firstWeights[i] + x * s.d1[i] + y * s.d2[i];
    s.z[s.k++] = checker.loss(whole.x, whole.y, s.W, points.n);
    if (performance.now() > until) return false;
  }
  slice = s; sliceWork = null;
  return true;
}
function paintSlice() {
  const [c, w, h] = canvas2d($("slice"), Math.min(340, $("slice").clientWidth || 300));
  if (!slice || slice.d1.length !== firstWeights.length) return;
  const good = [...slice.z].filter(v => Number.isFinite(v) && v > 0).sort((a, b) => a - b), lo = Math.log(good[0]), hi = Math.log(good[Math.floor(good.length * .96)]), n = 10;
  const levels = slice.z.map(v => v === v ? Math.max(0, Math.min(1, (Math.log(v) - lo) / (hi - lo || 1))) * n : n), [x0, x1, y0, y1] = slice.box, soft = hexToRgb(theme.soft);
  const bands = Uint32Array.from({ length: n + 1 }, (_, k) => { const a = theme.dark ? .62 - .56 * k / n : .04 + .56 * k / n; return packed(theme.paperRgb.map((p, q) => p + (soft[q] - p) * a)); });  // dark is high in both themes
  for (let py = 0; py < FINE; py++) {
    const v = BETWEEN.part[py], up = BETWEEN.low[py] * SLICE, down = BETWEEN.high[py] * SLICE;
    for (let px = 0; px < FINE; px++) {
      const u = BETWEEN.part[px], j = BETWEEN.low[px], k = BETWEEN.high[px];
      const above = levels[up + j] * (1 - u) + levels[up + k] * u, below = levels[down + j] * (1 - u) + levels[down + k] * u;
      finePixels[py * FINE + px] = bands[Math.floor(above * (1 - v) + below * v)];
    }
  }
  fineContext.putImageData(fineImage, 0, 0);
  c.drawImage(fine, 0, 0, w, h);
  const px = x => (x - x0) / (x1 - x0) * w, py = y => h - (y - y0) / (y1 - y0) * h;
  for (const l of lanes) {
    c.strokeStyle = c.fillStyle = laneColor(l); c.lineWidth = l === lanes[chosen] ? 2.5 : 1.8; c.setLineDash(DASH[l.color]); c.lineJoin = "round";
    const path = [...l.path.filter(p => p.t <= T).map(p => slice.at(p.w)), slice.at(l.learner.w)].filter(p => p.every(Number.isFinite));
    c.beginPath(); for (const [x, y] of path) c.lineTo(px(x), py(y)); c.stroke(); c.setLineDash([]);
    const end = path[path.length - 1];
    if (end) { c.beginPath(); c.arc(px(end[0]), py(end[1]), 5, 0, 7); c.fill(); c.strokeStyle = theme.paper; c.lineWidth = 1.5; c.stroke(); }
  }
  const a = lanes[chosen], end = slice.at(a.learner.w), dot = (u, v) => u.reduce((s, x, i) => s + x * v[i], 0);
  if (end.every(Number.isFinite)) {  // the downhill directions: of all rows, and of some batches
    const arrow = (g, color, wide) => {
      const gx = -dot(g, slice.d1), gy = -dot(g, slice.d2), s = Math.hypot(gx, gy);
      if (!(s > 0)) return;
      const L = 42 * Math.min(1.6, s / reach), ex = px(end[0]) + gx / s * L, ey = py(end[1]) - gy / s * L;
      c.strokeStyle = color; c.lineWidth = wide; c.beginPath(); c.moveTo(px(end[0]), py(end[1])); c.lineTo(ex, ey); c.stroke();
      if (wide > 1.5) { c.fillStyle = color; c.beginPath(); c.arc(ex, ey, 3, 0, 7); c.fill(); }
    };
    const g = gradientOfAll(a).g, reach = Math.hypot(dot(g, slice.d1), dot(g, slice.d2)) || 1;
    for (const b of noisyGradients(a)) arrow(b, theme.soft, 1);
    arrow(g, theme.ink, 2.5);
  }
  c.fillStyle = theme.ink; c.beginPath(); c.arc(px(0), py(0), 3.5, 0, 7); c.fill();
}
function noisyGradients(l) {  // the gradients of the next batches: one epoch or eight batches, whichever is less
  if (batches.each === 1) return [];
  const L = l.learner, found = [];
  for (let k = 0; k < Math.min(8, batches.each); k++) {
    const g = new Float64Array(L.w.length), G = L.starts.map((s, i) => g.subarray(s, s + L.W[i].length));
    load(T + k);
    network.step(bx, by, L.W, G, load.rows.length);
    found.push(g);
  }
  load(T);
  return found;
}
function gradientNoise(l) {  // the mean distance of a batch's gradient from that of all rows, relative to the latter's norm
  const g = gradientOfAll(l).g, size = Math.sqrt(g.reduce((s, v) => s + v * v, 0));
  const parts = noisyGradients(l).map(b => Math.sqrt(b.reduce((s, v, i) => s + (v - g[i]) ** 2, 0)));
  return parts.length ? parts.reduce((s, v) => s + v) / parts.length / size : 0;
}

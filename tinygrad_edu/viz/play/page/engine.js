// The state of the page: data, lanes, and time. Nothing here depends on the screen.
const $ = id => document.getElementById(id);
const RULE_NAMES = Object.keys(RULES), ACTIVATION_NAMES = Object.keys(LAYERS).filter(k => !/Linear$/.test(k));
const START_LR = { SGD: .1, Momentum: .1, NAG: .1, Adagrad: .1, RMSprop: .01, Adadelta: 1, Adam: .01, Nadam: .01 };
const FRESH = { data: "moons", noise: null, batch: 32, scale: true, unit: 1, seed: 0, layers: [8, 8], act: "Tanh", loss: null, init: "", keep: false, axes: null };
const cfg = structuredClone(FRESH);
const SNAP = 25, VALIDATE = 5, MOST_LANES = 4, MOST_SNAPS = 200, MOST_PATH = 300;
let own = DATA.own;        // data from a file, a link or Python, or drawn by hand
let points = null, lanes = [], T = 0, frontier = 0, playing = false, chosen = 0, neuron = null, weightOf = 0;
let network, checker, whole, batches, bx, by, loadedStep = -1, firstWeights;

const currentSet = () => cfg.data === "own" ? own : DATA.sets[cfg.data];
const noiseNow = () => cfg.noise ?? currentSet().noise;
const round = (v, digits = 4) => Number(v.toFixed(digits));

function lossesFor(classes) { return classes === 0 ? ["MSELoss", "L1Loss", "SmoothL1Loss"] : classes === 2 ? ["BCEWithLogitsLoss", "CrossEntropyLoss", "MSELoss"] : ["CrossEntropyLoss"]; }
const labels = () => cfg.loss === "CrossEntropyLoss";
const outputs = () => labels() ? points.classes : 1;
const widths = () => [points.D, ...cfg.layers, outputs()];

function makePoints() {  // rows to train on and held-out rows, as measured and as the network sees them
  const set = currentSet(), D = set.features, total = set.y.length, n = total - set.validation, noise = noiseNow();
  const raw = Float64Array.from(set.X, (v, i) => {
    const x = round(v + (set.Z && set.classes ? noise * set.Z[i] : 0));
    return i % D === Math.min(1, D - 1) ? round(x * cfg.unit) : x;
  });
  const y = Float64Array.from(set.y, (v, i) => set.classes ? v : round(v + (set.Z ? noise * set.Z[i * D] : 0)));
  const mean = new Float64Array(D), std = new Float64Array(D).fill(1), lo = [], hi = [];
  for (let k = 0; k < D; k++) {
    let sum = 0, square = 0, a = Infinity, b = -Infinity;
    for (let i = 0; i < total; i++) { const v = raw[i * D + k]; if (i < n) sum += v; a = Math.min(a, v); b = Math.max(b, v); }
    for (let i = 0; i < n; i++) square += (raw[i * D + k] - sum / n) ** 2;
    if (cfg.scale) { mean[k] = sum / n; std[k] = Math.sqrt(square / n) || 1; }
    const pad = (b - a || 1) * .12;
    lo.push(a - pad); hi.push(b + pad);
  }
  const seen = raw.map((v, i) => (v - mean[i % D]) / std[i % D]);
  const target = labeled => labeled ? Int32Array.from(y) : y;
  let low = Infinity, high = -Infinity; for (const v of y) { low = Math.min(low, v); high = Math.max(high, v); }
  const room = (high - low || 1) * .15; low -= room; high += room;  // the vertical range of a curve's picture
  return { D, n, low, high, kept: total - n, classes: set.classes, names: set.names, raw, y, seen, mean, std, lo, hi, target };
}

function rebuild() {  // new data, initial weights and batches: step 0
  points = makePoints();
  const allowed = lossesFor(points.classes);
  if (!allowed.includes(cfg.loss)) cfg.loss = allowed[0];
  cfg.axes = points.D < 2 ? [0, 0] : (cfg.axes ?? currentSet().axes ?? [0, 1]).map((a, k) => a < points.D ? a : k);
  if (points.D > 1 && cfg.axes[0] === cfg.axes[1]) cfg.axes[1] = (cfg.axes[0] + 1) % points.D;
  const sizes = widths(), B = Math.max(1, Math.min(cfg.batch, points.n)), type = labels() ? Int32Array : Float64Array;
  network = new Network(sizes, cfg.act, cfg.loss, B);
  checker = new Network(sizes, cfg.act, cfg.loss, Math.max(points.n, points.kept));
  whole = { G: null, x: points.seen.subarray(0, points.n * points.D), y: type.from(points.y.subarray(0, points.n)), vx: points.seen.subarray(points.n * points.D), vy: type.from(points.y.subarray(points.n)) };
  bx = new Float64Array(B * points.D); by = new type(B);
  const generator = new Generator(cfg.seed);
  firstWeights = first(sizes, generator);
  batches = new Batches(generator, points.n, B);
  loadedStep = -1; T = frontier = 0;
  if (!neuron || neuron[0] > cfg.layers.length || neuron[1] >= sizes[neuron[0] + 1]) neuron = [0, 0];
  weightOf = Math.min(weightOf, sizes[neuron[0]]);
  for (const l of lanes) reset(l);
}
const fromModel = () => DATA.model !== null && String(DATA.model.widths) === String(widths());
function first(sizes, generator) {
  const l = new Learner(sizes, "SGD", {});
  if (fromModel()) l.w.set(DATA.model.weights); else l.draw(generator);
  if (cfg.init === "zeros") l.w.fill(0);
  if (cfg.init === "dead") l.W[1].fill(-10);
  return l.w.slice();
}
function makeLane(rule, options = {}) {
  const l = { rule, options: { ...RULES[rule].options, lr: START_LR[rule], ...options }, color: [0, 1, 2, 3].find(c => !lanes.some(q => q.color === c)) };
  delete l.options.t;
  return l;
}
function reset(l) {
  l.learner = new Learner(widths(), l.rule, l.options);
  l.learner.w.set(firstWeights);
  l.begin = { rule: l.rule, options: { ...l.options } }; l.log = []; l.losses = []; l.checks = []; l.snaps = new Map(); l.gap = SNAP; l.path = []; l.every = VALIDATE; l.forked = null;
  note(l, 0);
}
function load(t) {  // the rows of step t; every lane gets the same
  if (loadedStep === t) return;
  const rows = batches.rows(t), D = points.D;
  rows.forEach((r, i) => { for (let k = 0; k < D; k++) bx[i * D + k] = whole.x[r * D + k]; by[i] = whole.y[r]; });
  load.rows = rows; loadedStep = t;
}
function note(l, t) {  // keep a snapshot, a point of the path and the validation loss, if they are due at step t
  if (t % SNAP === 0) {
    l.snaps.set(t, l.learner.snapshot());
    if (l.snaps.size > MOST_SNAPS) {  // keep the old ones farther apart
      while (t / l.gap > MOST_SNAPS / 2) l.gap *= 2;
      for (const k of [...l.snaps.keys()]) if (k % l.gap && k < t - 500) l.snaps.delete(k);
    }
  }
  if (t % l.every === 0 && t > (l.path.length ? l.path[l.path.length - 1].t : -1)) {
    l.path.push({ t, w: Float32Array.from(l.learner.w) });
    if (l.path.length > MOST_PATH) { l.every *= 2; l.path = l.path.filter(p => p.t % l.every === 0); }
  }
  if (t % VALIDATE === 0 && points.kept) l.checks[t / VALIDATE] = checker.loss(whole.vx, whole.vy, l.learner.W, points.kept);
}
function advance(l, t) {
  for (const e of l.log) if (e.step === t) { if (e.rule !== l.learner.rule) l.learner.use(e.rule, e.options); l.learner.options = { ...e.options }; }
  load(t);
  const L = l.learner, old = cfg.keep ? L.g.slice() : null;
  l.losses[t] = network.step(bx, by, L.W, L.G, load.rows.length);
  if (old) for (let i = 0; i < old.length; i++) L.g[i] += old[i];  // zero_grad was forgotten
  L.update();
  note(l, t + 1);
}
function step() { for (const l of lanes) advance(l, T); T++; frontier = Math.max(frontier, T); }
function seek(t) {  // go to step t, forward from the last snapshot at or before it
  t = Math.max(0, Math.min(t, frontier));
  for (const l of lanes) {
    let s = t;
    while (!l.snaps.has(s)) s--;
    l.learner.restore(l.snaps.get(s));
    for (; s < t; s++) advance(l, s);
  }
  T = t;
}
function cutFuture() {  // what was computed beyond this step no longer holds
  for (const q of lanes) {
    q.losses.length = Math.min(q.losses.length, T); q.checks.length = Math.min(q.checks.length, Math.floor(T / VALIDATE) + 1);
    q.path = q.path.filter(p => p.t <= T);
    for (const k of [...q.snaps.keys()]) if (k > T) q.snaps.delete(k);
  }
  frontier = T;
}
function change(l) {  // from here on, the lane trains with its new rule and options
  l.log = l.log.filter(e => e.step < T);
  l.log.push({ step: T, rule: l.rule, options: { ...l.options } });
  cutFuture();
  if (T === 0) reset(l);
}
function fork(k) {  // a second lane with the same past
  if (lanes.length >= MOST_LANES) return;
  const a = lanes[k], b = makeLane(a.rule, a.options);
  b.learner = new Learner(widths(), a.learner.rule, a.learner.options);
  b.learner.restore(a.learner.snapshot());
  Object.assign(b, { begin: { rule: a.begin.rule, options: { ...a.begin.options } }, log: a.log.map(e => ({ ...e, options: { ...e.options } })), losses: a.losses.slice(), checks: a.checks.slice(), snaps: new Map(a.snaps), gap: a.gap, path: a.path.slice(), every: a.every, forked: [a.rule, T] });
  lanes.splice(k + 1, 0, b); chosen = k + 1;
}
function catchUp(l) {  // train a new lane from step 0 up to the current step
  cutFuture();
  for (let t = 0; t < T; t++) advance(l, t);
}
function accuracy(l) {  // on the held-out rows, or on all if there are none
  if (!points.classes) return null;
  const n = points.kept || points.n, x = points.kept ? whole.vx : whole.x, y = points.kept ? whole.vy : whole.y;
  const z = checker.forward(x, l.learner.W, n), C = outputs(), edge = cfg.loss === "MSELoss" ? .5 : 0;
  let right = 0;
  for (let i = 0; i < n; i++) {
    let best = 0;
    if (C === 1) best = z[i] > edge ? 1 : 0; else for (let c = 1; c < C; c++) if (z[i * C + c] > z[i * C + best]) best = c;
    right += best === y[i];
  }
  return right / n;
}
function gradientOfAll(l) {  // the loss of all training rows and its gradient
  const L = l.learner, g = new Float64Array(L.w.length), G = L.starts.map((s, k) => g.subarray(s, s + L.W[k].length));
  const value = checker.step(whole.x, whole.y, L.W, G, points.n);
  return { value, g };
}
function preview(l) {  // compute the next step (forward, backward and update) without taking it
  const p = new Learner(widths(), l.learner.rule, l.learner.options), old = cfg.keep ? l.learner.g.slice() : null;
  p.restore(l.learner.snapshot());
  for (const e of l.log) if (e.step === T) { if (e.rule !== p.rule) p.use(e.rule, e.options); p.options = { ...e.options }; }
  load(T);
  const loss = network.step(bx, by, p.W, p.G, load.rows.length);
  const batch = p.g.slice();
  if (old) for (let i = 0; i < old.length; i++) p.g[i] += old[i];
  const state = p.state.map(b => b.slice());
  p.update();
  return { loss, g: p.g, batch, stateBefore: state, state: p.state, w: p.before, after: p.w, learner: p, options: p.options };
}

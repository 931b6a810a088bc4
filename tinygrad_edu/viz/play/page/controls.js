// The controls: what the reader can press, and when each part is painted.
const MOST_LAYERS = 6, MOST_UNITS = 32, NARROW = "(max-width: 1080px)";
let drawing = null, drawClass = 1, owed = 0, frames = 0, nextFrame = 0, replayTimer = 0;
const timings = [];

function el(tag, props, ...kids) { const e = Object.assign(document.createElement(tag), props); e.append(...kids); return e; }
const on = (id, event, f) => $(id).addEventListener(event, f);

// ---- rebuilding and repainting everything ----
function start() { stopReplay(); rebuild(); prepareGrid(); slice = sliceWork = null; stage = 0; rowOf = 0; buildSetup(); buildLanes(); refresh(); }
function refresh() { for (const l of lanes) { paintStage(l); paintNetwork(l); paintNumbers(l); paintNoise(l); paintFormula(l); } paintLosses(); paintInspector(); paintFindings(); sliceSoon(); paintClock(); remember(); }
function sliceSoon() { sliceWork = null; if (!playing) requestAnimationFrame(sliceFrame); }
function sliceFrame() { if (playing) return; if (sliceStep(10)) paintSlice(); else requestAnimationFrame(sliceFrame); }
function paintClock() {
  $("scrub").max = frontier; $("scrub").value = T;
  $("count").textContent = T_("clock", { step: T, epoch: (T / batches.each).toFixed(1) });
  $("next").disabled = playing; $("back").disabled = playing || T === 0;
}
function paintNumbers(l) {
  const loss = l.losses[T - 1], kept = l.checks[Math.floor(T / VALIDATE)], right = accuracy(l), bad = T > 0 && !Number.isFinite(loss);
  l.figures.train.textContent = bad ? T_("lane.diverged") : show(loss); l.figures.train.classList.toggle("bad", bad);
  l.figures.kept.textContent = points.kept ? show(kept) : "–";
  l.figures.right.textContent = right === null ? "–" : Math.round(right * 100) + "%";
}
function paintNoise(l) { const noise = gradientNoise(l); l.figures.noise.textContent = Number.isFinite(noise) ? show(noise) : "–"; }

// ---- time ----
function setPlaying(go) {
  playing = go; $("findings").setAttribute("aria-live", go ? "off" : "polite");  // screen readers announce them only when paused
  $("play").textContent = T_(go ? "pause" : "play"); $("play").setAttribute("aria-pressed", String(go));
  cancelAnimationFrame(nextFrame);  // one loop, however often Play is pressed
  if (go) { owed = 1; nextFrame = requestAnimationFrame(frame); }
}
function toggle(go = !playing) {
  setPlaying(go); paintClock();
  if (!go) refresh();
}
function frame() {
  try { playFrame(); } finally { if (playing) nextFrame = requestAnimationFrame(frame); }  // an error in one picture does not end the run
}
function playFrame() {
  const begin = performance.now();
  owed = Math.min(owed + +$("speed").value, 12);
  while (owed >= 1 && performance.now() - begin < 7) { step(); owed--; }
  const stepped = performance.now(), l = lanes[frames % lanes.length];
  for (const q of lanes) { if (lanes.length < 3 || q === l || frames % 2) paintStage(q); paintNumbers(q); }
  if (frames % 3 === 0) paintLosses();
  else if (frames % 3 === 1) paintNetwork(lanes[Math.floor(frames / 3) % lanes.length]);
  else if (frames % 12 === 2) paintFormula(lanes[Math.floor(frames / 12) % lanes.length]);
  else if (frames % 12 === 5) paintInspector();
  else if (frames % 24 === 8) paintFindings();
  else if (frames % 24 === 20) paintNoise(lanes[Math.floor(frames / 24) % lanes.length]);
  else if (sliceStep(2.5)) paintSlice();
  paintClock(); frames++;
  timings.push([stepped - begin, performance.now() - stepped]); if (timings.length > 600) timings.shift();
}
function go(t) { toggle(false); seek(t); refresh(); }
function replay(goal, budget) {  // train up to the step in the link, in short time slices so that the page stays responsive
  const until = performance.now() + budget;
  while (T < goal && performance.now() < until) step();
  if (T >= goal) return arrive();
  $("replay").hidden = false; $("replay-text").textContent = T_("replay", { step: T, of: goal });
  for (const e of document.body.children) e.inert = e.id !== "replay";
  replayTimer = setTimeout(replay, 0, goal, 40);
}
function stopReplay() {
  clearTimeout(replayTimer); replayTimer = 0; $("replay").hidden = true;
  for (const e of document.body.children) e.inert = false;
}
function arrive() { stopReplay(); buildLanes(); refresh(); }

// ---- setup ----
function buildSetup() {
  const names = [...Object.keys(DATA.sets), ...(own ? ["own"] : [])];
  $("sets").replaceChildren(...names.map(name => {
    const b = el("button", { type: "button", className: "set" }, el("canvas", { width: 88, height: 66 }), el("span", { textContent: T_("set." + name) }));
    b.setAttribute("aria-pressed", String(name === cfg.data));
    b.onclick = () => { drawing = null; cfg.data = name; cfg.noise = null; cfg.axes = null; cfg.loss = null; preset = null; lanes.forEach(fresh); start(); };
    thumbnail(b.firstChild, name === "own" ? own : DATA.sets[name]);
    return b;
  }));
  const set = currentSet();
  $("kind-row").hidden = !set.kinds; options($("kind"), ["classes", "curve"].map(v => [v, T_("kind." + v)]), set.classes ? "classes" : "curve");
  $("noise-row").hidden = !set.Z; slider("noise", noiseNow(), round(noiseNow(), 2));
  const sizes = batchSizes(), at = sizes.reduce((a, v, i) => v <= cfg.batch ? i : a, 0);
  $("batch").max = sizes.length - 1; slider("batch", at, Math.min(cfg.batch, points.n) === points.n ? T_("batch.all", { n: points.n }) : cfg.batch === 1 ? T_("batch.one") : cfg.batch);
  slider("unit", Math.log10(cfg.unit), "× " + show(cfg.unit)); $("unit-name").textContent = T_("unit", { n: Math.min(2, points.D) }); $("scale").checked = cfg.scale; $("zero").checked = !cfg.keep;
  $("seed").value = cfg.seed;
  options($("act"), ACTIVATION_NAMES.map(v => [v, v]), cfg.act);
  options($("loss"), lossesFor(points.classes).map(v => [v, v]), cfg.loss);
  options($("init"), ["", "zeros", "dead"].map(v => [v, T_("init." + (v || (fromModel() ? "model" : "standard")))]), cfg.init);
  $("axes").hidden = points.D < 3;
  for (const [k, id] of ["axis-x", "axis-y"].entries()) options($(id), points.names.map((v, i) => [i, v]), cfg.axes[k]);
  $("layers").replaceChildren(...cfg.layers.map((width, k) => {
    const less = el("button", { type: "button", textContent: "−", disabled: width <= 1, onclick: () => resize(k, -1) }), more = el("button", { type: "button", textContent: "+", disabled: width >= MOST_UNITS, onclick: () => resize(k, 1) });
    less.setAttribute("aria-label", T_("layers.less", { k: k + 1 })); more.setAttribute("aria-label", T_("layers.more", { k: k + 1 }));
    return el("div", { className: "layer" }, el("span", { textContent: T_("layers.layer", { k: k + 1 }) }), less, el("output", { textContent: width }), more);
  }));
  $("fewer").disabled = cfg.layers.length === 0; $("deeper").disabled = cfg.layers.length >= MOST_LAYERS;
  document.body.classList.toggle("drawing", !!drawing);
  $("draw-bar").hidden = !drawing; $("draw").setAttribute("aria-pressed", String(!!drawing));
  document.querySelectorAll("#draw-bar [data-class]").forEach(b => { b.hidden = Boolean(drawing?.line); b.setAttribute("aria-pressed", String(+b.dataset.class === drawClass)); });
  document.querySelectorAll("[data-preset]").forEach(b => b.setAttribute("aria-pressed", String(b.dataset.preset === preset)));
}
const fresh = l => { l.log = []; };
function slider(id, value, text) { $(id).value = value; $(id + "-value").textContent = text; }
function options(select, list, value) { select.replaceChildren(...list.map(([v, text]) => el("option", { value: v, textContent: text, selected: String(v) === String(value) }))); }
function batchSizes() { const n = points.n; return [...[1, 2, 4, 8, 16, 32, 64, 128].filter(v => v < n), n]; }
function resize(k, by_) { const step_ = cfg.layers[k] >= 12 || (cfg.layers[k] === 8 && by_ > 0) ? 4 : cfg.layers[k] >= 4 + (by_ < 0) ? 2 : 1; cfg.layers[k] = Math.max(1, Math.min(MOST_UNITS, cfg.layers[k] + by_ * step_)); again(); }
function again() { preset = null; lanes.forEach(fresh); start(); }
function thumbnail(canvas, set) {
  const c = canvas.getContext("2d"), D = set.features, total = set.y.length, every = Math.max(1, Math.floor(total / 120)), q = set.axes ?? [0, 1];
  const value = (i, k) => D === 1 && k === 1 ? set.y[i] : set.X[i * D + q[k]] + (set.Z && set.classes ? set.noise * set.Z[i * D + k] : 0);
  const lo = [0, 1].map(k => Math.min(...Array.from({ length: total }, (_, i) => value(i, k)))), hi = [0, 1].map(k => Math.max(...Array.from({ length: total }, (_, i) => value(i, k))));
  c.clearRect(0, 0, 88, 66);
  for (let i = 0; i < total; i += every) {
    c.fillStyle = theme.series[set.classes ? classColor(set.y[i]) : 0];
    pointPath(c, set.classes ? set.y[i] : 0, 6 + (value(i, 0) - lo[0]) / (hi[0] - lo[0] || 1) * 76, 60 - (value(i, 1) - lo[1]) / (hi[1] - lo[1] || 1) * 54, 2.4);
    c.fill();
  }
}

// ---- lanes ----
const LOG = { lr: [-4, 1], eps: [-12, 0] }, NEAR_ONE = /^(beta\d|alpha|rho|momentum)$/;
const RANGE = k => LOG[k] || (NEAR_ONE.test(k) ? [0, 4] : k === "momentum_decay" ? [0, 1] : k === "dampening" ? [0, 1] : [0, .1]);
const toSlider = (k, v) => LOG[k] ? Math.log10(Math.max(v, 1e-12)) : NEAR_ONE.test(k) ? -Math.log10(1 - v) : v;
const fromSlider = (k, s) => LOG[k] ? +(10 ** s).toPrecision(2) : NEAR_ONE.test(k) ? Math.max(0, +(1 - 10 ** -s).toPrecision(s > 2 ? 4 : 3)) : round(+s, 4);
const OPTION_NAME = { beta1: "β₁", beta2: "β₂", eps: "ε", alpha: "α", rho: "ρ", momentum_decay: "μ decay", initial_accumulator_value: "G₀", lr_decay: "lr decay" };
function buildLanes() {
  const keep = document.activeElement?.id;
  $("lanes").style.setProperty("--n", lanes.length);
  $("lanes").replaceChildren(...lanes.map((l, k) => laneCard(l, k)));
  $("add").disabled = lanes.length >= MOST_LANES;
  if (keep && document.getElementById(keep) && keep !== document.activeElement?.id) document.getElementById(keep).focus();
}
function laneCard(l, k) {
  const card = el("section", { className: "lane" + (k === chosen ? " chosen" : "") });
  card.style.setProperty("--lane", laneColor(l)); card.setAttribute("aria-label", T_("lane.name", { n: k + 1 }));
  card.onpointerdown = () => { if (chosen !== k) { chosen = k; document.querySelectorAll(".lane").forEach((e, i) => e.classList.toggle("chosen", i === k)); if (!playing) { paintInspector(); sliceSoon(); } } };
  const pick = el("select", { id: `rule-${k}` }); options(pick, RULE_NAMES.map(v => [v, v]), l.rule); pick.setAttribute("aria-label", T_("lane.rule", { n: k + 1 }));
  pick.onchange = () => { l.rule = pick.value; l.options = { ...RULES[l.rule].options, lr: START_LR[l.rule] }; change(l); buildLanes(); refresh(); };
  const forkIt = el("button", { type: "button", textContent: T_("lane.fork"), title: T_("lane.fork.title"), disabled: lanes.length >= MOST_LANES, onclick: () => { fork(k); buildLanes(); refresh(); } });
  const close = el("button", { type: "button", className: "close", textContent: "×", disabled: lanes.length < 2, onclick: () => { lanes.splice(k, 1); chosen = Math.min(chosen, lanes.length - 1); buildLanes(); refresh(); } });
  close.setAttribute("aria-label", T_("lane.remove", { n: k + 1 }));
  const key = el("canvas", { className: "key", width: 44, height: 8 }), c = key.getContext("2d");
  c.strokeStyle = laneColor(l); c.lineWidth = 5; c.setLineDash(DASH[l.color].map(v => v * 1.4)); c.beginPath(); c.moveTo(0, 4); c.lineTo(44, 4); c.stroke();
  l.figures = {};
  const figure = (id, name) => { l.figures[id] = el("dd", {}); const d = el("div", {}, el("dt", { textContent: name }), l.figures[id]); d.title = T_("figure." + id); return d; };
  const figures = el("dl", { className: "figures" }, figure("train", T_("figure.train.short")), figure("kept", T_("figure.kept.short")), figure("right", T_("figure.right.short")), figure("noise", T_("figure.noise.short")));
  l.stage = el("canvas", { className: "stage" }); l.stage.setAttribute("role", "img"); l.stage.setAttribute("aria-label", T_("lane.picture", { n: k + 1 }));
  l.stage.onpointerdown = e => drawAt(e, l);
  l.net = el("canvas", { className: "net" }); l.net.setAttribute("role", "img"); l.net.setAttribute("aria-label", T_("lane.network"));
  l.units = el("div", { className: "units" });
  l.formula = el("div", { className: "formula" });
  const sliders = el("div", { className: "options" });
  for (const [h, v] of Object.entries(l.options)) if (h !== "t") sliders.append(option(l, k, h, v));
  const stageBox = el("div", { className: "stage-box" }, l.stage, ...(l.forked ? [el("span", { className: "origin", textContent: T_("lane.forked", { rule: l.forked[0], step: l.forked[1] }) })] : []));
  card.append(el("header", {}, key, pick, forkIt, close), figures, el("div", { className: "pictures" }, stageBox, el("div", { className: "net-box" }, l.net, l.units)), l.formula, sliders);
  requestAnimationFrame(() => placeUnits(l, k));
  return card;
}
function placeUnits(l, k) {  // a button over each unit, for fingers, keys and screen readers
  if (!l.net.isConnected) return;
  const g = layout(l);
  l.units.replaceChildren(...g.columns.slice(1).flatMap((n, layer) => Array.from({ length: n }, (_, j) => {
    const [x, y] = g.at(layer + 1, j), b = el("button", { type: "button", title: neuronName(layer, j), tabIndex: j === (neuron[0] === layer ? neuron[1] : 0) ? 0 : -1 }), s = g.size + 2;
    b.setAttribute("aria-label", neuronName(layer, j)); b.setAttribute("aria-pressed", String(neuron[0] === layer && neuron[1] === j));
    b.style.cssText = `left:${x - s / 2}px;top:${y - s / 2}px;width:${s}px;height:${s}px`;
    b.onclick = () => chooseNeuron(layer, j, k);
    b.onkeydown = e => { const d = { ArrowDown: 1, ArrowUp: -1 }[e.key]; if (d) { e.preventDefault(); e.stopPropagation(); chooseNeuron(layer, (j + d + n) % n, k); [...l.units.children].find(u => u.getAttribute("aria-pressed") === "true")?.focus(); } };
    return b;
  })));
}
function chooseNeuron(layer, j, k) {
  neuron = [layer, j]; chosen = k; weightOf = Math.min(weightOf, inputsOf(layer)); stage = 0;
  document.querySelectorAll(".lane").forEach((e, i) => e.classList.toggle("chosen", i === k));
  lanes.forEach(placeUnits); refresh();
}
function option(l, k, h, v) {
  const name = OPTION_NAME[h] ?? h, id = `option-${k}-${h}`;
  if (typeof v === "boolean") {
    const box = el("input", { type: "checkbox", id, checked: v });
    box.onchange = () => { l.options[h] = box.checked; if (h === "nesterov" && box.checked) { l.options.momentum ||= .9; l.options.dampening = 0; } change(l); buildLanes(); refresh(); };
    return el("label", { className: "switch" }, box, el("span", { textContent: name }));
  }
  const [a, b] = RANGE(h), s = el("input", { type: "range", id, min: a, max: b, step: (b - a) / 200, value: toSlider(h, v) }), out = el("output", { textContent: show(v) });
  s.setAttribute("aria-label", `${name}, ${l.rule}`);
  s.oninput = () => { l.options[h] = fromSlider(h, s.value); out.textContent = show(l.options[h]); if (l.options.nesterov && (!l.options.momentum || l.options.dampening)) { l.options.nesterov = false; buildLanes(); } change(l); if (!playing) refresh(); };
  return el("label", {}, el("span", { textContent: name }), s, out);
}

// ---- points drawn by hand, and files ----
function drawAt(e, l) {
  if (!drawing) return;
  const r = l.stage.getBoundingClientRect(), u = (e.clientX - r.left) / r.width, v = 1 - (e.clientY - r.top) / r.height, [a, b] = cfg.axes;
  const at = (t, k) => round(points.lo[k] + t * (points.hi[k] - points.lo[k]), 3), { line } = drawing;
  if (!drawing.started) { own = { X: [], y: [], classes: line ? 0 : 2, features: line ? 1 : 2, names: line ? ["x"] : ["x₁", "x₂"], validation: 0, noise: 0, Z: null }; drawing.started = true; }
  if (line) { own.X.push(at(u, 0)); own.y.push(round(points.low + v * (points.high - points.low), 3)); }
  else { own.X.push(at(u, a), at(v, b)); own.y.push(drawClass); own.classes = Math.max(2, ...own.y.map(c => c + 1)); }
  const box = [points.lo, points.hi, points.low, points.high];
  cfg.data = "own"; cfg.noise = null; cfg.loss = cfg.loss && lossesFor(own.classes).includes(cfg.loss) ? cfg.loss : null; cfg.unit = 1;
  lanes.forEach(fresh);
  rebuildKeeping(box);
}
function rebuildKeeping(box) {  // the picture does not move while points are drawn
  rebuild(); if (points.D === box[0].length) [points.lo, points.hi, points.low, points.high] = box;
  prepareGrid(); slice = sliceWork = null; buildSetup(); lanes.forEach(placeUnits); refresh();
}
function takeFile(file) {
  file.text().then(text => {
    let complete, skipped;
    try { [own, complete, skipped] = fromCsv(text); } catch (why) { return say(String(why)); }
    cfg.data = "own"; cfg.noise = null; cfg.loss = null; cfg.axes = null; cfg.unit = 1; drawing = null; preset = null; lanes.forEach(fresh);
    start();
    const told = [T_("csv.done", { n: own.y.length, features: T_(own.features === 1 ? "csv.done.feature" : "csv.done.features", { D: own.features }), kind: own.classes ? T_("csv.kind.classes", { n: own.classes }) : T_("csv.kind.curve") })];
    if (own.y.length < complete) told.push(T_("csv.limit", { n: own.y.length, of: complete }));
    if (skipped) told.push(T_("csv.skipped", { n: skipped }));
    say(told.join(" "));
  });
}
function say(text) { $("message").textContent = text; $("message").hidden = false; clearTimeout(say.timer); say.timer = setTimeout(() => { $("message").hidden = true; }, Math.max(6000, 90 * text.length)); }
function dialog(title, text, note = "") { $("dialog-note").textContent = note; $("dialog-note").hidden = !note; $("dialog-text").classList.toggle("wrap", !text.includes("\n")); $("dialog-title").textContent = title; $("dialog-text").textContent = text; $("dialog").showModal(); }
function copied(text, done) { const said = () => say(done); navigator.clipboard?.writeText(text).then(said, () => {}); }

// ---- language and theme ----
function paintTheme() { readTheme(); $("play").textContent = T_(playing ? "pause" : "play"); buildSetup(); buildLanes(); refresh(); if (slice) paintSlice(); }

// ---- wiring ----
function wire() {
  on("play", "click", () => toggle()); on("next", "click", () => { step(); refresh(); }); on("back", "click", () => go(T - 1));
  on("restart", "click", () => { toggle(false); lanes.forEach(fresh); start(); });
  on("scrub", "input", e => go(+e.target.value)); on("losses", "click", e => go(lossStepAt(e)));
  on("losses", "keydown", e => { const d = { ArrowLeft: -10, ArrowRight: 10, Home: -1e9, End: 1e9 }[e.key]; if (d) { e.preventDefault(); e.stopPropagation(); go(T + d); } });
  on("noise", "input", e => { cfg.noise = +e.target.value; again(); }); on("batch", "input", e => { cfg.batch = batchSizes()[+e.target.value]; again(); });
  on("unit", "input", e => { cfg.unit = +(10 ** e.target.value).toPrecision(2); again(); }); on("scale", "change", e => { cfg.scale = e.target.checked; again(); });
  on("kind", "change", () => { own = otherKind(own); cfg.loss = null; again(); });
  on("zero", "change", e => { cfg.keep = !e.target.checked; again(); });
  on("seed", "change", e => { cfg.seed = Math.max(0, Math.min(99999, +e.target.value | 0)); again(); });
  on("act", "change", e => { cfg.act = e.target.value; again(); }); on("loss", "change", e => { cfg.loss = e.target.value; again(); }); on("init", "change", e => { cfg.init = e.target.value; again(); });
  for (const [k, id] of ["axis-x", "axis-y"].entries()) on(id, "change", e => { cfg.axes[k] = +e.target.value; if (cfg.axes[0] === cfg.axes[1]) cfg.axes[1 - k] = (cfg.axes[k] + 1) % points.D; prepareGrid(); buildSetup(); refresh(); });
  on("deeper", "click", () => { cfg.layers.push(cfg.layers[cfg.layers.length - 1] ?? 4); again(); }); on("fewer", "click", () => { cfg.layers.pop(); again(); });
  on("draw", "click", () => {
    const line = isLine() && !points.classes, mine = cfg.data === "own" && own && own.features === (line ? 1 : 2) && (own.classes > 0) !== line;
    drawing = drawing ? null : { line, started: Boolean(mine) };
    if (drawing && !line && points.D !== 2) { cfg.data = "moons"; again(); }  // points are drawn in the plane of two features
    buildSetup(); say(drawing ? T_(line ? "draw.how.line" : "draw.how") : ""); if (!drawing) $("message").hidden = true; });
  document.querySelectorAll("#draw-bar [data-class]").forEach(b => { b.onclick = () => { drawClass = +b.dataset.class; buildSetup(); }; });
  on("draw-clear", "click", () => { cfg.data = drawing.line ? "curve" : "moons"; drawing.started = false; own = DATA.own; again(); });
  on("file", "change", e => { if (e.target.files[0]) takeFile(e.target.files[0]); e.target.value = ""; });
  addEventListener("dragover", e => { e.preventDefault(); document.body.classList.add("dropping"); });
  addEventListener("dragleave", e => { if (!e.relatedTarget) document.body.classList.remove("dropping"); });
  addEventListener("drop", e => { e.preventDefault(); document.body.classList.remove("dropping"); if (e.dataTransfer.files[0]) takeFile(e.dataTransfer.files[0]); });
  document.querySelectorAll("[data-preset]").forEach(b => { b.onclick = () => breakIt(b.dataset.preset); });
  on("mend", "click", mendIt);
  on("add", "click", () => { const l = makeLane(["SGD", "Momentum", "Adam", "RMSprop"].find(r => !lanes.some(q => q.rule === r)) ?? "NAG"); reset(l); lanes.push(l); catchUp(l); buildLanes(); refresh(); });
  on("python", "click", () => { const l = lanes[chosen], text = toPython(l); copied(text, T_("copied")); dialog(T_("python.title", { rule: l.rule }), text); });
  on("code", "click", () => { const l = lanes[chosen]; dialog(T_("code.title", { rule: l.rule }), [`${l.rule}.update = function ${RULES[l.rule].update}`, LAYERS.Linear, LAYERS[cfg.act], LOSSES[cfg.loss]].map(String).join("\n\n")); });
  on("link", "click", () => { const text = location.href.split("#")[0] + "#" + toFragment(); copied(text, T_("link.done")); dialog(T_("link.title"), text, cfg.data === "own" && own !== DATA.own && own.y.length > LINK_ROWS ? T_("link.large", { n: own.y.length, most: LINK_ROWS }) : ""); });
  on("dialog-copy", "click", () => copied($("dialog-text").textContent, T_("copied")));
  on("stage-next", "click", () => { toggle(false); nextStage(); }); on("stage-back", "click", () => { toggle(false); previousStage(); });
  on("row-next", "click", () => { rowOf = (rowOf + 1) % load.rows.length; paintInspector(); }); on("row-back", "click", () => { rowOf = (rowOf + load.rows.length - 1) % load.rows.length; paintInspector(); });
  addEventListener("resize", () => { lanes.forEach(placeUnits); refresh(); });
  addEventListener("hashchange", e => {  // not location.hash, which remember() may have replaced since
    const asked = new URL(e.newURL).hash.slice(1);
    if (asked !== toFragment()) open(asked);
  });
  on("replay-stop", "click", arrive);
  document.addEventListener("keydown", e => {
    if (replayTimer) { if (e.key === "Escape") arrive(); return; }
    if (e.ctrlKey || e.metaKey || e.altKey || $("dialog").open || /^(SELECT|TEXTAREA)$/.test(e.target.tagName) || (e.target.tagName === "INPUT" && !/checkbox|range/.test(e.target.type))) return;
    if (e.target.type === "range" && e.key.startsWith("Arrow")) return;  // moves the slider
    if (e.key === " ") { if (e.target.tagName === "BUTTON" || e.target.type === "checkbox") return; toggle(); }
    else if (e.key === "ArrowRight") { if (!playing) { step(); refresh(); } } else if (e.key === "ArrowLeft") go(T - 1);
    else if (e.key === "r") $("restart").click(); else if (e.key === "f") { if (lanes.length < MOST_LANES) { fork(chosen); buildLanes(); refresh(); } }
    else if (e.key === "n") { toggle(false); nextStage(); } else if (e.key === "p") { toggle(false); previousStage(); }
    else if (/^[1-4]$/.test(e.key) && lanes[e.key - 1]) { chosen = e.key - 1; buildLanes(); refresh(); } else return;
    e.preventDefault();
  });
}
function open(fragment) {  // show the state that the fragment describes, or the initial one
  setPlaying(false); preset = drawing = null;
  const asked = fromFragment(fragment);
  if (!asked.lanes) { lanes = []; for (const rule of DATA.rules) lanes.push(makeLane(rule)); }
  chosen = Math.max(0, Math.min(chosen, lanes.length - 1));
  readTheme(); respeak = () => {}; speak(language); respeak = repaint = paintTheme; $("play").textContent = T_("play"); start();
  for (const l of lanes) { l.log = l.events ?? []; delete l.events; const e = l.log[l.log.length - 1]; if (e) { l.rule = e.rule; l.options = { ...e.options }; } }
  if (asked.missing) say(T_("link.missing"));
  replay(asked.step, 500);
}
document.documentElement.classList.add("scripted");
matchMedia(NARROW).addEventListener("change", e => { $("setup").open = !e.matches; });
if (matchMedia(NARROW).matches) $("setup").open = false;
wire();
open(location.hash.slice(1));

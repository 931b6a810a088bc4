// The page of a race: its settings, and what is computed and drawn after a change.

document.documentElement.classList.add("scripted");
const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent), lanes = data.lanes;
const html = (tag, properties = {}) => Object.assign(document.createElement(tag), properties);
const RATES = data.rates;

// --- what can be changed ---

let reporting = null, surface = null, ground = null, runs = [], changed = false, step = 0, chosen = 0, view = "above", turn = 0.7, tilt = 0.95;
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
    if (!state.placed) state.start = [-3.5, 0.8 * height];  // as in viz.quadratic
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

// --- drawing everything ---

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

// Recomputes in the next frame, once for all events before it, so that dragging stays smooth.
let waiting = null, later = null;
function change({ shape = false } = {}) {
  changed = true;
  waiting = { shape: shape || Boolean(waiting && waiting.shape), asked: waiting !== null };
  if (!waiting.asked) requestAnimationFrame(() => { const { shape } = waiting; waiting = null; refresh(shape); });
}

let fault = () => "";  // a function, because the language may change
function blame(text) { fault = text; $("fault").textContent = text(); }

function refresh(shape) {
  if (shape) {
    try { chooseSurface(); blame(() => ""); $("text").setAttribute("aria-invalid", "false"); }
    catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      blame(() => error.long ? {{script:This function is too long: it may have up to {n} numbers, names and signs.}}.replace("{n}", MOST_TOKENS) : {{script:Cannot read the function at character {n}: write sums, products, powers, and sin, cos, tan, exp, log, sqrt, abs, tanh of x and y.}}.replace("{n}", error.message));
      $("text").setAttribute("aria-invalid", "true");
      return;
    }
    sample();
    drawGround();
  }
  compute();
  draw();
  clearTimeout(later);
  if (shape) drawStrip(); else later = setTimeout(drawStrip, 40);  // one more run for each rate, so only after a pause
}

// The page takes commands from the notebook that contains it, if any, and sends back what it shows.
addEventListener("message", e => {
  const command = e.source === parent && e.data?.command;
  if (typeof command?.play === "boolean") command.play ? time.start() : time.stop();
  if (typeof command?.open !== "string") return;
  asked = wishes(command.open);
  time.stop(); begin(); preset(); setView(asked.get("view") === "3d" ? "three" : "above"); drawStrip();
});

function report() {
  if (parent === window) return;
  const shown = lanes.map((lane, k) => ({ name: lane.name, options: { ...lane.options }, path: runs[k].path, final: finalLoss(runs[k]) }));
  const place = { surface: surface.name, condition: surface.condition ?? null, start: [...state.start], steps: state.steps, noise: state.noise, step };
  parent.postMessage({ tinygrad_edu: JSON.parse(JSON.stringify({ ...place, lanes: shown })) }, "*");  // infinities as null
}

function redraw() { drawGround(); draw(); drawStrip(); }

const time = timeControls($("step"), { at: () => step, last: () => state.steps, move: to => { step = to; draw(); } });

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
  $("hint").textContent = name === "three" ? {{script:Height: the cube root of the loss above the lowest point. Drag to turn the surface.}} : note();
  draw();
}

const note = () => surface.known ? {{script:Except in the race that Python computed, values between grid points are interpolated.}} : "";

function sync() {
  $("condition").value = state.condition ? Math.log10(state.condition) : 1;
  $("condition-value").textContent = state.condition ? show(state.condition, 3) : "";
  $("noise").value = state.noise; $("noise-value").textContent = show(state.noise, 2);
  $("steps").value = state.steps;
  $("surface").value = state.key;
}

function begin() {
  // a race may start at a point other than the surface's own start
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
  const start = make("g", { id: "start", tabindex: 0, role: "slider" });
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

function nameSurfaces() {
  $("surface").replaceChildren(...data.surfaces.map((s, k) => html("option", { textContent: s.condition !== null ? {{script:quadratic valley}} : surfaceName(s), value: k })));
  $("surface").append(html("option", { textContent: {{script:your own function}}, value: "text" }));
}
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
$("steps").onchange = () => { const n = Math.round(+$("steps").value); if (n >= 1 && n <= 2000) { state.steps = n; change(); } sync(); };  // the field shows the number in use
$("reset").onclick = () => { time.stop(); begin(); preset(); draw(); drawStrip(); };
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
repaint = redraw;
addEventListener("resize", redraw);
// The address may contain #surface=text&f=x^2+y^2, or a surface's name; condition=100, start=-3,1, steps=150, noise=0.5,
// rules=SGD:lr=0.005,NAG:lr=0.005:momentum=0.8 (the others are not drawn); rule=SGD and step=40 to begin with; view=3d.
const wishes = fragment => new URLSearchParams(fragment.replaceAll("+", "%2B"));
let asked = wishes(location.hash.slice(1));

function preset() {
  const ignored = [], ignore = name => { ignored.push(`${name}=${asked.get(name)}`); };
  const number = (name, low, high, fits = Number.isFinite) => {
    if (!asked.has(name)) return null;
    const v = asked.get(name) === "" ? NaN : +asked.get(name);
    if (v >= low && v <= high && fits(v)) return v;
    ignore(name);
    return null;
  };
  const found = data.surfaces.findIndex(s => s.name.toLowerCase().startsWith((asked.get("surface") || "?").toLowerCase()));
  if (asked.get("surface") === "text" && asked.get("f")) { state.key = "text"; $("text").value = asked.get("f"); } else if (found >= 0) state.key = found;
  else if (asked.has("surface")) ignore("surface");
  const facts = data.surfaces[state.key], start = (asked.get("start") || "").split(",").map(Number);
  if (facts && facts.condition !== null) state.condition = number("condition", 1, 1000) ?? facts.condition;
  const placed = start.length === 2 && start.every(Number.isFinite);
  if (placed) [state.start, state.placed] = [start, true];
  else if (asked.has("start")) ignore("start");
  if (state.key !== 0 && !placed) state.start = facts ? [...facts.start] : [-2.5, 2.5];
  state.steps = number("steps", 1, 2000, Number.isInteger) ?? state.steps;
  state.noise = number("noise", 0, 1) ?? state.noise;
  const rules = new Map((asked.get("rules") || "").split(",").filter(Boolean).map(text => { const [name, ...options] = text.split(":"); return [name, options]; }));
  for (const name of rules.keys()) if (!lanes.some(lane => lane.name === name)) { ignored.push(`rules=${name}`); rules.delete(name); }
  for (const lane of lanes) if (rules.size) {
    lane.on = rules.has(lane.name);
    for (const option of rules.get(lane.name) || []) {
      const [name, text] = option.split("=");
      if (!text || !Object.hasOwn(lane.options, name) || !mayBe(name, +text)) ignored.push(`${lane.name}:${option}`);
      else lane.options[name] = typeof lane.options[name] === "boolean" ? Boolean(+text) : +text;
    }
  }
  changed = ["surface", "condition", "start", "steps", "noise", "rules"].some(name => asked.has(name));
  const wanted = lanes.findIndex(lane => lane.name === asked.get("rule")), first = lanes.findIndex(lane => lane.on);
  if (asked.has("rule") && wanted < 0) ignore("rule");
  chosen = wanted >= 0 ? wanted : Math.max(first, 0);
  try { chooseSurface(); } catch (error) { if (!(error instanceof SyntaxError)) throw error; ignore("f"); Object.assign(state, { key: 0, condition: data.surfaces[0].condition, start: [...data.start] }); chooseSurface(); }
  step = number("step", 0, state.steps, Number.isInteger) ?? state.steps;
  sample(); buildRules(); buildOptions(); sync(); compute(); drawGround();
  blame(() => ignored.length ? {{script:Ignored in the address: {parts}}}.replace("{parts}", () => ignored.join(", ")) : "");
}

respeak = () => {
  nameSurfaces();
  $("start").setAttribute("aria-label", {{script:the start}});
  buildRules(); buildOptions(); sync(); time.label();
  setView(view);
  nameSurface();
  drawStrip();
  blame(fault);
};
buildPlan();
begin();
preset();
if (asked.get("view") === "3d") view = "three";
speak(language);

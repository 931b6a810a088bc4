// The rules: their options, the formula of the chosen one with numbers, the numbers of its step.

const RANGES = {  // kind of option -> its slider: from, to, and the conversions between the slider's place and the number
  rate: { from: -5, to: 2, number: s => 10 ** s, place: v => Math.log10(v) },
  decay: { from: 0, to: 4, number: s => 1 - 10 ** -s, place: v => -Math.log10(Math.max(1 - v, 1e-4)) },
  small: { from: -12, to: 0, number: s => 10 ** s, place: v => Math.log10(Math.max(v, 1e-12)) },
};
const MAIN = ["lr", "momentum", "beta1", "beta2", "rho", "alpha", "eps"];
const OPTIONS = {
  lr: ["rate", () => {{script:learning rate lr}}], momentum: ["decay", "momentum γ"], beta1: ["decay", "β₁"], beta2: ["decay", "β₂"], rho: ["decay", "rho ρ"],
  alpha: ["decay", "alpha"], eps: ["small", "eps ε"], dampening: ["decay", "dampening"],
};

const PARTIAL = { beta1: v => v < 1, beta2: v => v < 1, rho: v => v <= 1, alpha: v => v <= 1, dampening: v => v <= 1 };

function mayBe(name, value) {  // values that Python's optimizers accept, except that dampening is at most 1 here
  return Number.isFinite(value) && value >= 0 && (!Object.hasOwn(PARTIAL, name) || PARTIAL[name](value));
}

// --- the chosen rule: its options, its formula with numbers, the numbers of the step ---

function buildOptions() {
  const lane = lanes[chosen], rows = [];
  for (const [name, value] of Object.entries(lane.options)) {
    if (lane.rule === null) continue;
    const row = html("div", { className: "option" }), [kind, called] = OPTIONS[name] || [null, name], label = called.call ? called() : called, id = `option-${name}`;
    row.append(html("label", { textContent: label, htmlFor: id }));
    if (typeof value === "boolean") {
      const box = html("input", { type: "checkbox", id, checked: value, onchange: () => setOption(name, box.checked) });
      row.append(box);
    } else {
      const field = html("input", { type: "number", step: "any", min: 0, value: +value.toPrecision(6), onchange: () => {
        if (field.value !== "" && mayBe(name, +field.value)) setOption(name, +field.value);
        else field.value = +lane.options[name].toPrecision(6);  // the number in use
      } });
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

// A line of a formula with its numbers for one coordinate; null if a name in it has no known number.
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
  const buffers = Object.entries(run.remembered), moving = last < run.gradient.length;
  const known = moving && [0, 1].map(c => {
    const before = Object.fromEntries(buffers.map(([name, rows]) => [name, last ? rows[last - 1][c] : startOf(lane, name)]));
    const after = { ...Object.fromEntries(buffers.map(([name, rows]) => [name, rows[last][c]])), w: run.path[last + 1][c] };
    return { before: { ...lane.options, ...before, g: run.gradient[last][c], w: run.path[last][c], t: last + 1 }, after };
  });
  for (const [when, text] of lane.parts) {
    if (when && !holds(when, lane.options)) continue;
    out.push(html("div", { textContent: text }));
    if (!moving) continue;
    known.forEach(({ before, after }, c) => {
      const line = withNumbers(text, { before, after }), target = text.split(" ")[0];
      if (line) out.push(html("div", { className: "numbers", textContent: `  ${"xy"[c]}:  ${line}` }));
      if (target !== "w" && target in after) before[target] = after[target];  // later lines use the new value
    });
  }
  box.replaceChildren(...out);
}

const startOf = (lane, name) => { const buffer = RULES[lane.rule] && RULES[lane.rule].buffers.find(b => b.name === name); return buffer && buffer.start ? lane.options[buffer.start] : 0; };
const holds = (when, options) => when.split(" && ").every(word => word.startsWith("!") ? !options[word.slice(1)] : Boolean(options[word]));

const ending = lane => lane.above ? {{script:{height} above the minimum}}.replace("{height}", lane.ending) : lane.ending;

function drawNumbers() {
  const lane = lanes[chosen], run = runs[chosen], at = Math.min(step, run.path.length - 1);
  const last = Math.max(Math.min(at, run.gradient.length - 1), 0), here = run.path[last];  // at the end, the step that led there
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
  if (untouched() && lane.run) note += " " + (data.seeds > 1 ? {{script:At the end, mean of all seeds: {ending}.}} : {{script:At the end: {ending}.}}).replace("{ending}", ending(lane));
  else note += " " + (run.diverged !== null ? {{script:Diverged at step {step}.}}.replace("{step}", run.diverged) : {{script:At the end: {ending}.}}.replace("{ending}", show(run.loss[run.loss.length - 1])));
  if (lane.rule === null) note += " " + {{script:The path of this rule was computed in Python: its options cannot be changed here.}};
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
    const tick = html("label", { className: "tick" });
    tick.append(check);
    box.append(tick, button);
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

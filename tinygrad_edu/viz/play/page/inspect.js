// One neuron: its forward and backward pass for a row of the next batch, and the update that the rule computes from the gradient.
let rowOf = 0, stage = 0;
const STAGES = 7;

const inputsOf = k => k ? cfg.layers[k - 1] : points.D;
function weightIndex(L, k, j, i) { const I = inputsOf(k); return i < I ? L.starts[2 * k] + j * I + i : L.starts[2 * k + 1] + j; }
const subscript = n => String(n).replace(/\d/g, d => "₀₁₂₃₄₅₆₇₈₉"[d]);
const inputName = (k, i) => k ? "a" + subscript(i + 1) : points.names[i] ?? "x" + subscript(i + 1);
const weightName = (k, i) => i < inputsOf(k) ? "w" + subscript(i + 1) : "b";
const neuronName = (k, j) => k === cfg.layers.length ? T_("neuron.output", { n: j + 1 }) : T_("neuron.hidden", { n: j + 1, layer: k + 1 });

// ---- formulas with numbers: see numbers.js ----
function formulaState(l, p) {  // the values of the chosen weight before and after the next step
  const L = l.learner, [k, j] = neuron, at = weightIndex(L, k, j, weightOf), names = RULES[p.learner.rule].buffers.map(b => b.name);
  const values = { ...p.options, w: p.w[at], g: p.g[at] }, after = { w: p.after[at] };
  names.forEach((n, i) => { values[n] = p.stateBefore[i][at]; after[n] = p.state[i][at]; });
  return [values, after];
}
function paintFormula(l) {
  const p = preview(l), [values, after] = formulaState(l, p);
  const rows = filledIn(formulaLines(p.learner), values, after);
  l.formula.replaceChildren(...rows.flatMap(([text, line]) => [el("div", { textContent: text }), ...(line ? [el("div", { className: "numbers", textContent: line })] : [])]));
}

// ---- the neuron's panel ----
function inspect() {  // numbers of the chosen neuron in the chosen lane, for one row of the next batch
  const l = lanes[chosen], p = preview(l), [k, j] = neuron, B = load.rows.length, row = Math.min(rowOf, B - 1);
  const linear = network.layers.find(q => q.at === 2 * k), activation = network.layers[network.layers.indexOf(linear) + 1];
  const I = inputsOf(k), O = widths()[k + 1], L = p.learner, x = i => linear.x[row * I + i], dz = r => linear.dy[r * O + j];
  const w = i => p.w[weightIndex(L, k, j, i)], g = i => p.batch[weightIndex(L, k, j, i)];
  return { l, p, k, j, B, row, I, O, x, w, g, dz, z: linear.y[row * O + j], a: activation && activation.at < 0 ? activation.y[row * O + j] : null, da: activation && activation.at < 0 ? activation.dy[row * O + j] : null, source: load.rows[row] };
}
function stageTexts(q) {
  const sum = q.I > 4 ? `${show(q.w(0))}·${bracket(q.x(0))} + … + ${show(q.w(q.I - 1))}·${bracket(q.x(q.I - 1))}` : Array.from({ length: q.I }, (_, i) => `${bracket(q.w(i))}·${bracket(q.x(i))}`).join(" + ");
  const inputs = Array.from({ length: Math.min(q.I, 6) }, (_, i) => `${inputName(q.k, i)} = ${show(q.x(i))}`).join(", ") + (q.I > 6 ? ", …" : "");
  const slope = q.da ? q.dz(q.row) / q.da : null, i = Math.min(weightOf, q.I), xi = i < q.I ? q.x(i) : 1, name = weightName(q.k, i);
  const [values, after] = formulaState(q.l, q.p);
  return [
    [T_("stage.inputs"), inputs],
    [T_("stage.sum"), `z = ${sum} + ${bracket(q.w(q.I))} = ${show(q.z)}`],
    q.a === null ? [T_("stage.out"), `${T_("stage.none")} z = ${show(q.z)}`] : [T_("stage.activation"), `a = ${cfg.act}(z) = ${show(q.a)}`],
    q.a === null ? [T_("stage.loss", { loss: cfg.loss }), `∂L/∂z = ${show(q.dz(q.row))}`] : [T_("stage.arrives"), `∂L/∂a = ${show(q.da)}`],
    q.a === null ? [T_("stage.same"), `∂L/∂z = ${show(q.dz(q.row))}`] : [T_("stage.through", { act: cfg.act }), `∂L/∂z = ∂L/∂a · ${cfg.act}′(z) = ${bracket(q.da)}·${bracket(slope ?? 0)} = ${show(q.dz(q.row))}`],
    [T_(q.B === 1 ? "stage.weight.one" : "stage.weight", { name, B: q.B }), `${T_("stage.row")} ${bracket(q.dz(q.row))}·${bracket(xi)} = ${show(q.dz(q.row) * xi)}    ${T_("stage.all")} g = ${show(q.g(i))}`],
    [T_("stage.update", { rule: q.l.rule, name }), `${name}: ${show(values.w)} → ${show(after.w)}    (Δ = ${show(after.w - values.w)})`],
  ];
}
const bracket = v => v < 0 ? `(${show(v)})` : show(v);
function paintInspector() {
  const q = inspect(), box = $("stages"), texts = stageTexts(q);
  $("neuron-title").textContent = neuronName(q.k, q.j);
  $("neuron-lane").textContent = laneTitle(q.l); $("neuron-lane").style.color = laneColor(q.l);
  $("row-count").textContent = T_("neuron.row", { i: q.row + 1, n: q.B });
  box.replaceChildren(...texts.map(([title, text], n) => {
    const li = el("li", { className: n === stage ? "now" : n > stage ? "later" : "" }, el("b", { textContent: title }), el("span", { textContent: text }));
    if (n === stage) li.setAttribute("aria-current", "step");
    return li;
  }));
  paintWeights(q);
}
function paintWeights(q) {  // w, gradient, what the rule remembers, the step and the rate of each weight, with bars
  const names = RULES[q.p.learner.rule].buffers.map(b => b.name), on = RULES[q.p.learner.rule].buffers.map(b => !b.when || q.p.options[b.when]);
  const columns = [["w", at => q.p.w[at]], ["g", at => q.p.g[at]], ...names.map((n, i) => [n, at => q.p.state[i][at]]).filter((_, i) => on[i]), ["Δw", at => q.p.after[at] - q.p.w[at]], [T_("weights.rate"), at => q.p.g[at] ? -(q.p.after[at] - q.p.w[at]) / q.p.g[at] : 0]];
  const rows = Array.from({ length: q.I + 1 }, (_, i) => weightIndex(q.p.learner, q.k, q.j, i));
  const tops = columns.map(([, f]) => Math.max(1e-30, ...rows.map(at => Math.abs(f(at))).filter(Number.isFinite)));
  const head = el("tr", {}, el("th", { scope: "col" }), ...columns.map(([n]) => el("th", { scope: "col", textContent: n })));
  const body = rows.map((at, i) => {
    const name = el("button", { type: "button", className: "plain", textContent: `${weightName(q.k, i)}${i < q.I ? " · " + inputName(q.k, i) : ""}` });
    name.setAttribute("aria-pressed", String(i === weightOf));
    name.onclick = () => { weightOf = i; refresh(); };
    const tr = el("tr", { className: i === weightOf ? "on" : "" }, el("th", { scope: "row" }, name), ...columns.map(([, f], c) => {
      const v = f(at), s = Math.min(1, Math.abs(v) / tops[c]) * 50, td = el("td", {}, el("span", { textContent: show(v) }));
      td.style.setProperty("--from", (v < 0 ? 50 - s : 50) + "%"); td.style.setProperty("--to", (v < 0 ? 50 : 50 + s) + "%");
      td.className = v < 0 ? "less" : "more";
      return td;
    }));
    return tr;
  });
  $("weights").replaceChildren(el("thead", {}, head), el("tbody", {}, ...body));
}
function nextStage() {  // go through the stages; after the last, take the step and begin with the next batch
  if (stage < STAGES - 1) stage++; else { step(); stage = 0; }
  refresh();
}
function previousStage() { if (stage > 0) stage--; else if (T > 0) { seek(T - 1); stage = STAGES - 1; } refresh(); }

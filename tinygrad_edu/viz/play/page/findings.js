// Common faults in training: set up on purpose, and detected from the numbers.
const PRESETS = {
  dead: { cfg: { data: "moons", act: "ReLU", init: "dead" }, lanes: [["SGD"], ["Adam"]], mend: { init: "" } },
  rate: { cfg: { data: "curve", act: "ReLU", batch: 200, layers: [16] }, lanes: [["SGD", { lr: .1 }], ["SGD", { lr: 1 }]], mend: null },
  scaling: { cfg: { data: "moons", unit: 50, scale: false }, lanes: [["SGD", { lr: .05 }], ["Adam"]], mend: { scale: true } },
  zero_grad: { cfg: { data: "moons", keep: true }, lanes: [["SGD"], ["Adam"]], mend: { keep: false } },
  zeros: { cfg: { data: "moons", init: "zeros" }, lanes: [["SGD"], ["Adam"]], mend: { init: "" } },
};
let preset = null;

function breakIt(name) {
  const p = PRESETS[name];
  Object.assign(cfg, structuredClone(FRESH), structuredClone(p.cfg));
  lanes = []; for (const [rule, options] of p.lanes) lanes.push(makeLane(rule, options));
  chosen = 0; neuron = [0, 0]; preset = name;
  if (matchMedia(NARROW).matches) $("setup").open = false;
  start(); toggle(true); $("preset").scrollIntoView({ block: "nearest" });
}
function mendIt() {
  const p = PRESETS[preset];
  if (p.mend) Object.assign(cfg, p.mend); else for (const l of lanes) l.options.lr = START_LR[l.rule] * .5;
  preset = null;
  for (const l of lanes) l.log = [];
  start(); toggle(true);
}
function findings() {  // [lane or null, key, numbers] for everything noticed at this step
  const found = [], n = points.n;
  const spread = points.std && !cfg.scale ? rangeOfColumns() : 1;
  if (spread > 10) found.push([null, "scale", { times: show(spread) }]);
  if (!points.classes) { const reach = points.y.reduce((m, v) => Math.max(m, Math.abs(v)), 0); if (reach > 20) found.push([null, "target", { reach: show(reach) }]); }
  for (const l of lanes) {
    const first = l.losses[0], last = l.losses.slice(Math.max(0, T - 10), T), L = l.learner, sizes = widths();
    if (last.some(v => !Number.isFinite(v)) || !L.w.every(Number.isFinite)) { found.push([l, "diverged", { step: l.losses.findIndex(v => !Number.isFinite(v)) + 1 }]); continue; }
    const mean = last.reduce((s, v) => s + v, 0) / (last.length || 1);
    if (T > 5 && mean > 2 * first) found.push([l, "rising", { first: show(first), now: show(mean) }]);
    checker.forward(whole.x, L.W, n);
    for (let k = 0; k < cfg.layers.length; k++) {
      const y = checker.layers[2 * k + 1].y, O = cfg.layers[k]; let dead = 0, full = 0;
      for (let j = 0; j < O; j++) {
        let on = false, edge = 0;
        for (let i = 0; i < n; i++) { const v = y[i * O + j]; if (v !== 0) on = true; if (Math.abs(cfg.act === "Sigmoid" ? 2 * v - 1 : v) > .98) edge++; }
        if (!on) dead++;
        if (edge > .9 * n) full++;
      }
      if (dead && cfg.act === "ReLU") found.push([l, dead === O ? "all_dead" : "dead", { n: dead, of: O, layer: k + 1 }]);
      if (full > O / 2 && ["Tanh", "Sigmoid", "Softsign"].includes(cfg.act)) found.push([l, "saturated", { n: full, of: O, layer: k + 1 }]);
      const w = L.W[2 * k], I = sizes[k];
      if (O > 1 && !(dead && cfg.act === "ReLU")) { let same = true; for (let j = 1; j < O && same; j++) for (let i = 0; i < I; i++) if (w[j * I + i] !== w[i]) { same = false; break; } if (same) found.push([l, "symmetric", { layer: k + 1, of: O }]); }
    }
    if (cfg.keep && T > 0) found.push([l, "accumulates", { size: show(norm(L.g)), one: show(norm(preview(l).batch)) }]);
    const layersG = L.G.filter((_, k) => k % 2 === 0).map(norm);
    if (T > 0 && layersG.length > 2 && layersG[0] < 1e-3 * layersG[layersG.length - 1] && !found.some(f => f[0] === l && /dead/.test(f[1]))) found.push([l, "vanishing", { layer: 1, ratio: show(layersG[0] / layersG[layersG.length - 1]) }]);
    const kept = l.checks.filter(Number.isFinite), best = Math.min(...kept), now = kept[kept.length - 1];
    if (kept.length > 30 && now > 1.25 * best && best < kept[0] && mean < .7 * now && !cfg.keep) found.push([l, "overfit", { best: show(best), now: show(now) }]);
  }
  return found;
}
const laneTitle = l => lanes.filter(q => q.rule === l.rule).length > 1 ? `${l.rule} (${lanes.indexOf(l) + 1})` : l.rule;
const norm = g => Math.sqrt(g.reduce((s, v) => s + v * v, 0));
function rangeOfColumns() {  // the range of the widest column divided by that of the narrowest
  const width = points.lo.map((v, k) => points.hi[k] - v);
  return Math.max(...width) / Math.min(...width);
}
function paintFindings() {
  const list = findings(), box = $("findings"), said = new Set();
  $("preset").hidden = !preset;
  if (preset) { $("preset-title").textContent = T_(`break.${preset}`); $("preset-text").textContent = T_(`break.${preset}.text`); }
  const items = list.filter(([l, key, n]) => { const id = [l && lanes.indexOf(l), key, n.layer].join(); if (said.has(id)) return false; said.add(id); return true; }).slice(0, 8)
    .map(([l, key, n]) => el("li", {}, ...(l ? [Object.assign(el("b", { textContent: laneTitle(l) }), { style: `color:${laneColor(l)}` }), ": "] : []), T_(`finding.${key}`, n)));
  box.replaceChildren(...(items.length ? items : [el("li", { className: "soft", textContent: T_(T ? "finding.none" : "finding.start") })]));
}

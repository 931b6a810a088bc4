// The state outside of the page: as a Python script, and as the fragment of the address.
const plainOptions = o => Object.entries(o).filter(([k]) => k !== "t");
function changedOptions(rule, options) { return plainOptions(options).filter(([k, v]) => k === "lr" || v !== RULES[rule].options[k]); }
const python = v => typeof v === "boolean" ? (v ? "True" : "False") : String(v);
function keywords(rule, options) {  // as the constructor takes them
  const given = changedOptions(rule, options), betas = given.some(([k]) => /^beta\d$/.test(k));
  const rest = given.filter(([k]) => !/^beta\d$/.test(k)).map(([k, v]) => [k, python(v)]);
  if (betas) rest.push(["betas", `(${options.beta1}, ${options.beta2})`]);
  return rest;
}
const made = (rule, options) => `optim.${rule}(net.parameters(), ${keywords(rule, options).map(([k, v]) => `${k}=${v}`).join(", ")})`;
function wrapped(values, indent = "    ") {  // a long list over several lines
  const lines = []; let line = indent;
  for (const v of values) { const t = v + ", "; if (line.length + t.length > 100) { lines.push(line.trimEnd()); line = indent; } line += t; }
  return [...lines, line.trimEnd()].join("\n");
}
function toPython(l) {  // a script that trains to the losses of this lane
  const n = points.n, D = points.D, sizes = widths(), classes = labels();
  const layers = sizes.slice(1).map((o, k) => `nn.Linear(${sizes[k]}, ${o})` + (k + 2 < sizes.length ? `, nn.${cfg.act}()` : "")).join(", ");
  const given = fromModel();
  let events = "", rule = l.begin.rule;
  for (const e of l.log) {
    events += `        if len(losses) == ${e.step}:\n`;
    if (e.rule !== rule) events += `            opt = ${made(e.rule, e.options)}\n`;
    else {
      const all = plainOptions(e.options).filter(([k]) => !/^beta\d$/.test(k) && k !== "initial_accumulator_value").map(([k, v]) => `${k}=${python(v)}`);
      if ("beta1" in e.options) all.push(`betas=(${e.options.beta1}, ${e.options.beta2})`);
      events += `            opt.param_groups[0].update(${all.join(", ")})\n`;
    }
    rule = e.rule;
  }
  const lines = [
    "import numpy as np", "import tinygrad_edu as tg", "from tinygrad_edu import nn, optim", `from tinygrad_edu.data import DataLoader, ${cfg.scale ? "StandardScaler, " : ""}TensorDataset`, "",
    `X = np.array([\n${wrapped(Array.from(points.raw.subarray(0, n * D)))}\n], float).reshape(${n}, ${D})`,
    `y = np.array([\n${wrapped(Array.from(points.y.subarray(0, n)))}\n]${classes ? ")" : ", float).reshape(-1, 1)"}`, "",
    ...(cfg.scale ? ["X = StandardScaler().fit_transform(X)"] : []),
    `tg.manual_seed(${cfg.seed})`, `net = nn.Sequential(${layers}).to(tg.float64)`,
    ...(given ? [`weights = np.array([\n${wrapped(DATA.model.weights)}\n], float)`, "for p in net.parameters():", "    p.data = tg.tensor(weights[: p.numel()].reshape(p.shape))", "    weights = weights[p.numel() :]", `tg.manual_seed(${cfg.seed})`] : []),
    ...(cfg.init === "zeros" ? ["for p in net.parameters():", "    nn.init.zeros_(p)"] : []),
    ...(cfg.init === "dead" ? ["nn.init.constant_(net[0].bias, -10.0)"] : []),
    `opt = ${made(l.begin.rule, l.begin.options)}`, `loss_function = nn.${cfg.loss}()`,
    `loader = DataLoader(TensorDataset(tg.tensor(X), tg.tensor(y)), batch_size=${Math.min(cfg.batch, n)}, shuffle=True)`, "",
    "losses = []", `while len(losses) < ${T}:`, "    for inputs, targets in loader:", `        if len(losses) == ${T}:`, "            break",
  ];
  return lines.join("\n") + "\n" + events + [
    "        loss = loss_function(net(inputs), targets)", ...(cfg.keep ? [] : ["        opt.zero_grad()"]), "        loss.backward()", "        opt.step()", "        losses.append(loss.item())",
    `print(len(losses), losses[-1:])  # the page: ${T} ${T ? l.losses[T - 1] : ""}`,
  ].join("\n") + "\n";
}

// ---- the fragment ----
const optionText = (rule, options) => [rule, ...changedOptions(rule, options).map(([k, v]) => `${k}=${v}`)].join("~");
function toFragment() {
  const p = new URLSearchParams(), put = (k, v, standard) => { if (String(v) !== String(standard)) p.set(k, v); };
  put("data", cfg.data, DATA.start.data); if (cfg.noise !== null) p.set("noise", cfg.noise);
  put("batch", cfg.batch, FRESH.batch); put("scale", +cfg.scale, 1); put("unit", cfg.unit, 1); put("seed", cfg.seed, 0);
  put("layers", cfg.layers.join("-"), DATA.model ? DATA.model.widths.slice(1, -1).join("-") : "8-8"); put("act", cfg.act, DATA.model ? DATA.model.activation : FRESH.act); put("loss", cfg.loss, (cfg.data === DATA.start.data && DATA.start.loss) || lossesFor(points.classes)[0]);
  put("init", cfg.init, ""); put("keep", +cfg.keep, 0); put("axes", cfg.axes.join("-"), points.D < 2 ? "0-0" : (currentSet().axes ?? [0, 1]).join("-"));
  put("step", T, 0); put("lane", chosen, 0); put("neuron", neuron.join("-"), "0-0"); put("language", language, DATA.language);
  if (document.documentElement.dataset.theme) p.set("theme", document.documentElement.dataset.theme);
  p.set("lanes", lanes.map(l => [optionText(l.begin.rule, l.begin.options), ...l.log.filter(e => e.step < T || e.step === T).map(e => `${e.step}@${optionText(e.rule, e.options)}`)].join("!")).join("*"));
  if (cfg.data === "own" && own !== DATA.own && own.y.length <= 200) p.set("own", JSON.stringify({ ...own, Z: undefined }));
  return p.toString().replace(/%(7E|3D|21|40)/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
}
let fragmentTimer = 0;
function remember() {  // a moment later, once
  clearTimeout(fragmentTimer);
  fragmentTimer = setTimeout(() => { try { history.replaceState(null, "", "#" + toFragment()); } catch { /* a frame without an address */ } report(); }, 150);
}
function readOptions(text) {
  const [rule, ...pairs] = text.split("~");
  if (!(rule in RULES)) return null;
  const options = {};
  for (const pair of pairs) { const [k, v] = pair.split("="); if (k in RULES[rule].options) options[k] = v === "true" ? true : v === "false" ? false : Number.isFinite(+v) ? +v : RULES[rule].options[k]; }
  return { rule, options: { ...RULES[rule].options, lr: START_LR[rule], ...options } };
}
function fromFragment(text) {  // what is not understood stays as it is; returns whether there were lanes
  const p = new URLSearchParams(text), number = (k, lo, hi, otherwise) => { const v = p.has(k) ? +p.get(k) : NaN; return v >= lo && v <= hi ? v : otherwise; };
  if (p.has("own")) try { const given = JSON.parse(p.get("own")); if (isSet(given)) own = given; } catch { /* damaged */ }
  Object.assign(cfg, structuredClone(FRESH));
  if (p.get("data") === "own" ? own : DATA.sets[p.get("data")]) cfg.data = p.get("data"); else if (!p.has("data")) cfg.data = DATA.start.data;
  cfg.noise = number("noise", 0, 2, null); cfg.batch = Math.round(number("batch", 1, 4000, FRESH.batch)); cfg.unit = number("unit", .01, 1000, 1);
  cfg.seed = Math.round(number("seed", 0, 99999, 0)); cfg.scale = p.get("scale") !== "0"; cfg.keep = p.get("keep") === "1";
  if (p.has("layers")) cfg.layers = p.get("layers").split("-").filter(Boolean).map(Number).filter(v => v >= 1 && v <= MOST_UNITS).slice(0, MOST_LAYERS).map(Math.round);
  else if (DATA.model) cfg.layers = DATA.model.widths.slice(1, -1);
  cfg.act = ACTIVATION_NAMES.includes(p.get("act")) ? p.get("act") : DATA.model ? DATA.model.activation : FRESH.act;
  cfg.loss = p.get("loss") ?? (cfg.data === DATA.start.data ? DATA.start.loss : null); cfg.init = ["zeros", "dead"].includes(p.get("init")) ? p.get("init") : "";
  if (p.has("axes")) cfg.axes = p.get("axes").split("-").map(v => Math.max(0, v | 0));
  if (p.has("neuron")) neuron = p.get("neuron").split("-").map(v => Math.max(0, v | 0));
  if (["en", "ko"].includes(p.get("language"))) language = p.get("language");
  if (["light", "dark"].includes(p.get("theme"))) document.documentElement.dataset.theme = p.get("theme");
  lanes = [];
  for (const text of (p.get("lanes") ?? "").split("*").slice(0, MOST_LANES)) {
    const [start, ...events] = text.split("!"), begin = readOptions(start);
    if (!begin) continue;
    const l = makeLane(begin.rule, begin.options);
    l.events = events.map(e => { const [at, rest] = e.split("@"), found = readOptions(rest ?? ""); return found && { step: Math.max(0, at | 0), ...found }; }).filter(Boolean);
    lanes.push(l);
  }
  const wanted = Math.round(number("step", 0, 20000, 0));
  chosen = Math.min(lanes.length - 1, Math.round(number("lane", 0, MOST_LANES, 0)));
  return { lanes: lanes.length > 0, step: wanted };
}
function restoreTo(step_) {  // run to the step of the fragment
  for (const l of lanes) { l.log = l.events ?? []; delete l.events; const e = l.log[l.log.length - 1]; if (e) { l.rule = e.rule; l.options = { ...e.options }; } }
  while (T < step_) step();
}

// ---- the reader's own points ----
function isSet(s) { return s && Array.isArray(s.X) && Array.isArray(s.y) && s.features >= 1 && s.X.length === s.features * s.y.length && s.y.length > 0 && [...s.X, ...s.y].every(Number.isFinite) && s.validation >= 0 && s.validation < s.y.length && Array.isArray(s.names); }
function fromCsv(text) {  // a header if the first line has one; the last column is what is to be learned
  const lines = text.split(/\r?\n/).filter(l => l.trim()), comma = [",", ";", "\t"].find(c => lines[0]?.includes(c)) ?? ",";
  const rows = lines.map(l => l.split(comma).map(v => v.trim().replace(/^"(.*)"$/, "$1")));
  if (!rows.length || rows[0].length < 2) throw T_("csv.columns");
  const header = rows[0].slice(0, -1).some(v => v === "" || !Number.isFinite(+v)) ? rows.shift() : null, D = (header ?? rows[0]).length - 1;
  const good = rows.filter(r => r.length === D + 1 && r.slice(0, -1).every(v => v !== "" && Number.isFinite(+v)) && r[D] !== "").slice(0, 2000);
  if (good.length < 4) throw T_("csv.rows");
  if (D > 12) throw T_("csv.features");
  const last = good.map(r => r[D]), kinds = [...new Set(last)].sort((a, b) => Number.isFinite(+a) && Number.isFinite(+b) ? +a - +b : a < b ? -1 : 1);
  const classes = kinds.length <= 6 && (kinds.some(k => !Number.isFinite(+k)) || kinds.every(k => Number.isInteger(+k))) && kinds.length > 1 ? kinds.length : 0;
  if (!classes && !last.every(v => Number.isFinite(+v))) throw T_("csv.classes");
  const order = new Generator(0).permutation(good.length), X = [], y = [];
  for (const r of order) { X.push(...good[r].slice(0, D).map(Number)); y.push(classes ? kinds.indexOf(last[r]) : +last[r]); }
  return { X, y, classes, features: D, names: header ? header.slice(0, -1) : Array.from({ length: D }, (_, k) => "x" + subscript(k + 1)), validation: good.length >= 20 ? Math.floor(good.length / 4) : 0, noise: 0, Z: null };
}

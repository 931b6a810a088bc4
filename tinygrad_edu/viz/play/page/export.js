// The state outside the page: as a Python script, and as the fragment of the address.
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
function toPython(l) {  // a script that reproduces the losses of this lane
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
  put("theme", chosenTheme(), "");
  p.set("lanes", lanes.map(l => [optionText(l.begin.rule, l.begin.options), ...l.log.filter(e => e.step < T || e.step === T).map(e => `${e.step}@${optionText(e.rule, e.options)}`)].join("!")).join("*"));
  if (cfg.data === "own" && own !== DATA.own && own.y.length <= LINK_ROWS) p.set("own", JSON.stringify({ ...own, Z: undefined }));
  return p.toString().replace(/%(7E|3D|21|40)/g, (_, code) => String.fromCharCode(parseInt(code, 16)));
}
let fragmentTimer = 0;
function remember() {  // update the address a moment later, once for many changes
  clearTimeout(fragmentTimer);
  fragmentTimer = setTimeout(() => { try { if (!replayTimer) history.replaceState(null, "", "#" + toFragment()); } catch { /* an iframe without an address */ } report(); }, 150);
}
function readOptions(text) {  // a rule and its options, clipped to the ranges of the sliders; null for an unknown rule
  const [rule, ...pairs] = text.split("~");
  if (!Object.hasOwn(RULES, rule)) return null;
  const options = { ...RULES[rule].options, lr: START_LR[rule] };
  for (const pair of pairs) {
    const [k, v] = pair.split("=");
    if (!Object.hasOwn(RULES[rule].options, k)) continue;
    if (typeof options[k] === "boolean") options[k] = v === "true";
    else if (v && Number.isFinite(+v)) { const [lo, hi] = RANGE(k).map(s => fromSlider(k, s)); options[k] = Math.max(lo, Math.min(hi, +v)); }
  }
  if (options.nesterov && (!options.momentum || options.dampening)) options.nesterov = false;  // SGD would raise an error
  return { rule, options };
}
function fromFragment(text) {  // set the state; what is missing or invalid gets its default, except the neuron, the language and the theme, which stay as they are; returns whether there were lanes, the step, and whether data are missing
  const p = new URLSearchParams(text), number = (k, lo, hi, otherwise) => { const v = p.has(k) ? +p.get(k) : NaN; return v >= lo && v <= hi ? v : otherwise; };
  let given = null;
  if (p.has("own")) try { given = readSet(JSON.parse(p.get("own"))); } catch { /* damaged */ }
  own = given ?? own;
  Object.assign(cfg, structuredClone(FRESH));
  if (p.get("data") === "own" ? own : Object.hasOwn(DATA.sets, p.get("data"))) cfg.data = p.get("data"); else if (!p.has("data")) cfg.data = DATA.start.data;
  cfg.noise = number("noise", 0, 2, null); cfg.batch = Math.round(number("batch", 1, 4000, FRESH.batch)); cfg.unit = number("unit", .01, 1000, 1);
  cfg.seed = Math.round(number("seed", 0, 99999, 0)); cfg.scale = p.get("scale") !== "0"; cfg.keep = p.get("keep") === "1";
  if (p.has("layers")) cfg.layers = p.get("layers").split("-").filter(Boolean).map(Number).filter(v => v >= 1 && v <= MOST_UNITS).slice(0, MOST_LAYERS).map(Math.round);
  else if (DATA.model) cfg.layers = DATA.model.widths.slice(1, -1);
  cfg.act = ACTIVATION_NAMES.includes(p.get("act")) ? p.get("act") : DATA.model ? DATA.model.activation : FRESH.act;
  cfg.loss = p.get("loss") ?? (cfg.data === DATA.start.data ? DATA.start.loss : null); cfg.init = ["zeros", "dead"].includes(p.get("init")) ? p.get("init") : "";
  if (p.has("axes")) cfg.axes = [0, 1].map(k => Math.max(0, p.get("axes").split("-")[k] | 0));
  if (p.has("neuron")) neuron = [0, 1].map(k => Math.max(0, p.get("neuron").split("-")[k] | 0));
  if (["en", "ko"].includes(p.get("language"))) language = p.get("language");
  if (["light", "dark"].includes(p.get("theme"))) chooseTheme(p.get("theme"));
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
  return { lanes: lanes.length > 0, step: wanted, missing: p.get("data") === "own" && !(p.has("own") ? given : own) };
}

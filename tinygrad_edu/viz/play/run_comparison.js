"use strict";
document.documentElement.classList.add("scripted");
const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent, (_, v) => v && v.$number ? Number(v.$number) : v), runs = data.runs;
const DASHES = data.dashes, COLORS = 8;
const rows = [...document.querySelectorAll("#runs tbody tr")];
const headings = [...document.querySelectorAll("#runs thead th")];
const hidden = new Set(), bright = new Set();
let matching = new Set(runs.keys()), over = "number", pointed = null, A = null, B = null, chart = null, lines = [];

// --- values and curves of a run ---

const value = (run, column) => column === "name" ? run.name : column in run.params ? run.params[column]
  : column in run.result ? run.result[column] : run[column];
const columnsOf = data.columns;
const spoken = column => {  // the column's heading; parameters and results keep their names
  const own = { name: {{script:name}}, status: {{script:status}}, seconds: {{script:seconds}}, note: {{script:note}} };
  return Object.hasOwn(own, column) ? own[column] : column;
};

function points(run, [kind, name]) {
  const curve = run[kind][name];
  if (!curve) return null;
  const at = curve.at || curve.y.map((_, i) => i);  // the indices of the numbers
  let x = at.map(i => i + 1);
  if (over === "seconds") {
    const seconds = run[kind].seconds;
    if (!seconds) return null;
    x = interpolate((seconds.at || seconds.y.map((_, i) => i)), seconds.y, at);
  }
  return { x, y: smoothed(curve.y), raw: curve.y };
}

function smoothed(y) {  // exponential moving average, corrected for its bias towards 0 at the beginning
  const keep = +$("smooth").value;
  if (!keep) return y;
  let mean = 0, weight = 0;
  return y.map(v => {
    if (!Number.isFinite(v)) return v;
    mean = keep * mean + (1 - keep) * v;
    weight = keep * weight + 1 - keep;
    return mean / weight;
  });
}

function interpolate(xs, ys, wanted) {
  let k = 0;
  return wanted.map(x => {
    while (k < xs.length - 2 && xs[k + 1] < x) k++;
    if (x < xs[0] || x > xs[xs.length - 1]) return null;
    if (xs.length === 1) return ys[0];
    const share = (x - xs[k]) / (xs[k + 1] - xs[k]);
    return share === 0 ? ys[k] : share === 1 ? ys[k + 1] : ys[k] + share * (ys[k + 1] - ys[k]);
  });
}

// --- colors: one for each run, or for each value of a column ---

function look(k) {
  const by = $("color").value;
  if (by === "") return { stroke: `var(--s${k % COLORS})`, dash: DASHES[Math.floor(k / COLORS + k) % DASHES.length] };
  const groups = groupsOf(by), mine = groups.indexOf(value(runs[k], by));
  if (groups.length <= COLORS) return { stroke: `var(--s${mine})`, dash: DASHES[mine] };
  return { stroke: `color-mix(in oklab, var(--s4), var(--s0) ${100 * mine / (groups.length - 1)}%)`, dash: "" };
}

function groupsOf(column) {
  const found = [...new Set(runs.map(run => value(run, column)))];
  return found.every(v => typeof v === "number") ? found.sort((a, b) => a - b) : found;
}

// --- the curves ---

const chosenCurve = () => JSON.parse($("curve").value || "null");

function drawCurves() {
  const curve = chosenCurve(), ids = rows.map(row => +row.dataset.run).filter(k => matching.has(k) && !hidden.has(k));
  lines = [];
  for (const k of curve ? ids : []) {
    const found = points(runs[k], curve);
    if (found) lines.push({ k, ...found, ...look(k), width: k === A || k === B ? 3 : 1.8 });
  }
  $("nothing").hidden = lines.length > 0;
  $("chart").style.display = lines.length ? "" : "none";
  if (lines.length) {
    const xLabel = over === "seconds" ? {{script:seconds}} : curve[0] === "epochs" ? {{script:epoch}} : {{script:update}};
    chart = drawChart($("chart"), lines, {
      height: innerWidth < 761 ? 280 : 440, xLabel, yLabel: curve[1], log: $("log").checked, most: $("most").checked,
    });
    markEnds();
    $("chart").setAttribute("aria-label", `${curve[1]}, ${lines.length}`);
  }
  drawLegend();
  brighten();
}

// A × at the last number before the first NaN or infinity of each curve, or on the axis if there is none to draw.
function markEnds() {
  for (const line of lines) {
    line.lost = line.y.findIndex(v => !Number.isFinite(v));
    if (line.lost < 0) continue;
    const before = line.y[line.lost - 1] ?? -Infinity, at = line.lost && !($("log").checked && before <= 0) ? line.lost - 1 : line.lost;
    const x = chart.px(line.x[at]), y = at < line.lost ? Math.max(chart.top, Math.min(chart.bottom, chart.py(before))) : chart.bottom;
    const cross = make("path", { class: "curve lost", d: `M${x - 5} ${y - 5}l10 10m0 -10l-10 10`, style: `stroke:${line.stroke}`, "stroke-width": 2.5 });
    cross.append(make("title", {}, lostAt(line)));
    $("chart").append(cross);
  }
}

const MOST_LOST = 4;  // the number of runs that the legend names
function lostAt(line) {
  const from = over === "seconds" ? {{script:from {n} s}} : chosenCurve()[0] === "epochs" ? {{script:from epoch {n}}} : {{script:from update {step}}};
  return `${runs[line.k].name}: ${show(line.y[line.lost])}, ${from.replace(/\{\w+\}/, () => show(line.x[line.lost]))}`;
}

function drawLegend() {
  const by = $("color").value, groups = by === "" ? [] : groupsOf(by);
  const kept = groups.length > COLORS ? [groups[0], groups[groups.length - 1]] : groups;
  $("legend").replaceChildren(...kept.map(group => {
    const span = document.createElement("span"), first = runs.findIndex(run => value(run, by) === group);
    span.append(swatch(first), `${by} ${show(group)}`);
    return span;
  }));
  const lost = lines.filter(line => line.lost >= 0), named = lost.slice(0, MOST_LOST).map(lostAt);
  if (lost.length > MOST_LOST) named.push({{script:and {n} more}}.replace("{n}", lost.length - MOST_LOST));
  if (lost.length) $("legend").append(Object.assign(document.createElement("span"), { textContent: `× ${named.join("; ")}` }));
}

function swatch(k) {
  const { stroke, dash } = look(k), svg = make("svg", { class: "swatch", width: 26, height: 10, "aria-hidden": "true" });
  svg.append(make("path", { d: "M1 5h24", style: `stroke:${stroke}`, "stroke-dasharray": dash || null }));
  return svg;
}

function brighten() {
  const chosen = new Set(bright);
  if (pointed !== null) chosen.add(pointed);
  lines.forEach((line, i) => {
    const path = chart.paths[i], on = !chosen.size || chosen.has(line.k);
    path.classList.toggle("faded", !on);
    path.setAttribute("stroke-width", chosen.has(line.k) ? 3.5 : line.width);
  });
  rows.forEach(row => row.classList.toggle("bright", chosen.has(+row.dataset.run)));
}

function point(k) { if (k !== pointed) { pointed = k; brighten(); } }

$("chart").addEventListener("pointermove", e => {
  if (!lines.length) return;
  const box = $("chart").getBoundingClientRect(), scale = chart.width / box.width;
  const x = (e.clientX - box.left) * scale, y = (e.clientY - box.top) * scale;
  let best = null, least = 40;
  for (const line of lines) for (let i = 0; i < line.x.length; i++) {
    if (!Number.isFinite(line.y[i]) || ($("log").checked && line.y[i] <= 0)) continue;
    const dx = chart.px(line.x[i]) - x, dy = chart.py(line.y[i]) - y, away = Math.hypot(dx * 0.7, dy);
    if (away < least) { least = away; best = { line, i }; }
  }
  point(best && best.line.k);
  $("tip").hidden = !best;
  if (!best) return;
  const { line, i } = best, run = runs[line.k];
  $("tip").textContent = `${run.name}: ${chosenCurve()[1]} ${show(line.y[i])}, ${over === "seconds" ? show(line.x[i]) + " s" : show(line.x[i])}`;
  const left = chart.px(line.x[i]) / scale, top = chart.py(line.y[i]) / scale;
  $("tip").style.left = `${Math.max(0, Math.min(left + 12, box.width - $("tip").offsetWidth))}px`;
  $("tip").style.top = `${Math.max(0, top - $("tip").offsetHeight - 10)}px`;
});
$("chart").addEventListener("pointerleave", () => { $("tip").hidden = true; point(null); });
$("chart").addEventListener("click", () => { if (pointed !== null) keep(pointed); });

function keep(k) {
  bright.has(k) ? bright.delete(k) : bright.add(k);
  rows.forEach(row => row.keepButton.setAttribute("aria-pressed", bright.has(+row.dataset.run)));
  brighten();
}

// --- the difference of two runs ---

function drawDifference() {
  rows.forEach(row => {
    row.pickA.setAttribute("aria-pressed", +row.dataset.run === A);
    row.pickB.setAttribute("aria-pressed", +row.dataset.run === B);
  });
  const both = A !== null && B !== null;
  $("pairing").hidden = !both;
  $("choose").hidden = both;
  if (!both) return;
  const a = runs[A], b = runs[B], curve = chosenCurve();
  $("pair").replaceChildren(...[["A", A], ["B", B]].flatMap(([letter, k]) => {
    const term = Object.assign(document.createElement("dt"), { textContent: letter }), name = document.createElement("dd");
    name.append(swatch(k), ` ${runs[k].name}`);
    return [term, name];
  }));
  const first = curve && points(a, curve), second = curve && points(b, curve);
  let said = {{script:At least one of them does not have this curve.}};
  $("gap").style.display = first && second ? "" : "none";
  if (first && second) {
    const other = interpolate(second.x, second.y, first.x);
    const gaps = first.y.map((v, i) => other[i] === null ? null : v - other[i]), measured = gaps.filter(v => v !== null), known = measured.filter(Number.isFinite);
    const xLabel = over === "seconds" ? {{script:seconds}} : curve[0] === "epochs" ? {{script:epoch}} : {{script:update}};
    drawChart($("gap"), [{ x: first.x, y: gaps, stroke: "var(--now)" }], { height: 190, xLabel, yLabel: `${curve[1]}: A − B`, zero: true });
    said = {{script:Points where A is below B: {below} of {n}.}}.replace("{below}", known.filter(v => v < 0).length).replace("{n}", known.length);
    if (known.length < measured.length) said += " " + {{script:Points where A or B is NaN or infinite: {n}.}}.replace("{n}", measured.length - known.length);
  }
  $("verdict").textContent = said;
  $("gap").setAttribute("aria-label", said);
  const table = [["", "A", "B", "A − B"]];
  for (const column of columnsOf) {
    const [u, v] = [value(a, column), value(b, column)];
    if (column === "name" || Object.is(u, v) || (u === undefined && v === undefined)) continue;
    const numbers = typeof u === "number" && typeof v === "number";
    table.push([spoken(column), show(u), show(v), numbers ? show(u - v, 3) : ""]);
  }
  $("values").replaceChildren(...table.map((cells, i) => {
    const tr = document.createElement("tr");
    cells.forEach((text, j) => tr.append(Object.assign(document.createElement(i && j ? "td" : "th"), { textContent: text })));
    return tr;
  }));
}

$("swap").onclick = () => { [A, B] = [B, A]; drawAll(); };

// --- the table: sorted, filtered ---

const OPERATORS = {
  "<": (a, b) => a < b, ">": (a, b) => a > b, "<=": (a, b) => a <= b, ">=": (a, b) => a >= b, "=": Object.is, "!=": (a, b) => !Object.is(a, b),
};
const NAMED = { nan: NaN, inf: Infinity, "∞": Infinity, "-inf": -Infinity, "-∞": -Infinity };

const numeric = column => runs.some(run => typeof value(run, column) === "number") && runs.every(run => typeof value(run, column) !== "string");

function condition(term) {  // a function that tests a run, or a text that says what is wrong with the term
  const found = term.match(/^([^<>=!]+)(<=|>=|!=|=|<|>)(.*)$/);
  if (!found) {
    const word = term.toLowerCase();
    return run => [run.name, run.status, ...Object.values(run.params)].some(v => String(v).toLowerCase().includes(word));
  }
  const [, named, operator, text] = found, column = columnsOf.find(c => c === named) || columnsOf.find(c => spoken(c) === named);
  if (!column) return {{script:there is no column {name}; the columns are {names}}}.replace("{name}", () => named).replace("{names}", () => columnsOf.map(spoken).join(", "));
  if (text === "") return {{script:{term} has no value yet}}.replace("{term}", () => term);
  const known = Object.hasOwn(NAMED, text.toLowerCase()), number = known ? NAMED[text.toLowerCase()] : Number(text);
  if (!known && Number.isNaN(number) && numeric(column)) return {{script:{term}: {text} is not a number}}.replace("{term}", () => term).replace("{text}", () => text);
  return run => {
    const own = value(run, column);
    if (typeof own === "number" && (known || !Number.isNaN(number))) return OPERATORS[operator](own, number);
    if (own === null || own === undefined) return operator === "!=";
    return OPERATORS[operator](String(own).toLowerCase(), text.toLowerCase());
  };
}

function filter() {
  const terms = ($("filter").value.match(/\S+/g) || []).map(condition), faults = terms.filter(t => typeof t === "string");
  $("fault").textContent = faults.length ? {{script:Ignored: {faults}}}.replace("{faults}", () => faults.join("; ")) : "";
  $("filter").setAttribute("aria-invalid", faults.length > 0);
  const conditions = terms.filter(t => typeof t !== "string");  // faulty terms are ignored
  matching = new Set([...runs.keys()].filter(k => conditions.every(holds => holds(runs[k]))));
  rows.forEach(row => { row.hidden = !matching.has(+row.dataset.run); });
  const count = (runs.length === 1 ? {{script:1 run}} : {{script:{n} runs}}).replace("{n}", runs.length);
  $("count").textContent = matching.size === runs.length ? count : `${matching.size} / ${count}`;
  drawCurves();
}

function sort(th) {
  const column = columnsOf[th.dataset.column], down = th.getAttribute("aria-sort") === "ascending", sign = down ? -1 : 1;
  headings.forEach(other => other.removeAttribute("aria-sort"));
  th.setAttribute("aria-sort", down ? "descending" : "ascending");
  const empty = v => v === null || v === undefined ? 2 : Number.isNaN(v) ? 1 : 0;
  rows.sort((p, q) => {
    const [a, b] = [value(runs[p.dataset.run], column), value(runs[q.dataset.run], column)];
    if (empty(a) || empty(b)) return empty(a) - empty(b);  // NaN, then missing values, come last in both directions
    if (typeof a === "number" && typeof b === "number") return a === b ? 0 : sign * (a < b ? -1 : 1);
    return sign * String(a).localeCompare(String(b), undefined, { numeric: true });
  });
  document.querySelector("#runs tbody").append(...rows);
}

function equip(row) {  // controls that work only with scripts
  const k = +row.dataset.run, head = row.querySelector("th"), name = runs[k].name;
  const box = row.box = Object.assign(document.createElement("input"), { type: "checkbox", checked: true });
  box.onchange = () => { box.checked ? hidden.delete(k) : hidden.add(k); drawCurves(); };
  row.keepButton = Object.assign(document.createElement("button"), { textContent: name, onclick: () => keep(k) });
  row.keepButton.setAttribute("aria-pressed", "false");
  row.sample = document.createElement("span");
  const tick = Object.assign(document.createElement("label"), { className: "tick" });
  tick.append(box);
  head.replaceChildren(tick, row.sample, row.keepButton);
  row.onpointerenter = () => point(k);
  row.onpointerleave = () => point(null);
  row.addEventListener("focusin", () => point(k));
  row.addEventListener("focusout", () => point(null));
  const cell = document.createElement("td");
  cell.className = "words";
  for (const letter of ["A", "B"]) {
    const button = Object.assign(document.createElement("button"), { textContent: letter, className: "pick" });
    button.setAttribute("aria-label", `${letter}: ${name}`);
    button.onclick = () => { letter === "A" ? A = (A === k ? null : k) : B = (B === k ? null : k); drawAll(); };
    row[`pick${letter}`] = button;
    cell.append(button, " ");
  }
  head.after(cell);
}

function nameBoxes() {
  for (const row of rows) {
    row.box.title = {{script:show its curve}};
    row.box.setAttribute("aria-label", `${runs[+row.dataset.run].name}: ${row.box.title}`);
  }
}

function drawSwatches() { rows.forEach(row => row.sample.replaceChildren(swatch(+row.dataset.run))); }
function drawAll() { drawSwatches(); drawCurves(); drawDifference(); }

// --- the menus ---

function option(text, value) { return Object.assign(document.createElement("option"), { textContent: text, value }); }

function fillMenus() {
  const before = $("curve").options.length ? [$("curve").value, $("color").value, $("log").checked] : null;
  $("curve").replaceChildren();
  for (const [kind, label] of [["epochs", {{script:each epoch}}], ["steps", {{script:each update}}]]) {
    const names = [...new Set(runs.flatMap(run => Object.keys(run[kind])))].filter(name => name !== "seconds");
    if (!names.length) continue;
    const group = Object.assign(document.createElement("optgroup"), { label });
    group.append(...names.map(name => option(name, JSON.stringify([kind, name]))));
    $("curve").append(group);
  }
  const first = ["val_loss", "loss"].map(name => JSON.stringify(["epochs", name])).find(v => [...$("curve").options].some(o => o.value === v));
  if (first) $("curve").value = first;
  $("color").replaceChildren(option({{script:one per run}}, ""), ...data.groups.map(name => option(name, name)));
  $("color").value = data.color;
  if (before) [$("curve").value, $("color").value] = before;
  menuOfAxes();
  if (before) return;
  const losses = runs.flatMap(run => (run.epochs.val_loss || run.epochs.loss || { y: [] }).y).filter(Number.isFinite);
  $("log").checked = losses.length > 0 && Math.min(...losses) > 0 && Math.max(...losses) > 20 * Math.min(...losses);
}

function menuOfAxes() {
  const curve = chosenCurve(), kind = curve ? curve[0] : "epochs";
  const timed = runs.some(run => run[kind].seconds);
  $("over").replaceChildren(option(kind === "epochs" ? {{script:epoch}} : {{script:update}}, "number"), ...(timed ? [option({{script:seconds}}, "seconds")] : []));
  if (over === "seconds" && !timed) over = "number";
  $("over").value = over;
}

const heading = Object.assign(document.createElement("th"), { className: "words soft", textContent: "A − B" });
headings[0].after(heading);
headings.forEach((th, i) => {
  th.dataset.column = i;
  const button = Object.assign(document.createElement("button"), { textContent: th.textContent, onclick: () => sort(th) });
  th.replaceChildren(button);
});
rows.forEach(equip);
[A, B] = data.pair;
$("curve").onchange = () => { menuOfAxes(); drawAll(); };
$("over").onchange = () => { over = $("over").value; drawAll(); };
$("color").onchange = drawAll;
$("smooth").oninput = () => { drawCurves(); drawDifference(); };
$("log").onchange = $("most").onchange = drawCurves;
$("filter").oninput = filter;
addEventListener("keydown", e => {
  if (e.key === "/" && document.activeElement !== $("filter")) { e.preventDefault(); $("filter").focus(); }
  if (e.key === "Escape" && document.activeElement === $("filter")) { $("filter").value = ""; filter(); }
});
addEventListener("resize", () => { drawCurves(); drawDifference(); });
respeak = () => { headings.forEach((th, i) => { th.firstChild.textContent = spoken(columnsOf[i]); }); fillMenus(); nameBoxes(); drawSwatches(); filter(); drawDifference(); };
speak(language);

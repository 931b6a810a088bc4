// The reader's own data: a table from a file, or points from an address, both checked.
const MOST_ROWS = 2000, MOST_FEATURES = 12, MOST_CLASSES = 6, LINK_ROWS = 200;
const LARGEST = 1e100;  // squares of numbers up to this do not overflow
const MISSING = /^(na|n\/a|nan|null|\?)?$/i;

function readSet(s) {  // a set from an address, with its known entries only; null if it is invalid
  const whole = (v, lo, hi) => Number.isInteger(v) && v >= lo && v <= hi, number = v => Number.isFinite(v) && Math.abs(v) <= LARGEST;
  if (!s || ![s.X, s.y, s.names].every(Array.isArray)) return null;
  const { X, y, classes, features, names, validation } = s, n = y.length;
  const good = whole(n, 1, MOST_ROWS) && whole(features, 1, MOST_FEATURES) && X.length === n * features && X.every(number) && y.every(number)
    && (classes === 0 || whole(classes, 2, MOST_CLASSES) && y.every(v => whole(v, 0, classes - 1)))
    && whole(validation, 0, n - 1) && names.length === features && names.every(v => typeof v === "string" && v.length <= 100);
  if (!good) return null;
  const choice = Array.isArray(s.kinds) && whole(s.kinds.length, 2, MOST_CLASSES) && s.kinds.every(Number.isInteger) && (classes ? classes === s.kinds.length : y.every(v => s.kinds.includes(v)));
  return { X, y, classes, features, names, validation, noise: 0, Z: null, kinds: choice ? s.kinds : undefined };
}
function otherKind(set) {  // whole numbers as classes, or as values to predict
  return set.classes ? { ...set, classes: 0, y: set.y.map(c => set.kinds[c]) } : { ...set, classes: set.kinds.length, y: set.y.map(v => set.kinds.indexOf(v)) };
}

function separator(text) {  // found in the first line; a comma only without tabs and semicolons, because it may be a decimal comma
  const line = text.slice(0, text.indexOf("\n") < 0 ? text.length : text.indexOf("\n")).replace(/"[^"]*"/g, "");
  return ["\t", ";", ","].find(c => line.includes(c)) ?? ",";
}
function cells(text, comma) {  // the rows of a CSV file, as lists of cells, which may be quoted
  const rows = []; let row = [], cell = "", quoted = false;
  const endCell = () => { row.push(cell.trim()); cell = ""; }, endRow = () => { endCell(); if (row.length > 1 || row[0]) rows.push(row); row = []; };
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (quoted && c === '"' && text[i + 1] === '"') { cell += c; i++; }
    else if (quoted ? c === '"' : c === '"' && !cell.trim()) quoted = !quoted;
    else if (!quoted && c === comma) endCell();
    else if (!quoted && c === "\n") endRow();
    else cell += c;
  }
  endRow();
  return rows;
}
function fromCsv(text) {  // [set, number of complete rows, number of skipped rows]; the last column is the target
  text = text.replace(/^\uFEFF/, "").replace(/\r\n?/g, "\n");
  const comma = separator(text), rows = cells(text, comma);
  const value = v => comma !== "," && /^[-+]?\d*,\d+(e[-+]?\d+)?$/i.test(v) ? +v.replace(",", ".") : +v;
  const word = v => !MISSING.test(v) && Number.isNaN(value(v)), usable = v => !MISSING.test(v) && Math.abs(value(v)) <= LARGEST;
  if (!rows.length || rows[0].length < 2) throw T_("csv.columns");
  const D = rows[0].length - 1;
  if (D > MOST_FEATURES) throw T_("csv.features", { n: D });
  const headed = rows[0].slice(0, D).some(word) || (word(rows[0][D]) && rows.length > 1 && rows.slice(1).every(r => !word(r[D] ?? "")));
  const names = (headed ? rows.shift() : []).map(v => v.slice(0, 100)), name = k => names[k] || T_("csv.name", { k: k + 1 });
  const words = rows.some(r => r.length === D + 1 && word(r[D])), bad = (v, k) => k < D || !words ? !usable(v) : MISSING.test(v);
  const good = rows.filter(r => r.length === D + 1 && !r.some(bad));
  if (good.length < 4) {
    const found = Array.from({ length: D + 1 }, (_, k) => rows.map(r => r[k] ?? "").filter(v => bad(v, k))), most = found.reduce((a, f, k) => f.length > found[a].length ? k : a, 0);
    if (found[most].length > rows.length - 4 && rows.length >= 4) throw T_("csv.column", { name: name(most), value: found[most].find(v => v) ?? "" });
    throw T_("csv.rows", { n: good.length });
  }
  const last = good.map(r => words ? r[D] : value(r[D])), kinds = [...new Set(last)].sort((a, b) => words ? (a < b ? -1 : 1) : a - b);
  if (kinds.length < 2) throw T_("csv.one", { name: name(D), value: kinds[0] });
  if (words && kinds.length > MOST_CLASSES) throw T_("csv.classes", { n: kinds.length, value: last.find(word) });
  const classes = words || (kinds.length <= MOST_CLASSES && kinds.every(Number.isInteger)) ? kinds.length : 0, X = [], y = [];
  for (const r of new Generator(0).permutation(good.length).slice(0, MOST_ROWS)) { X.push(...good[r].slice(0, D).map(value)); y.push(classes ? kinds.indexOf(last[r]) : last[r]); }
  const set = {
    X, y, classes, features: D, names: Array.from({ length: D }, (_, k) => names[k] || "x" + subscript(k + 1)),
    validation: y.length >= 20 ? Math.floor(y.length / 4) : 0, noise: 0, Z: null, kinds: classes && !words ? kinds : undefined,
  };
  return [set, good.length, rows.length - good.length];
}

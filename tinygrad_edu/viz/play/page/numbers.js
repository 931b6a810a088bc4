// Numbers as pages show them, and formulas with numbers in place of names.
const show = v => v === undefined || v === null ? "–" : v === 0 ? "0" : !Number.isFinite(v) ? (v !== v ? "NaN" : v > 0 ? "∞" : "−∞") : (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5 ? v.toExponential(1).replace("e+", "e") : String(+v.toPrecision(3))).replace(/-/g, "−");
const GREEK = { "β₁": "beta1", "β₂": "beta2", alpha: "alpha", rho: "rho", eps: "eps", lr: "lr", momentum: "momentum", dampening: "dampening", lr_decay: "lr_decay", momentum_decay: "momentum_decay", t: "t", "ḡ": "g_mean" };
const TOKEN = /momentum_decay|lr_decay|dampening|momentum|alpha|lr(?!ₜ)|rho|eps|β₁|β₂|ḡ|[A-Za-zμΔ]̂?ₜ?₊?₁?|./gsu;
function formulaLines({ rule, options }) { return (DATA.parts[rule] ?? []).filter(([when]) => !when || when.split(" && ").every(c => c[0] === "!" ? !options[c.slice(1)] : options[c])).map(p => p[1]); }
function withNumbers(text, values, after) {  // the right side with its numbers, and what comes of it
  const arrow = text.indexOf("←");
  if (arrow < 0) return null;
  const name = text.slice(0, arrow).trim(), parts = [];
  for (const token of text.slice(arrow + 1).trim().match(TOKEN)) {
    const key = GREEK[token] ?? token, v = values[key];
    if (v === undefined || (token.length > 1 && !GREEK[token] && !(key in values))) { parts.push(token); continue; }
    const shown = show(v);
    parts.push(v < 0 ? `(${shown})` : shown);
  }
  let right = parts.join("").replace(/(\d|\)) (?=[\d(])/g, "$1 · ");
  const result = after[GREEK[name] ?? name];
  return `${name} ← ${right}${result === undefined ? "" : " = " + show(result)}`;
}
function filledIn(lines, values, after) {  // [formula, the same with numbers] for each assignment; later ones read the new values
  let previous = values;
  return lines.map(text => {
    const line = withNumbers(text, previous, after), name = text.split("←")[0].trim(), key = GREEK[name] ?? name;
    if (line && key in after) previous = { ...previous, [key]: after[key] };
    return [text, line];
  });
}

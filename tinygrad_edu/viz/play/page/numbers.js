// Numbers as pages show them, and formulas with numbers in place of names.
const show = v => v === undefined || v === null ? "–" : v === 0 ? "0" : !Number.isFinite(v) ? (v !== v ? "NaN" : v > 0 ? "∞" : "−∞") : (Math.abs(v) < 1e-3 || Math.abs(v) >= 1e5 ? v.toExponential(1).replace(".0e", "e").replace("e+", "e") : String(+v.toPrecision(3))).replace(/-/g, "−");
const GREEK = { "β₁": "beta1", "β₂": "beta2", alpha: "alpha", rho: "rho", eps: "eps", lr: "lr", momentum: "momentum", dampening: "dampening", lr_decay: "lr_decay", momentum_decay: "momentum_decay", t: "t", "ḡ": "g_mean" };
const TOKEN = /μ₁⋯μₜ₊₁|μ₁⋯μₜ|momentum_decay|lr_decay|dampening|momentum|v_max|max|alpha|lr(?!ₜ)|rho|eps|β₁|β₂|ḡ|[A-Za-zμΔ]̂?ₜ?₊?₁?|./gsu;
function formulaLines({ rule, options }) { return (DATA.parts[rule] ?? []).filter(([when]) => !when || when.split(" && ").every(c => c[0] === "!" ? !options[c.slice(1)] : options[c])).map(p => p[1]); }
const raised = n => String(n).replace(/\d/g, d => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);
function withNumbers(text, values, after) {  // the formula with numbers on its right side and, if it is an update (←), the result
  const [, name, sign, right] = text.match(/^(\S+) (←|=) (.*)$/u), parts = [];
  for (const token of right.match(TOKEN)) {
    const v = token === "ᵗ" ? undefined : values[GREEK[token] ?? token];
    parts.push(token === "ᵗ" && values.t ? raised(values.t) : v === undefined ? token : v < 0 ? `(${show(v)})` : show(v));
  }
  const result = sign === "←" ? after[GREEK[name] ?? name] : undefined;
  return `${name} ${sign} ${parts.join("").replace(/(\d|\)) (?=[\d(])/g, "$1 · ")}${result === undefined ? "" : " = " + show(result)}`;
}
function momenta({ beta1, momentum_decay, t }) {  // Nadam's μ of step t and of the next, and their products from step 1
  if (momentum_decay === undefined || !t) return {};
  const mu = k => beta1 * (1 - .5 * .96 ** (k * momentum_decay)); let product = 1;
  for (let k = 1; k <= t; k++) product *= mu(k);
  return { "μₜ": mu(t), "μₜ₊₁": mu(t + 1), "μ₁⋯μₜ": product, "μ₁⋯μₜ₊₁": product * mu(t + 1) };
}
function filledIn(lines, values, after) {  // [formula, the same with numbers] for each assignment; later ones read the new values
  let previous = { ...values, ...momenta(values) };
  return lines.map(text => {
    const line = withNumbers(text, previous, after), name = text.split(" ")[0], key = GREEK[name] ?? name;
    if (key in after && key !== "w") previous = { ...previous, [key]: after[key] };
    return [text, line];
  });
}

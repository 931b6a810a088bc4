// A race without its page: surfaces as functions (x, y) -> [value, ∂x, ∂y], and rules that descend them. Python prints RULES and PARTS.

const FAR = 1000;  // a run whose x or y exceeds this many widths of the picture has diverged

function runRule(rule, options, surface, start, steps, noise = null) {
  const [x0, x1, y0, y1] = surface.box, far = FAR * Math.max(x1 - x0, y1 - y0);
  const w = Float64Array.from(start), g = new Float64Array(2), given = { ...rule.options, ...options };
  const state = rule.buffers.map(b => new Float64Array(2).fill(b.start ? given[b.start] : 0));
  const used = rule.buffers.map(b => !b.when || Boolean(given[b.when]));
  const path = [[w[0], w[1]]], loss = [], gradient = [], remembered = [];
  for (given.t = 1; given.t <= steps; given.t++) {
    const [value, dx, dy] = surface.f(w[0], w[1]);
    if (!(Number.isFinite(value) && Number.isFinite(dx) && Number.isFinite(dy) && Math.max(Math.abs(w[0]), Math.abs(w[1])) < far)) break;
    g[0] = dx; g[1] = dy;
    if (noise) { g[0] += noise(); g[1] += noise(); }
    loss.push(value);
    gradient.push([g[0], g[1]]);
    rule.update(w, g, state, given);
    remembered.push(state.map(b => [b[0], b[1]]));
    path.push([w[0], w[1]]);
  }
  loss.push(surface.f(w[0], w[1])[0]);
  const names = rule.buffers.map(b => b.name).filter((_, k) => used[k]);
  const kept = Object.fromEntries(rule.buffers.map((b, k) => [b.name, remembered.map(row => row[k])]).filter(([name]) => names.includes(name)));
  return { path, loss, gradient, remembered: kept, diverged: gradient.length < steps ? gradient.length : null };
}

function finalLoss(run) { const last = run.loss[run.loss.length - 1]; return run.diverged === null && Number.isFinite(last) ? last : Infinity; }

function gaussian(generator, deviation) {  // the Box–Muller transform
  return () => deviation * Math.sqrt(-2 * Math.log(1 - generator.uniform())) * Math.cos(2 * Math.PI * generator.uniform());
}

// A surface known on a grid: value and gradient are interpolated bilinearly; beyond the grid, the surface continues linearly.
function fromTable({ x: [a, b], y: [c, d], n, numbers }) {
  const at = (i, j, k) => { const v = numbers[3 * (j * n + i) + k]; return v === null ? NaN : v; };
  return (x, y) => {
    const inside = (t, low, high) => Math.min(Math.max(t, low), high), right = inside(x, a, b), up = inside(y, c, d);
    const u = (right - a) / (b - a) * (n - 1), v = (up - c) / (d - c) * (n - 1);
    const i = Math.min(Math.floor(u), n - 2), j = Math.min(Math.floor(v), n - 2), p = u - i, q = v - j;
    const [f, dx, dy] = [0, 1, 2].map(k => (1 - q) * ((1 - p) * at(i, j, k) + p * at(i + 1, j, k)) + q * ((1 - p) * at(i, j + 1, k) + p * at(i + 1, j + 1, k)));
    return [f + dx * (x - right) + dy * (y - up), dx, dy];
  };
}

// --- a typed function, such as x ** 2 + sin(3 y): each part has its derivatives, which the chain rule combines ---

const NAMED = { pi: Math.PI, "π": Math.PI, e: Math.E };
const POWERS = { "²": 2, "³": 3, "⁴": 4 };
const FUNCTIONS = { ln: "log" };

const MOST_TOKENS = 400;  // more of them, nested, could overflow the browser's call stack

function parseFunction(text) {  // (x, y) -> [value, ∂x, ∂y]; throws SyntaxError with a position
  const tokens = [], pattern = /\s*(?:(\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?)|([A-Za-zπ]+)|(\*\*|[-+*/^()−·²³⁴|]))/gy;
  const rest = text.trimEnd();
  while (pattern.lastIndex < rest.length) {
    const from = pattern.lastIndex, found = pattern.exec(rest);
    if (!found) throw new SyntaxError(String(from + 1));
    tokens.push({ number: found[1], word: found[2], sign: found[3], at: found.index + found[0].length - (found[1] || found[2] || found[3]).length + 1 });
  }
  if (tokens.length > MOST_TOKENS) throw Object.assign(new SyntaxError(String(tokens[MOST_TOKENS].at)), { long: true });
  let k = 0;
  const peek = sign => k < tokens.length && tokens[k].sign === sign;
  const take = (...signs) => signs.some(peek) ? tokens[k++].sign : null;
  const fail = () => { throw new SyntaxError(String(k < tokens.length ? tokens[k].at : rest.length + 1)); };
  const sum = () => {
    let left = product(), sign;
    while ((sign = take("+", "-", "−"))) left = joined(sign === "+" ? "add" : "subtract", left, product());
    return left;
  };
  const product = () => {
    let left = signed();
    for (;;) {
      const sign = take("*", "/", "·");
      if (sign) left = joined(sign === "/" ? "divide" : "multiply", left, signed());
      else if (k < tokens.length && (tokens[k].word || tokens[k].number || peek("("))) left = joined("multiply", left, power());  // as in 2 x
      else return left;
    }
  };
  const signed = () => take("-", "−") ? joined("negative", signed()) : take("+") ? signed() : power();
  const power = () => {
    let base = atom(), sign;
    while ((sign = take("²", "³", "⁴"))) base = joined("power", base, constant(POWERS[sign]));
    return take("**", "^") ? joined("power", base, signed()) : base;
  };
  const atom = () => {
    if (k >= tokens.length) fail();
    const { number, word } = tokens[k];
    if (number) { k++; return constant(Number(number)); }
    if (take("(")) { const inside = sum(); if (!take(")")) fail(); return inside; }
    if (!word) fail();
    if (word === "x" || word === "y") { k++; return { varies: true, f: word === "x" ? (x => [x, 1, 0]) : ((x, y) => [y, 0, 1]) }; }
    if (Object.hasOwn(NAMED, word)) { k++; return constant(NAMED[word]); }
    const name = Object.hasOwn(FUNCTIONS, word) ? FUNCTIONS[word] : word;  // hasOwn: every object has a toString
    if (!Object.hasOwn(PARTS, name) || PARTS[name].length !== 1 || name === "negative") fail();
    k++;
    if (!take("(")) fail();
    const inside = sum();
    if (!take(")")) fail();
    return joined(name, inside);
  };
  const whole = sum();
  if (k < tokens.length) fail();
  return whole.f;
}

function constant(value) { return { varies: false, f: () => [value, 0, 0] }; }

function joined(name, first, second) {
  const part = PARTS[name], varies = first.varies || Boolean(second && second.varies);
  if (!second) return { varies, f: (x, y) => { const a = first.f(x, y), [v, da] = part(a[0]); return [v, da * a[1], da * a[2]]; } };
  return { varies, f: (x, y) => {
    const a = first.f(x, y), b = second.f(x, y), [v, da, db] = part(a[0], b[0]);
    // a constant contributes no slope, even if the derivative for it is not finite, as for the 2 in x ** 2 at x < 0
    return [v, (first.varies ? da * a[1] : 0) + (second.varies ? db * b[1] : 0), (first.varies ? da * a[2] : 0) + (second.varies ? db * b[2] : 0)];
  } };
}

// The value of rate · curvature below which a rule converges on a quadratic function; null for rules without a known one.
function stabilityEdge(name, { momentum = 0, nesterov = false, dampening = 0 }) {
  if (name === "NAG" || (name === "SGD" && nesterov)) return dampening ? null : (2 + 2 * momentum) / (1 + 2 * momentum);
  if (name === "Momentum" || name === "SGD") return dampening && momentum ? null : 2 * (1 + momentum);
  return null;
}

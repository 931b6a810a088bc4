// What recorded programs need besides Math: products over steps, the package's random numbers, a chain of layers, an optimizer.

function runningProduct(factor) {  // (t, ...options) -> factor(1, ...options) ⋯ factor(t, ...options); each product is computed once
  const soFar = new Map();
  return (t, ...options) => {
    const key = options.join();
    if (!soFar.has(key)) soFar.set(key, [1]);
    const products = soFar.get(key);
    while (products.length <= t) {
      if (products[products.length - 1] === 0) return 0;
      products.push(products[products.length - 1] * factor(products.length, ...options));
    }
    return products[t];
  };
}

class Generator {  // MT19937, as tinygrad_edu.Generator: the same seed gives the same numbers
  constructor(seed = 0) {  // a number, or a BigInt below 2⁶⁴
    const key = this.key = new Uint32Array(624);
    key[0] = Number(BigInt(seed) & 0xffffffffn);
    for (let i = 1; i < 624; i++) key[i] = Math.imul(1812433253, key[i - 1] ^ (key[i - 1] >>> 30)) + i;
    this.at = 624;
  }
  bits32() {
    const key = this.key;
    if (this.at === 624) {
      for (let i = 0; i < 624; i++) {
        const y = (key[i] & 0x80000000) | (key[(i + 1) % 624] & 0x7fffffff);
        key[i] = key[(i + 397) % 624] ^ (y >>> 1) ^ (y & 1 ? 0x9908b0df : 0);
      }
      this.at = 0;
    }
    let y = key[this.at++];
    y ^= y >>> 11; y ^= (y << 7) & 0x9d2c5680; y ^= (y << 15) & 0xefc60000; y ^= y >>> 18;
    return y >>> 0;
  }
  uniform(low = 0, high = 1) {  // a float32, as Tensor.uniform_ draws it
    const a = Math.fround(low), b = Math.fround(high), u = (this.bits32() & 0xffffff) / 0x1000000;
    const x = Math.fround(u * Math.fround(b - a) + a);
    return x === b ? a : x;
  }
  seed() {  // 63 bits for another generator
    const high = BigInt(this.bits32()), low = BigInt(this.bits32());
    return (high << 32n | low) & 0x7fffffffffffffffn;
  }
  permutation(n) {  // Fisher-Yates
    const p = Int32Array.from({ length: n }, (_, i) => i);
    for (let i = 0; i < n - 1; i++) { const j = i + this.bits32() % (n - i), v = p[i]; p[i] = p[j]; p[j] = v; }
    return p;
  }
}

class Batches {  // the rows of each step, as DataLoader(batch_size, shuffle=True) draws them from the generator
  constructor(generator, n, batchSize) {
    this.generator = generator; this.n = n; this.size = Math.min(batchSize, n);
    this.each = Math.ceil(n / this.size);  // steps per epoch
    this.seeds = []; this.orders = new Map();
  }
  rows(step) {
    const epoch = Math.floor(step / this.each), at = step % this.each * this.size;
    while (this.seeds.length <= epoch) { this.generator.seed(); this.seeds.push(this.generator.seed()); }
    if (!this.orders.has(epoch)) {
      if (this.orders.size > 32) this.orders.delete(this.orders.keys().next().value);
      this.orders.set(epoch, new Generator(this.seeds[epoch]).permutation(this.n));
    }
    return this.orders.get(epoch).subarray(at, at + this.size);
  }
}

class Network {  // Linear layers with an activation between them, and a loss: recorded pieces in sequence
  constructor(sizes, activation, loss, most) {  // `most`: the maximum number of rows
    this.size = { B: most };
    this.layers = [];
    for (let k = 0; k + 1 < sizes.length; k++) {
      const size = { B: most, I: sizes[k], O: sizes[k + 1] };
      this.layers.push({ ...LAYERS[k ? "Linear" : "FirstLinear"](size), size, at: 2 * k });
      if (k + 2 < sizes.length && activation) this.layers.push({ ...LAYERS[activation](size), size, at: -1 });
    }
    this.end = { size: { B: most, O: sizes[sizes.length - 1] } };
    if (loss) Object.assign(this.end, LOSSES[loss](this.end.size));
  }
  forward(x, W, rows) {  // W: weight, bias, weight, bias, …; returns the output [rows, out]
    for (const p of this.layers) {
      p.size.B = rows; p.x = x;
      if (p.at >= 0) { p.weight = W[p.at]; p.bias = W[p.at + 1]; }
      p.y = x = p.forward(p);
    }
    return x;
  }
  loss(x, target, W, rows) {
    this.end.x = this.forward(x, W, rows); this.end.target = target; this.end.size.B = rows;
    return this.end.forward(this.end);
  }
  step(x, target, W, G, rows) {  // returns the loss, and writes its gradients to G
    const value = this.loss(x, target, W, rows);
    let dy = this.end.backward(this.end);
    for (let k = this.layers.length - 1; k >= 0; k--) {
      const p = this.layers[k];
      if (p.at >= 0) { p.d_weight = G[p.at]; p.d_bias = G[p.at + 1]; }
      p.dy = dy;
      dy = p.backward(p);
    }
    return value;
  }
}

class Learner {  // parameters of Linear layers in one flat array, their gradients, and the state of a rule
  constructor(sizes, rule, options) {
    this.shapes = sizes.slice(1).flatMap((out, k) => [[out, sizes[k]], [out]]);
    const length = this.shapes.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b), 0);
    this.w = new Float64Array(length); this.g = new Float64Array(length); this.before = new Float64Array(length);
    this.W = []; this.G = []; this.starts = [];
    let at = 0;
    for (const shape of this.shapes) {
      const m = shape.reduce((a, b) => a * b);
      this.starts.push(at);
      this.W.push(this.w.subarray(at, at + m)); this.G.push(this.g.subarray(at, at + m));
      at += m;
    }
    this.use(rule, options);
  }
  use(rule, options) {  // another rule starts with fresh buffers
    this.rule = rule; this.options = { ...RULES[rule].options, ...options }; this.t = 0;
    this.state = RULES[rule].buffers.map(b => new Float64Array(this.w.length).fill(b.start ? this.options[b.start] : 0));
  }
  draw(generator) {  // the initial weights of nn.Linear: uniform in ±1/√in, weight first, then bias
    this.W.forEach((w, k) => { const bound = 1 / Math.sqrt(this.shapes[k - k % 2][1]); for (let i = 0; i < w.length; i++) w[i] = generator.uniform(-bound, bound); });
    return this;
  }
  update() {
    this.before.set(this.w);
    this.options.t = ++this.t;
    RULES[this.rule].update(this.w, this.g, this.state, this.options);
  }
  snapshot() { return { w: this.w.slice(), g: this.g.slice(), before: this.before.slice(), state: this.state.map(b => b.slice()), t: this.t, rule: this.rule, options: { ...this.options } }; }
  restore(s) {
    if (s.rule !== this.rule) this.use(s.rule, s.options);
    this.w.set(s.w); this.g.set(s.g); this.before.set(s.before); s.state.forEach((b, k) => this.state[k].set(b));
    this.t = s.t; this.options = { ...s.options };
  }
}

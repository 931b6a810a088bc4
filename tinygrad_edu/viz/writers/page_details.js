// --- one node in full ---
function el(tag, text, cls) {
  const e = document.createElement(tag);
  if (text !== undefined) e.textContent = text;
  if (cls) e.className = cls;
  return e;
}

function table(rows) {
  const t = document.createElement("table");
  rows.forEach(([word, text, cls]) => {
    if (text === "" || text === null || text === undefined) return;
    t.insertRow().append(el("td", word), el("td", text, cls));
  });
  return t;
}

function numbers(panel, word, s, cls) {
  panel.append(el("h3", word));
  if (!s) {
    panel.append(el("p", "–"));
    return;
  }
  const many = s.size > 1;
  panel.append(el("div", s.text, "mono " + cls));
  panel.append(table([
    [{{script:std}}, s.std, "mono"],
    [{{script:norm}}, s.norm, "mono"],
    [{{script:zeros}}, many ? (s.zero || 0) + " / " + s.size : "", "mono"],
    [{{script:first}}, many ? s.first : "", "mono"],
  ]));
  if (s.histogram) panel.append(...histogram(s, cls));
}

function histogram(s, cls) {
  const bars = el("div", undefined, "bars" + (cls ? " of-grad" : ""));
  const ends = el("div", undefined, "ends mono");
  bars.setAttribute("role", "img");
  bars.setAttribute("aria-label", {{script:Histogram of 24 bins from {a} to {b}}}.replace("{a}", s.min).replace("{b}", s.max));
  [...s.histogram].forEach(height => {
    const bar = el("i");
    bar.style.height = (parseInt(height, 36) / 0.35) + "%";
    bars.append(bar);
  });
  ends.append(el("span", s.min), el("span", s.max));
  return [bars, ends];
}

function links(panel, word, ids) {
  if (!ids.length) return;
  const list = el("div", undefined, "links");
  ids.forEach(i => {
    const button = el("button", nodes[i].op && nodes[i].label === nodes[i].op ? "#" + i + " " + nodes[i].label : nodes[i].label);
    button.onclick = () => pick(i, true);
    list.append(button);
  });
  panel.append(el("h3", word), list);
}

function pick(id, move) {
  picked = id;
  detail = () => pick(id);
  const n = nodes[id], panel = $("details");
  const times = (standing.get(id) || []).length;
  panel.replaceChildren(el("h2", "#" + id + "  " + n.label));
  panel.append(table([
    [{{script:is}}, n.kind + (n.op && n.op !== n.label ? ", " + n.op : "")],
    [{{script:shape}}, n.shape + "  " + n.dtype, "mono"],
    [{{script:memory}}, n.bytes],
    [{{script:time}}, n.time],
    [{{script:module}}, n.module],
    [{{script:arguments}}, n.params, "mono"],
    [{{script:line}}, n.source, "mono"],
    [{{script:drawn}}, times > 1 ? {{script:{n} times, once at each use: it is one tensor}}.replace("{n}", times) : ""],
    [{{script:followed}}, n.followed, "mono"],
    [{{script:note}}, n.note, "bad"],
  ]));
  data.findings.filter(f => f.node === id).forEach(f => panel.append(el("p", "▲ " + T_(f.text), "bad")));
  numbers(panel, {{script:value}}, n.value, "");
  if (data.has_grad) numbers(panel, {{script:gradient}}, n.grad, "grad");
  if (n.forward) panel.append(el("h3", {{script:how it was computed}}), el("pre", n.forward));
  if (n.sends.length) {
    const told = [n.arrives, ...n.sends.map(sent => (sent.local ? sent.local + "\n" : "") + sent.text)];
    panel.append(el("h3", {{script:what it sends back}}), el("pre", told.join("\n")));
  }
  if (data.updates[id]) panel.append(el("h3", {{script:what the optimizer does}}), el("pre", data.updates[id].slice(1).join("\n")));
  links(panel, {{script:computed from}}, [...new Set(n.inputs)].filter(i => !nodes[i].literal));
  links(panel, {{script:used by}}, users[id]);
  if (step === 0) related(id);
  boxes.forEach(b => b.classList.toggle("picked", holds(b, id)));
  if (move) reveal(id, true);
}

function reached(id, next) {
  const seen = new Set([id]);
  for (const i of seen) next(i).forEach(j => seen.add(j));  // a Set can grow during iteration
  return seen;
}

function related(id) {
  const near = new Set([...reached(id, i => nodes[i].inputs), ...reached(id, i => users[i])]);
  brighten(near);
}

function brighten(ids) {
  lit = ids;
  everywhere();
}

// --- one module ---
function about_module(m) {
  const panel = $("details");
  picked = null;
  detail = () => about_module(m);
  panel.replaceChildren(el("h2", m.full));
  panel.append(table([[{{script:is}}, m.detail], [{{script:value}}, m.value, "mono"], [{{script:gradient}}, m.grad, "mono grad"]]));
  const toggle_ = el("button", m.folded ? {{script:open it}} : {{script:fold it into one box}});
  toggle_.onclick = () => fold(m, !m.folded);
  panel.append(toggle_);
  links(panel, {{script:inside}}, m.members.filter(i => nodes[i] && nodes[i].op).slice(0, 60));
}

// --- the controls ---
const forward_ = () => {
  if (asking()) judge();  // the first press reveals, the next one continues
  else go(step + 1);
};
const KEYS = {
  ArrowRight: forward_,
  ArrowLeft: () => go(step - 1),
  Home: () => go(0),
  End: () => go(steps.length),
  Escape: leave,
  "/": () => $("search").focus(),
  n: toBad,
  p: toggle,
};
document.addEventListener("keydown", e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.defaultPrevented) return;
  if (["INPUT", "SELECT"].includes(e.target.tagName) && e.target.type !== "checkbox") {
    if (e.key === "Escape") e.target.blur();
    return;
  }
  if (!(e.key in KEYS)) return;
  e.preventDefault();
  KEYS[e.key]();
});

// The choices in the depth menu: each view, and the depths to which its modules can be folded.
const depths = [];
views.forEach((v, k) => {
  const deepest = Math.max(0, ...data.views[k].frames.map(f => f.depth));
  depths.push([() => T_(v.dataset.label), k, 0]);
  for (let d = deepest; d > 0; d -= 1) depths.push([() => {{script:to depth {n}}}.replace("{n}", d), k, d]);
});
depths.forEach((_, k) => {
  const option = el("option");
  option.value = k;
  $("depth").append(option);
});

// Translate the findings above each picture, which is drawn in the language in which the page was written.
const wrapped = (text, wide) => text.match(new RegExp(`.{1,${wide}}(\\s|$)`, "g")) || [text];
function sayFindings() {
  for (const drawn of views) {
    const lines = [...drawn.querySelectorAll(".tg-finding")], firsts = lines.filter(line => line.textContent.startsWith("▲"));
    firsts.forEach((first, k) => {
      const next = lines.indexOf(firsts[k + 1]), own = lines.slice(lines.indexOf(first), next < 0 ? undefined : next);
      const room = own.filter(line => !/^\u2003and \d+ more$/.test(line.textContent));
      const text = wrapped(T_(data.findings[k].text), 110);
      room.forEach((line, i) => { line.textContent = (i ? "\u2003" : "▲ ") + (i === room.length - 1 ? text.slice(i).join("") : text[i] || ""); });
    });
  }
}
const nameDepths = () => [...$("depth").options].forEach((option, k) => { option.textContent = depths[k][0](); });
nameDepths();
respeak = () => {
  nameDepths();
  if (drawnIn !== language) { drawnIn = language; sayFindings(); }
  color($("color").value);
  play(playing !== null);
  go(step);
  if (detail) detail();
};
let drawnIn = WRITTEN;
function deepen(k) {
  const [, number_, depth] = depths[k];
  if (views[number_] !== view) show(number_);
  fold_to(depth);
  begin();
}

document.querySelectorAll("#details li").forEach((item, k) => {
  const id = data.findings[k].node;
  if (nodes[id] === undefined) return;
  const button = el("button", nodes[id].named || "#" + id);
  button.onclick = () => pick(id, true);
  item.append(" ", button);
});
$("depths").hidden = depths.length < 2;
$("depth").onchange = e => deepen(Number(e.target.value));
$("color").value = data.color;
$("color").onchange = e => color(e.target.value);
$("in").onclick = () => zoom(scale * 1.25);
$("out").onclick = () => zoom(scale / 1.25);
$("fit").onclick = fit;
$("slider").max = steps.length;
$("slider").oninput = e => go(Number(e.target.value));
$("start").onclick = KEYS.Home;
$("back").onclick = KEYS.ArrowLeft;
$("next").onclick = forward_;
$("end").onclick = KEYS.End;
$("play").onclick = toggle;
$("speed").onchange = () => play(playing !== null);
$("predict").onchange = () => go(step);
$("guess").onkeydown = e => { if (e.key === "Enter") forward_(); };
$("check").onclick = forward_;
$("first-bad").hidden = !bad;
$("first-bad").onclick = toBad;
$("search").oninput = e => search(e.target.value);
$("search").onkeydown = e => {
  const [first] = matching(e.target.value);
  if (e.key === "Enter" && first) pick(first.id, true);
};
const [head, foot] = ["header", "footer"].map(part => document.querySelector(part));
foot.hidden = !steps.length;
const taken = () => stage.style.setProperty("--taken", head.offsetHeight + foot.offsetHeight + "px");
addEventListener("resize", taken);  // on a small screen, the picture gets the height that the header and footer leave
new ResizeObserver(taken).observe(foot);  // the footer grows when a step is explained
taken();
index();
frames();
if (data.depth) {
  const k = depths.findIndex(([, , d]) => d === data.depth);
  if (k >= 0) {
    $("depth").value = k;
    deepen(k);
  }
}
respeak();
const followed = nodes.filter(n => n.followed).map(n => n.id);
if (followed.length) brighten(new Set(followed));  // the path of the followed element
begin();

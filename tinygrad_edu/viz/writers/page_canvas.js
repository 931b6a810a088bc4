// --- moving and zooming: drag, wheel, two fingers ---
let scale = 1, left = 0, top_ = 0;
let again = null;  // the last fitting function, repeated when the page is resized; null once the reader has moved or zoomed the picture
const stage = $("stage");
const LEAST = 0.05, MOST = 6, LEGIBLE = 0.85;  // scales: below LEGIBLE, text of 11 pixels is hard to read
const framed = window.parent !== window;  // in a notebook a plain wheel scrolls the notebook

function size() {
  const [, , width, height] = chart().getAttribute("viewBox").split(" ").map(Number);
  return { width, height };
}

function lay() {
  views.forEach(v => { v.style.transform = "translate(" + left + "px," + top_ + "px) scale(" + scale + ")"; });
}

function zoom(s, x = stage.clientWidth / 2, y = stage.clientHeight / 2) {
  const to = Math.max(LEAST, Math.min(MOST, s));
  left = x - (x - left) * to / scale;
  top_ = y - (y - top_) * to / scale;
  scale = to;
  again = null;
  lay();
}

function move(x, y) {
  left += x;
  top_ += y;
  if (x || y) again = null;
  lay();
}

function fit() {
  const { width, height } = size();
  scale = Math.max(LEAST, Math.min(1.5, stage.clientWidth / width, stage.clientHeight / height));
  left = Math.max(0, (stage.clientWidth - width * scale) / 2);
  top_ = 0;
  again = fit;
  lay();
}

function visible() {  // returns a function that tests whether a box is visible
  const [x0, y0, x1, y1] = [-left, -top_, stage.clientWidth - left, stage.clientHeight - top_].map(v => v / scale);
  return box => {
    const { x, y, w, h } = at(box);
    return x < x1 && x + w > x0 && y < y1 && y + h > y0;
  };
}

function begin() {  // fit a picture that is too wide; if it is much too wide, show it at a legible scale instead
  const { width, height } = size();
  const room = Math.min(1, stage.clientWidth / width);
  scale = room > (TURNED ? 0.25 : 0.6) ? room : LEGIBLE;
  left = Math.max(0, (stage.clientWidth - width * scale) / 2);
  if (width * scale > stage.clientWidth && !TURNED) {  // moved until the first box is visible
    const [first] = boxes.filter(b => !b.cover).map(at).sort((a, b) => a.y - b.y || a.x - b.x);
    if (first) left = Math.min(0, stage.clientWidth - 10 - (first.x + first.w) * scale);
  }
  top_ = TURNED ? Math.max(0, (stage.clientHeight - height * scale) / 2) : 0;
  again = begin;
  lay();
}
new ResizeObserver(() => { if (again) again(); }).observe(stage);

function reveal(id, focus) {
  const [box] = standing.get(id) || [];
  if (box === undefined) return;
  const { x, y, w, h } = at(box), edge = 30;
  const low = (v, length, room) => Math.max(edge - v, Math.min(0, room - edge - v - length));  // how far to move
  move(low(left + x * scale, w * scale, stage.clientWidth), low(top_ + y * scale, h * scale, stage.clientHeight));
  if (focus) box.focus({ preventScroll: true });
}

const fingers = new Map();
let moved = 0;  // pixels since the finger or button went down; more than a few mean that it is not a click
const spread = () => {
  const [a, b] = [...fingers.values()];
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, far: Math.hypot(a.x - b.x, a.y - b.y) };
};
const here = e => {
  const box = stage.getBoundingClientRect();
  return { x: e.clientX - box.left, y: e.clientY - box.top };
};
stage.addEventListener("wheel", e => {
  if (!e.ctrlKey && Math.abs(e.deltaX) > Math.abs(e.deltaY)) {  // also a wheel with Shift
    e.preventDefault();
    move(-e.deltaX, 0);
    return;
  }
  if (framed && !e.ctrlKey && !e.metaKey) return;
  e.preventDefault();
  const { x, y } = here(e);
  zoom(scale * Math.exp(-Math.max(-60, Math.min(60, e.deltaY)) / (e.ctrlKey ? 60 : 300)), x, y);
}, { passive: false });
stage.addEventListener("pointerdown", e => {
  if (!fingers.size) moved = 0;
  fingers.set(e.pointerId, here(e));
});
stage.addEventListener("pointermove", e => {
  const before = fingers.get(e.pointerId);
  if (!before) return;
  const now = here(e);
  moved += Math.hypot(now.x - before.x, now.y - before.y);
  if (fingers.size === 1) {
    move(now.x - before.x, now.y - before.y);
    fingers.set(e.pointerId, now);
  } else if (fingers.size === 2) {
    const was = spread();
    fingers.set(e.pointerId, now);
    const is = spread();
    left += is.x - was.x;
    top_ += is.y - was.y;
    zoom(scale * is.far / Math.max(was.far, 1), is.x, is.y);
  }
  if (moved > 4 && !stage.hasPointerCapture(e.pointerId)) stage.setPointerCapture(e.pointerId);
});
["pointerup", "pointercancel"].forEach(kind => stage.addEventListener(kind, e => fingers.delete(e.pointerId)));
stage.addEventListener("dblclick", e => {
  if (e.target.closest(".tg-frame-title")) return;
  const { x, y } = here(e);
  if (scale < LEGIBLE) zoom(1, x, y);
  else begin();
});
const clicked = e => moved <= 4 || e.detail === 0;  // detail 0: the keyboard

// one listener for all boxes and modules
const under = e => e.target.closest("[data-nodes], .tg-group");
stage.addEventListener("click", e => { if (clicked(e)) choose(under(e), e.target); });
stage.addEventListener("keydown", e => {
  const element = under(e);
  if (!element || (e.key !== "Enter" && e.key !== " ")) return;
  e.preventDefault();
  choose(element, element.querySelector(".tg-frame-title"));
});
const over = on => e => {
  const box = e.target.closest("[data-nodes]");
  if (box && box.members) twins(speaker(box).id, on);
};
["mouseover", "focusin"].forEach(kind => stage.addEventListener(kind, over(true)));
["mouseout", "focusout"].forEach(kind => stage.addEventListener(kind, over(false)));

function choose(element, part) {
  if (!element) return;
  if (element.matches("[data-nodes]")) pick(speaker(element).id);
  else if (element.folded || part.closest(".tg-frame-title")) fold(element, !element.folded);
}

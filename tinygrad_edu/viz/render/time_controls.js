// A position in time, moved by a slider, buttons and keys, or by playing: at() returns it, last() the end, and move(to) sets it.

function timeControls(slider, { at, last, move }) {
  let timer = null;
  const $ = id => document.getElementById(id);
  const go = to => move(Math.max(0, Math.min(last(), to)));
  const stop = () => { clearInterval(timer); timer = null; label(); };
  const label = () => { $("play").textContent = timer ? {{script:Pause}} : {{script:Play}}; };
  const start = () => {
    clearInterval(timer);
    if (at() === last()) go(0);
    timer = setInterval(() => { go(at() + 1); if (at() === last()) stop(); }, 1000 / $("speed").value);
    label();
  };
  const play = () => timer ? stop() : start();
  const jump = to => { stop(); go(to); };
  slider.oninput = () => jump(+slider.value);
  $("play").onclick = play;
  $("back").onclick = () => jump(at() - 1);
  $("next").onclick = () => jump(at() + 1);
  $("speed").onchange = () => { if (timer) start(); };
  addEventListener("keydown", e => {
    const { tagName } = e.target;
    if (tagName === "SELECT" || (tagName === "INPUT" && e.target !== slider) || (e.key === " " && ["BUTTON", "SUMMARY"].includes(tagName))) return;  // these have their own keys
    const to = { ArrowRight: at() + 1, ArrowLeft: at() - 1, Home: 0, End: last() }[e.key];
    if (e.key === " ") { e.preventDefault(); play(); }
    if (to !== undefined) { e.preventDefault(); jump(to); }
  });
  return { jump, start, stop, label };
}

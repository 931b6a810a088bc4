// The page takes commands from the notebook that contains it, if any, and sends back its state, with the weights of each lane.
addEventListener("message", e => {
  const command = e.source === parent && e.data?.command;
  if (typeof command?.open === "string") open(command.open);
  else if (typeof command?.play === "boolean") toggle(command.play);
});
function report() {
  if (parent === window) return;
  const parts = learner => learner.W.map((w, k) => ({ shape: learner.shapes[k], values: [...w] }));
  const state = {
    step: T, fragment: toFragment(),
    lanes: lanes.map(l => ({ rule: l.rule, options: { ...l.options }, loss: T ? l.losses[T - 1] ?? null : null, weights: parts(l.learner) })),
  };
  parent.postMessage({ tinygrad_edu: state }, "*");
}

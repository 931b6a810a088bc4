"""Printing recorded programs as JavaScript, for pages in which networks are trained.

    javascript.library()                     a script: the runtime, and the objects RULES, LAYERS and LOSSES
    javascript.rule(optim.Adam)              one update rule, as an object with update(w, g, buffers, options)
    javascript.layer(name, make)             one layer, as a function of its sizes that returns {forward, backward, memory}
    javascript.loss(name, make, target)      one loss, in the same form
    javascript.function(name, f, variables, wrt)   a function of numbers: (x, y, …) -> [value, derivatives…]
    javascript.runtime()                     Generator (PyTorch's random numbers), Batches, Network, Learner, runningProduct

The engine runs each of them (layers and losses at several sizes, rules with several options), and the recorded operations are
printed, so the page uses the package's own formulas, in float64; a browser's exp and the order of additions may
change the last digits. Sizes are symbols, so that one program works for every batch size and width. Options are read in
each step; where a rule's decisions depend on them (momentum, nesterov, centered, amsgrad, β₂ = 0, the first step), the rule
is recorded once for each case, and options that match no case raise an error. Anything that is not supported in JavaScript
raises Untraceable when printed.

In the page, a training step is

    const network = new Network([2, 8, 1], "Tanh", "BCEWithLogitsLoss", 32);   // room for 32 rows
    const generator = new Generator(0), learner = new Learner([2, 8, 1], "Adam", { lr: 0.01 }).draw(generator);
    const batches = new Batches(generator, 200, 32);                           // batches.rows(step): row numbers
    const loss = network.step(x, target, learner.W, learner.G, rows);          // rows: the number of rows in x
    learner.update();

Up to the last digits, the numbers are those of `manual_seed(0)`, `nn.Sequential`, `DataLoader(shuffle=True)` and `optim.Adam`.
"""

from .layer_printer import function, layer, loss
from .rule_printer import rule
from .standard_parts import ACTIVATIONS, LOSSES, RULES, SWITCHES, library, runtime

__all__ = ["ACTIVATIONS", "LOSSES", "RULES", "SWITCHES", "function", "layer", "library", "loss", "rule", "runtime"]

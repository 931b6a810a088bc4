"""Automatic differentiation on one page: tensors, their graph, backward(), a network, Adam, and a run on xor.

    python examples/micro.py

It needs only NumPy. tinygrad_edu has the same ideas, mostly under the same names, and computes the same numbers.
"""

from itertools import pairwise

import numpy as np


# 1. The table of derivatives. A rule is the chain rule for one input x of an op: it turns dL/dy into dL/dx for a loss L.
def op(name, forward, *rules):
    """A function on tensors: y = forward(*arrays); rules[i](g, y, *arrays) is dL/d(input i), given g = dL/dy."""

    def call(*inputs):
        inputs = [x if isinstance(x, Tensor) else Tensor(x, "constant") for x in inputs]
        return Tensor(forward(*(x.data for x in inputs)), name, inputs, rules)

    return call


add = op("add", np.add, lambda g, y, a, b: g, lambda g, y, a, b: g)
subtract = op("subtract", np.subtract, lambda g, y, a, b: g, lambda g, y, a, b: -g)
multiply = op("multiply", np.multiply, lambda g, y, a, b: g * b, lambda g, y, a, b: g * a)
divide = op("divide", np.divide, lambda g, y, a, b: g / b, lambda g, y, a, b: -g * y / b)
matmul = op("matmul", np.matmul, lambda g, y, a, b: g @ b.T, lambda g, y, a, b: a.T @ g)  # for matrices only
exp = op("exp", np.exp, lambda g, y, x: g * y)
log = op("log", np.log, lambda g, y, x: g / x)
tanh = op("tanh", np.tanh, lambda g, y, x: g * (1 - y * y))
relu = op("relu", lambda x: np.maximum(x, 0), lambda g, y, x: g * (x > 0))
total = op("sum", np.sum, lambda g, y, x: np.full(x.shape, g))
logsumexp = op("logsumexp", lambda x: np.logaddexp.reduce(x, axis=1, keepdims=True), lambda g, y, x: g * np.exp(x - y))


# 2. The graph. A tensor remembers how it was computed, so there is a path from a loss back to every weight.
class Tensor:
    """An array, the op and the inputs that it was computed from (data and weights have none), and its gradient."""

    def __init__(self, data, name="leaf", inputs=(), rules=(), requires_grad=False):
        self.data, self.name, self.inputs, self.rules = np.asarray(data), name, inputs, rules
        self.requires_grad = requires_grad or any(x.requires_grad for x in inputs)
        self.grad, self.depth = 0.0, 1 + max((x.depth for x in inputs), default=0)

    def backward(self):
        """Add d self / d x to x.grad for every weight x, and set the grad of intermediate results."""
        nodes = graph(self)
        for node in nodes:
            node.grad = 0.0 if node.inputs else node.grad
        self.grad = np.ones_like(self.data)
        for node in nodes:  # by the time a node's turn comes, its gradient is complete
            arrays = [x.data for x in node.inputs]
            for x, rule in zip(node.inputs, node.rules, strict=True):
                if x.requires_grad:
                    x.grad = x.grad + unbroadcast(rule(node.grad, node.data, *arrays), x.data.shape)

    __add__ = __radd__ = add
    __mul__ = __rmul__ = multiply
    __sub__, __rsub__ = subtract, lambda self, other: subtract(other, self)
    __truediv__, __rtruediv__ = divide, lambda self, other: divide(other, self)
    __matmul__, __rmatmul__ = matmul, lambda self, other: matmul(other, self)
    __array_ufunc__ = None  # so that NumPy leaves array * tensor to the tensor
    sum = total


def graph(root):
    """The root and all tensors that it was computed from, each before its own inputs."""
    found = [root]
    for node in found:  # the list grows during the loop
        found += [x for x in dict.fromkeys(node.inputs) if x not in found]
    return sorted(found, key=lambda node: -node.depth)


def unbroadcast(g, shape):
    """Sum g over the axes that broadcasting added in front or expanded from 1, so that it has `shape` again."""
    added = g.ndim - len(shape)
    stretched = (added + i for i, n in enumerate(shape) if n == 1)
    return g.sum(axis=(*range(added), *stretched)).reshape(shape)


def draw(node, indent="", drawn=None):
    """Print the graph: below each result, indented, what it was computed from."""
    drawn = set() if drawn is None else drawn
    name = indent + node.name + (" (above)" if node in drawn else "")
    print(f"{name:<30} shape {node.data.shape!s:<8} gradient norm {np.linalg.norm(node.grad):.5f}")
    for x in node.inputs if node not in drawn else ():
        draw(x, indent + "  ", drawn)
    drawn.add(node)


# 3. A network is a function with weights. Its loss says how far it is from the truth.
class MLP:
    """Linear layers of the given sizes with tanh between them: x [N, sizes[0]] -> [N, sizes[-1]]."""

    def __init__(self, sizes, rng):
        self.layers = []
        for n, m in pairwise(sizes):
            weight = Tensor(rng.normal(0, 1 / np.sqrt(n), (n, m)), "weight", requires_grad=True)
            self.layers.append((weight, Tensor(np.zeros(m), "bias", requires_grad=True)))

    def __call__(self, x):
        for i, (weight, bias) in enumerate(self.layers):
            x = (tanh(x) if i > 0 else x) @ weight + bias  # the bias [m] is broadcast to [N, m]
        return x

    def parameters(self):
        return [p for layer in self.layers for p in layer]


def cross_entropy(logits, labels):
    """The mean of −log p[label] over the rows, where p = softmax(logits): −log p is logsumexp(logits) − logits[label]."""
    truth = np.eye(logits.data.shape[1])[labels]  # 1 at the label, 0 elsewhere
    return ((logsumexp(logits) - logits) * truth).sum() / len(labels)


# 4. An optimizer moves the weights against their gradients, step by step.
class Adam:
    """w ← w − lr · m̂ / (√v̂ + eps): m and v are running means of the gradient and of its square."""

    def __init__(self, parameters, lr=0.001, betas=(0.9, 0.999), eps=1e-8):
        self.parameters, self.lr, self.betas, self.eps, self.t = parameters, lr, betas, eps, 0
        self.m, self.v = [0.0] * len(parameters), [0.0] * len(parameters)

    def zero_grad(self):
        for p in self.parameters:
            p.grad = 0.0

    def step(self):
        self.t += 1
        beta1, beta2 = self.betas
        for i, p in enumerate(self.parameters):
            self.m[i] = beta1 * self.m[i] + (1 - beta1) * p.grad
            self.v[i] = beta2 * self.v[i] + (1 - beta2) * p.grad**2
            m_hat, v_hat = self.m[i] / (1 - beta1**self.t), self.v[i] / (1 - beta2**self.t)  # m and v start at 0: scale them up
            p.data = p.data - self.lr * m_hat / (np.sqrt(v_hat) + self.eps)


if __name__ == "__main__":
    X, labels = Tensor([[0, 0], [0, 1], [1, 0], [1, 1]], "X"), [0, 1, 1, 0]  # xor
    model = MLP([2, 8, 2], np.random.default_rng(0))
    adam = Adam(model.parameters(), lr=0.1)
    for step in range(101):
        loss = cross_entropy(model(X), labels)  # forward
        adam.zero_grad()
        loss.backward()
        adam.step()
        if step % 20 == 0:
            print(f"step {step:3}   loss {loss.data:.4f}")
    draw(loss)

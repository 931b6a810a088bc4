"""The core path: the files that a reader of the engine reads, in order. Write their line counts into both READMEs.

    python tools/core_path.py

Tests check that the list is complete, the tables are up to date and the total, docstrings included, is within MOST_LINES.
"""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "tinygrad_edu"
MOST_LINES = 4200

CORE = {  # file: what it holds, in English and in Korean
    "autograd/node.py": ("what the engine stores on a Tensor, a graph node", "그래프의 노드인 Tensor에 엔진이 저장하는 것"),
    "autograd/primitives.py": ("what a primitive is: a NumPy function and its rules", "프리미티브: NumPy 함수 하나와 그 규칙"),
    "autograd/recording.py": ("how a call is recorded", "호출이 기록되는 방식"),
    "autograd/grad_mode.py": ("`no_grad` and related switches", "`no_grad`와 비슷한 스위치들"),
    "autograd/backprop.py": ("the backward pass: order, pull back, add up", "역전파: 순서 정하기, 거꾸로 당기기, 더하기"),
    "autograd/unbroadcasting.py": ("a gradient summed back to the shape of its input", "입력의 모양으로 되돌려 더한 기울기"),
    "autograd/accurate_sum.py": ("sums of many float32 values", "많은 float32의 합"),
    "autograd/mutation_clock.py": ("how in-place changes are detected", "제자리 변경을 알아채는 법"),
    "autograd/past/stale_values.py": ("the error for an overwritten value", "덮어쓴 값에 대한 오류"),
    "autograd/past/lifetime.py": ("how long a graph lives", "그래프가 언제까지 사는가"),
    "autograd/rule_reads.py": ("which values a rule reads", "규칙이 어떤 값을 읽는가"),
    "autograd/errors.py": ("errors in terms of the user's call", "사용자가 한 호출에 맞춘 오류 메시지"),
    "ops/elementwise.py": ("the textbook's table of derivatives, one line per op", "교과서의 도함수 표. 연산 하나에 한 줄"),
    "ops/affine.py": ("linear, x Wᵀ + b, in one op", "linear, 즉 x Wᵀ + b를 연산 하나로"),
    "ops/cross_entropies.py": ("the cross-entropies, each in one op", "교차 엔트로피를 각각 연산 하나로"),
    "ops/squared_error.py": ("the squared error in one op", "제곱 오차를 연산 하나로"),
    "_tensor/tensor.py": ("the class Tensor: its array and its gradients", "Tensor 클래스: 배열과 기울기"),
    "_tensor/handle.py": ("the handle that removes a hook", "훅을 지우는 손잡이"),
    "_tensor/in_place.py": ("`x[0] = v`, `x += v`, `x.fill_(v)`", "`x[0] = v`, `x += v`, `x.fill_(v)`"),
    "_tensor/numpy_protocols.py": ("`np.f(tensor)`", "`np.f(tensor)`"),
    "_tensor/op_methods.py": ("the ops as methods and operators", "메서드와 연산자가 된 연산들"),
    "_tensor/methods.py": ("the other methods", "나머지 메서드"),
    "_tensor/printing.py": ("how a Tensor prints", "Tensor의 출력 형식"),
    "nn/parameter.py": ("Parameter: a Tensor that a Module finds", "Parameter: Module이 찾아내는 Tensor"),
    "nn/module_parameters.py": ("the modules and parameters inside a Module, by path", "Module 안의 모듈과 파라미터를 경로로"),
    "nn/module.py": ("Module: parameters, train and eval", "Module: 파라미터, 학습 모드와 평가 모드"),
    "nn/layers/linear.py": ("Linear, with PyTorch's initial weights", "PyTorch와 초기 가중치가 같은 Linear"),
    "optim/optimizer.py": (
        "the loop over all parameters, so that a rule is just its formula",
        "모든 파라미터를 도는 일. 덕분에 규칙은 수식 그대로 쓴다",
    ),
    "optim/hooks.py": ("hooks: your functions, called before and after each step", "스텝의 앞뒤에서 부르는 함수(훅)"),
    "optim/param_groups.py": ("which Tensors an optimizer updates, with which options", "어떤 Tensor를 어떤 옵션으로"),
    "optim/layout.py": ("which parameters share one flat array", "어떤 파라미터가 한 배열에 놓이는가"),
    "optim/bucket.py": ("flat arrays of parameters and state", "파라미터와 상태를 담은 1차원 배열"),
    "optim/shared_memory.py": ("what else refers to the memory of a parameter", "파라미터의 메모리를 또 누가 쥐고 있는가"),
    "optim/rules.py": ("the update rules, from SGD to Nadam, as formulas", "SGD에서 Nadam까지, 수식으로 쓴 갱신 규칙"),
}  # fmt: skip

BESIDE = {  # what else the path imports; it can be understood without these files, and a test checks that none is missing
    ("earlier states of a tensor, for freezing and for recorded writes", "텐서의 이전 상태: 동결과, 기록되는 제자리 쓰기"): (
        "autograd/past/versions.py", "autograd/past/recorded_writes.py", "autograd/past/views.py",
    ),
    ("watching the engine, for `compile` and for pictures", "엔진 지켜보기: `compile`과 그림을 위한 것"): (
        "autograd/observers.py", "autograd/arrays.py", "_tensor/structure_clock.py",
    ),
    (
        "steps that are all or nothing, even if your own rule raises or Ctrl-C arrives",
        "전부 아니면 전무인 스텝: 직접 쓴 규칙이 실패하거나 Ctrl-C가 와도",
    ): (
        "optim/whole_step.py", "_interrupts.py",
    ),
    (
        "hooks: your functions, called before and after a module runs, and with its gradients",
        "모듈과 그 기울기의 앞뒤에서 부르는 함수(훅)",
    ): ("nn/hooks.py",),
    ("copying, converting, saving, loading", "복사, 변환, 저장, 불러오기"): (
        "_tensor/copying.py", "nn/conversion.py", "nn/state_dict.py", "optim/state_dict.py",
    ),
    (
        "PyTorch's other attributes of a tensor, and arithmetic with its arguments (`alpha=`)",
        "PyTorch에 있는 텐서의 다른 속성, 그 인자(`alpha=`)를 받는 산술",
    ): (
        "_tensor/grad_fn.py", "_tensor/grad_fn_names.py", "_tensor/kind_and_place.py", "ops/arithmetic.py",
    ),
    (
        "from data to arrays: creation, dtypes, axes, comparisons; loading an op when it is first used",
        "자료에서 배열로: 만들기, dtype, 축, 비교. 연산을 찾는 곳",
    ): (
        "ops/creation.py", "ops/input_data.py", "ops/dtypes.py", "ops/axes.py", "ops/comparison.py", "ops/loading.py",
    ),
    ("initial weights", "초기 가중치"): ("nn/init.py",),
    (
        "names and valid values of an optimizer's options; a product that Nadam keeps",
        "옵티마이저 옵션의 이름과 올바른 값, Nadam이 간직하는 곱",
    ): (
        "optim/option_names.py", "optim/option_values.py", "optim/running_product.py",
    ),
    ("error messages", "오류 메시지"): (
        "autograd/user_line.py", "nn/errors.py", "nn/diagnostics/module_use.py", "nn/diagnostics/call_arguments.py",
        "_foreign.py", "_shapes.py", "_numbers.py",
    ),
    ("decorators, warnings, lazy imports, types", "데코레이터, 경고, 늦은 import, 타입"): (
        "_each_call.py", "_numpy_warnings.py", "_shortcuts.py", "nn/signatures.py",
    ),
}  # fmt: skip
AND_BESIDE = (
    "The path ends where reading further is optional. Everything else that its files import is below, {} lines in all, which\n"
    "you can take on trust at first:",
    "이 길은 더 읽지 않아도 되는 곳에서 끝납니다. 이 파일들이 가져다 쓰는 나머지는 모두 아래에 있으며 합쳐서 {}줄입니다.\n"
    "처음에는 믿고 넘어가도 됩니다.",
)
BESIDE_HEAD = (("what", "files", "lines"), ("무엇", "파일", "줄"))

START, END = "<!-- core path: written by tools/core_path.py -->", "<!-- end of the core path -->"
HEAD = (("file", "lines", "what you will find"), ("파일", "줄", "무엇이 있나"))
TOTAL = ("total", "합계")


def lines(file: str) -> int:
    """The number of lines of a file of the package, docstrings included."""
    return len((PACKAGE / file).read_text(encoding="utf-8").splitlines())


def table(language: int) -> str:
    """The table in English (0) or Korean (1)."""
    rows = ["| " + " | ".join(HEAD[language]) + " |", "|---|---|---|"]
    rows += [f"| `{file}` | {lines(file)} | {what[language]} |" for file, what in CORE.items()]
    total = f"| {TOTAL[language]} | {sum(map(lines, CORE)):,} | |"
    beside = ["| " + " | ".join(BESIDE_HEAD[language]) + " |", "|---|---|---|"]
    beside += [f"| {what[language]} | {_shown(files)} | {sum(map(lines, files))} |" for what, files in BESIDE.items()]
    count = sum(lines(file) for files in BESIDE.values() for file in files)
    return "\n".join([*rows, total, "", AND_BESIDE[language].format(f"{count:,}"), "", *beside])


def _shown(files: tuple[str, ...]) -> str:
    return ", ".join(f"`{file}`" for file in files)


def with_table(text: str, language: int) -> str:
    """The text of a README with a fresh table in it."""
    before, rest = text.split(START)
    return f"{before}{START}\n{table(language)}\n{END}{rest.split(END)[1]}"


READMES = ("README.md", "README.ko.md")

if __name__ == "__main__":
    for language, name in enumerate(READMES):
        path = ROOT / name
        path.write_text(with_table(path.read_text(encoding="utf-8"), language), encoding="utf-8")
    print(sum(map(lines, CORE)))

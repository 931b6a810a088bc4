"""Running JavaScript in the tests: in Node, or in Chromium where there is no Node."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

from .. import browser


def run(script: str, data: Any, timeout: float = 120) -> Any:
    """The value that `script`, the body of a function of `data`, returns; Node returns NaN and infinities as null."""
    node = shutil.which("node")
    if node is not None:
        program = (
            "const { script, data } = JSON.parse(require('fs').readFileSync(0, 'utf8'));"
            "process.stdout.write(JSON.stringify(new Function('data', script)(data) ?? null));"
        )
        given = json.dumps({"script": script, "data": data})
        done = subprocess.run([node, "-e", program], input=given, capture_output=True, encoding="utf-8", timeout=timeout)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)
    tab = browser.chromium().new_page()
    answer = tab.evaluate("([script, data]) => new Function('data', script)(data)", [script, data])
    tab.close()
    return answer

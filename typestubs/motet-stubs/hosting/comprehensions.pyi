"""What a comprehension was at when it failed, where its variables are gone with it."""

import ast
from collections.abc import Mapping
from typing import Final

INLINED: Final[bool]

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp
Names = dict[str, object]

def failing_element(
    node: Comprehension, names: Mapping[str, object], error: BaseException
) -> Names: ...

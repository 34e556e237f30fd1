from collections.abc import Callable
from typing import Any

from motet.values import Json

def result_form(function: Callable[..., object], value: Any) -> Json: ...
def told(tp: Any, value: Any, form: Json) -> Json: ...

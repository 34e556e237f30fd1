from typing import Protocol

from motet.live.markers import AtLeastOnce, NoOrder, Unbounded
from typing_extensions import TypeVar

# What an operator needs of the collection that it stands on, where the collection's own type cannot
# say it: type checkers do not hold the bound of a type variable against the type of `self`, so
# "this is at a process, and not in an atomic section" has to be a type.

Where = TypeVar("Where", covariant=True)
Key = TypeVar("Key", covariant=True)
Element = TypeVar("Element", covariant=True, default=object)
Order = TypeVar("Order", covariant=True, default=NoOrder)
Delivery = TypeVar("Delivery", covariant=True, default=AtLeastOnce)
Bound = TypeVar("Bound", covariant=True, default=Unbounded)

# A callback protocol, and not Callable: mypy then knows the result before it looks at the lambdas.
# Functions and classes have a name; without it mypy would take any object for one that gives Any.
class Init(Protocol[Element]):
    __name__: str
    def __call__(self) -> Element: ...

class ValueAt(Protocol[Where, Bound]):
    @property
    def _at(self) -> Where: ...
    @property
    def _bound(self) -> Bound: ...

class KeyedValueAt(Protocol[Key, Bound]):
    @property
    def _key(self) -> Key: ...
    @property
    def _bound(self) -> Bound: ...

class StreamAt(Protocol[Where, Element, Order, Delivery, Bound]):
    @property
    def _at(self) -> Where: ...
    @property
    def _element(self) -> Element: ...
    @property
    def _order(self) -> Order: ...
    @property
    def _delivery(self) -> Delivery: ...
    @property
    def _bound(self) -> Bound: ...

class KeyedStreamAt(Protocol[Where, Key, Order, Delivery, Bound]):
    @property
    def _at(self) -> Where: ...
    @property
    def _key(self) -> Key: ...
    @property
    def _order(self) -> Order: ...
    @property
    def _delivery(self) -> Delivery: ...
    @property
    def _bound(self) -> Bound: ...

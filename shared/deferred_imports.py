"""Import the SDKs without what they load and the doors do not use: the one place that does so.

The SDKs load aiohttp for their asynchronous clients, numpy for time series, cryptography for RSA
keys and more; at a cold start that costs as much processor time as all the rest. Inside a block of
`deferred_imports()` such a package is not loaded. Placeholders stand where the SDK imported it,
and load the real package as soon as something uses one. Everybody else, and every import outside
of such a block, gets the real package as ever. `scripts/build` leaves out of the bundle what can
only be reached through a placeholder; a use of it there ends in ModuleNotFoundError.
"""

from __future__ import annotations

import importlib
import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.abc import Loader
else:
    Loader = object  # importing importlib.abc takes its time, too

DEFERRED = (
    "aiofiles",  # alibabacloud_credentials: as aiohttp
    "aiohttp",  # asynchronous clients: tablestore, Tea, darabonba
    "apscheduler",  # alibabacloud_credentials: keys of ECS instances, refreshed in the background
    "asyncio",  # as aiohttp
    "charset_normalizer",  # requests: answers that do not say their encoding
    "crc32c",  # tablestore: time series
    "cryptography",  # alibabacloud_tea_openapi: signatures with RSA keys
    "google.protobuf.text_format",  # tablestore: requests in its debug log
    "importlib.metadata",  # pydantic: plug-ins, of which there are none (s.yaml)
    "numpy",  # flatbuffers, for tablestore: time series and SQL
    "phonenumbers.asyoutypeformatter",  # numbers while they are typed
    "phonenumbers.data.alt_format_*",  # numbers in a text
    "phonenumbers.phonenumbermatcher",  # numbers in a text
    "phonenumbers.shortnumberinfo",  # emergency numbers
    "websocket",  # darabonba: OpenAPI over WebSocket
)

VERSIONS = {"charset_normalizer": "3.0.0"}
"""What a placeholder says it is: requests looks, and warns of a version that it does not know."""

ONE_BY_ONE = ("alibabacloud_dysmsapi20170525.models",)
"""Packages of hundreds of modules with a class each: a class loads its own module only."""


@contextmanager
def deferred_imports() -> Iterator[None]:
    """Defer, in this block, the packages of DEFERRED that nothing has loaded yet."""
    finder = _Finder()
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)
        finder.close()


def _within(name: str, tree: str) -> bool:
    return name.startswith(tree[:-1] if tree.endswith("*") else f"{tree}.") or name == tree


class _Finder(Loader):
    """Finds and makes the placeholders of one block."""

    def __init__(self) -> None:
        self._deferred = tuple(name for name in DEFERRED if name not in sys.modules)
        self._placed: list[str] = []
        self.open = True

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Take the import of a deferred package, or of anything inside one."""
        if any(_within(name, tree) for tree in self._deferred):
            return ModuleSpec(name, self, is_package=True)
        spec = PathFinder.find_spec(name, path, target) if name in ONE_BY_ONE else None
        if spec is not None and spec.loader is not None:
            spec.loader = _OneByOne(spec.loader)
        return spec

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make a placeholder."""
        self._placed.append(spec.name)
        return _Placeholder(spec.name, self)

    def exec_module(self, module: ModuleType) -> None:
        """Do nothing: that is the point."""

    def close(self) -> None:
        """Give the names back to whoever imports them next."""
        self.open = False
        for name in self._placed:
            if isinstance(sys.modules.get(name), _Placeholder):
                del sys.modules[name]


class _Placeholder(ModuleType):
    """Stands for a module: within the block its names are placeholders too, later the real ones."""

    def __init__(self, name: str, finder: _Finder) -> None:
        super().__init__(name)
        self._finder = finder

    def __getattr__(self, name: str) -> Any:
        if name == "__version__" and self.__name__ in VERSIONS:
            return VERSIONS[self.__name__]
        if name.startswith("__"):
            raise AttributeError(name)
        later = _Later(self.__name__, name)
        return later if self._finder.open else later.load()


class _Later:
    """Stands for a name that an SDK took from a deferred module; any use loads the real one."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def load(self) -> Any:
        """Return the real thing, after an import if need be."""
        module = importlib.import_module(self._module)
        try:
            return getattr(module, self._name)
        except AttributeError:
            return importlib.import_module(f"{self._module}.{self._name}")

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return getattr(self.load(), name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self.load()(*args, **kwargs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.load())

    def __mro_entries__(self, bases: tuple[Any, ...]) -> tuple[Any, ...]:
        return (self.load(),)

    def __instancecheck__(self, instance: object) -> bool:
        return isinstance(instance, self.load())

    def __subclasscheck__(self, subclass: type) -> bool:
        return issubclass(subclass, self.load())


class _OneByOne(Loader):
    """Makes a package that loads a class's own module when the class is asked for."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Package(spec.name, self._loader)

    def exec_module(self, module: ModuleType) -> None:
        pass


class _Package(ModuleType):
    def __init__(self, name: str, loader: Any) -> None:
        super().__init__(name)
        self._whole = loader

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower()
        try:
            module = importlib.import_module(f"{self.__name__}._{words}")
        except ModuleNotFoundError:
            self._whole.exec_module(self)
            module = self
        found = module.__dict__.get(name)
        if found is None:
            raise AttributeError(name)
        setattr(self, name, found)
        return found
